#include "terminology/operations/display_languages.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/outcome.h"
#include "terminology/operations/concept_extensions.h"
#include "terminology/operations/messages.h"
#include "terminology/query/lookup.h"

namespace nosograph::operations {
namespace {

// "de", "de-CH", "zh-Hant-TW" (RFC 5646, 2.1, as far as its form goes).
bool IsTag(absl::string_view text) {
  constexpr size_t kLongestPart = 8;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  return std::all_of(parts.begin(), parts.end(), [](absl::string_view part) {
    return !part.empty() && part.size() <= kLongestPart && std::all_of(part.begin(), part.end(), [](char c) {
      return absl::ascii_isalnum(static_cast<unsigned char>(c));
    });
  });
}

bool Fits(absl::string_view tag, absl::string_view language) {
  return absl::EqualsIgnoreCase(tag, language) ||
         (language.size() > tag.size() && language[tag.size()] == '-' && absl::StartsWithIgnoreCase(language, tag));
}

absl::Status Invalid(absl::string_view text) {
  return fhir::StatusOf(absl::StatusCode::kInvalidArgument,
                        {.code = "processing",
                         .about = "invalid-display",
                         .message_id = "INVALID_DISPLAY_NAME",
                         .text = Message("INVALID_DISPLAY_NAME", {base::Excerpt(text)})});
}

}  // namespace

absl::StatusOr<DisplayLanguages> DisplayLanguages::Read(absl::string_view text) {
  DisplayLanguages read;
  if (text.empty()) return read;
  std::vector<std::pair<double, std::string>> weighted;
  const bool any_weight = absl::StrContains(text, ";");
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const std::vector<absl::string_view> pieces = absl::StrSplit(part, absl::MaxSplits(';', 1));
    const absl::string_view tag = absl::StripAsciiWhitespace(pieces[0]);
    if (tag.empty() && pieces.size() == 1) continue;
    double weight = 1;
    absl::StrAppend(&read.text_, read.text_.empty() ? "" : any_weight ? ", " : ",", tag);
    if (pieces.size() > 1) {
      absl::string_view weight_text = absl::StripAsciiWhitespace(pieces[1]);
      if (!absl::ConsumePrefix(&weight_text, "q=") || !absl::SimpleAtod(weight_text, &weight)) return Invalid(text);
      absl::StrAppend(&read.text_, "; q=", weight_text);
    }
    if (tag == "*") {
      read.only_ = weight == 0;
      read.any_ = weight > 0;
    } else if (!IsTag(tag)) {
      return Invalid(text);
    } else if (weight <= 0) {
      read.refused_.emplace_back(tag);
    } else {
      weighted.emplace_back(weight, std::string(tag));
    }
  }
  std::stable_sort(weighted.begin(), weighted.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (auto& [weight, tag] : weighted) read.tags_.push_back(std::move(tag));
  return read;
}

absl::StatusOr<DisplayLanguages> DisplayLanguages::Read(const fhir::Parameters& parameters) {
  for (const char* name : {kDisplayLanguage, kAcceptLanguage}) {
    ASSIGN_OR_RETURN(const std::string said, parameters.Text(name));
    if (!said.empty()) return Read(said);
  }
  return DisplayLanguages();
}

absl::StatusOr<DisplayLanguages> DisplayLanguages::ReadUsual(const fhir::Parameters& parameters,
                                                             const ValueSetDefinition& about) {
  ASSIGN_OR_RETURN(const std::string header, parameters.Text(kAcceptLanguage));
  for (const std::string* said : {&about.display_language, &header, &about.language}) {
    ASSIGN_OR_RETURN(DisplayLanguages read, Read(*said));
    if (!read.empty() || (!said->empty() && said != &header)) return read;  // a header that names none says nothing
  }
  return DisplayLanguages();
}

bool DisplayLanguages::Wants(absl::string_view language) const {
  const auto fits = [&](const std::string& tag) { return Fits(tag, language); };
  if (any_ && std::none_of(refused_.begin(), refused_.end(), fits)) return true;
  return std::any_of(tags_.begin(), tags_.end(), [&](const std::string& tag) { return Fits(tag, language); });
}

bool DisplayLanguages::WantsBroadly(absl::string_view language) const {
  return !language.empty() &&
         std::any_of(tags_.begin(), tags_.end(), [&](const std::string& tag) { return Fits(language, tag); });
}

absl::string_view DisplayLanguages::DisplayOf(const snapshot::ReleaseSet& set, const query::ConceptRef& item) const {
  if (tags_.empty()) return item.title();
  const std::vector<query::DesignationOf> designations = query::DesignationsOf(set, item);
  for (const std::string& tag : tags_) {
    if (Fits(tag, item.snapshot().language())) return item.title();
    for (const query::DesignationOf& found : designations) {
      if (Fits(tag, found.designation.language) && IsInUse(found.extensions)) return found.designation.value;
    }
  }
  // RFC 4647, 3.4: where there is nothing in "de-AT", "de" will do.
  for (const std::string& tag : tags_) {
    if (Fits(item.snapshot().language(), tag) && !item.snapshot().language().empty()) return item.title();
    for (const query::DesignationOf& found : designations) {
      if (!found.designation.language.empty() && Fits(found.designation.language, tag) && IsInUse(found.extensions)) {
        return found.designation.value;
      }
    }
  }
  return only_ ? absl::string_view() : item.title();
}

}  // namespace nosograph::operations
