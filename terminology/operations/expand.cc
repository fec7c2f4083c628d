// ValueSet $expand: which concepts stand on the page that is asked for. `expansion` writes them.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/words.h"
#include "terminology/model/version_order.h"
#include "terminology/operations/coding_check.h"
#include "terminology/operations/display_languages.h"
#include "terminology/operations/expansion.h"
#include "terminology/operations/messages.h"
#include "terminology/operations/value_set.h"
#include "terminology/operations/value_set_operations.h"
#include "terminology/query/lookup.h"
#include "terminology/query/search.h"

namespace nosograph::operations {
namespace {

using query::ConceptRef;
using snapshot::Release;
using snapshot::ReleaseSet;

// The code that a value set of one filter lies below; empty for others.
std::string UnderOf(const Include& include) {
  if (include.filters().empty()) return "";
  const Filter& first = include.filters().front();
  return first.op == "is-a" || first.op == "descendent-of" ? first.value : "";
}

// Whether it speaks of a code system that has no index of words, or of value sets alone.
bool HasSent(const ReleaseSet& set, const ValueSet& value_set) {
  for (const Include& include : value_set.includes) {
    const absl::StatusOr<const Release*> release = ReleaseOf(set, include);
    if (!release.ok() || (*release)->snapshot->text_index().document_count() == 0) return true;
  }
  return false;
}

std::string Folded(absl::string_view text) {
  constexpr size_t kMostWords = 1000;
  std::string folded;
  for (const base::Word& word : base::WordsOf(text, kMostWords)) absl::StrAppend(&folded, word.folded, " ");
  return std::string(absl::StripAsciiWhitespace(folded));
}

// Those whose names have the text, in the order of the value set: for code systems without an index of words.
absl::Status FilterNames(const ReleaseSet& set, const ValueSet& value_set, const ExpansionAsked& asked,
                         ExpansionPage& page) {
  const std::string wanted = Folded(asked.filter);
  return ForEach(set, value_set, [&](const ConceptRef& item) {
    if (asked.active_only && item.inactive()) return true;
    bool found = absl::StrContains(Folded(item.title()), wanted) || absl::StrContains(Folded(item.code()), wanted);
    for (const query::DesignationOf& other : query::DesignationsOf(set, item)) {
      found = found || absl::StrContains(Folded(other.designation.value), wanted);
    }
    if (!found) return true;
    if (asked.OnPage(page.total)) page.items.push_back(item);
    ++page.total;
    // Without a count more than there may be is as good as all.
    return asked.count.has_value() || page.total <= kMostWithoutCount;
  });
}

// What the engine's search finds, best first, as far as the value set has it.
absl::Status Search(const ReleaseSet& set, const ValueSet& value_set, const ExpansionAsked& asked,
                    ExpansionPage& page) {
  page.ranked = true;
  absl::flat_hash_set<std::pair<const Release*, uint32_t>> seen;
  if (base::WordsOf(asked.filter, 1).empty()) return absl::OkStatus();  // no name has it
  if (HasSent(set, value_set)) {
    page.ranked = false;
    return FilterNames(set, value_set, asked, page);
  }
  for (const Include& include : value_set.includes) {
    ASSIGN_OR_RETURN(const Release* const release, ReleaseOf(set, include));
    const bool whole = include.codes().empty() && include.filters().size() <= (UnderOf(include).empty() ? 0U : 1U) &&
                       include.imports.empty() && value_set.excludes.empty() &&
                       (UnderOf(include).empty() || release->snapshot->hierarchy_meaning() != "part-of") &&
                       value_set.about().inactive && !asked.active_only;
    const uint64_t wanted = uint64_t{asked.offset} + asked.count.value_or(kMostWithoutCount);
    // What is left out afterwards must not leave the page short.
    const auto count =
        static_cast<uint32_t>(whole ? std::clamp<uint64_t>(wanted, 1, query::kMostHits) : uint64_t{query::kMostHits});
    const std::string under = UnderOf(include);
    uint64_t here = 0;
    uint64_t total = 0;
    std::string token;
    do {
      // Made codes stand under the code they are made of, so that pages of any size meet.
      absl::StatusOr<query::SearchAnswer> answer =
          query::Search(set, {.text = asked.filter,
                              .system = include.system(),
                              .release = {.version = release->snapshot->version()},
                              .with_extensions = false,
                              .under = under,
                              .fold = query::Fold::kAlways,
                              .count = count,
                              .page_token = token});
      RETURN_IF_ERROR(answer.status());
      for (const query::SearchHit& hit : answer->hits) {
        const ConceptRef& item = hit.item;
        if (!Holds(set, value_set, item) || (asked.active_only && item.inactive())) continue;
        if (!seen.insert({item.release, item.item}).second) continue;
        if (asked.OnPage(page.total + here)) page.items.push_back(item);
        ++here;
      }
      total = answer->total;
      token = std::move(answer->next_page_token);
    } while (!token.empty() && (!whole || here < wanted));
    page.total += whole ? std::max(here, total) : here;
  }
  return absl::OkStatus();
}

absl::Status Enumerate(const ReleaseSet& set, const ValueSet& value_set, const ExpansionAsked& asked,
                       ExpansionPage& page) {
  return ForEach(set, value_set, [&](const ConceptRef& item) {
    if (asked.active_only && item.inactive()) return true;
    if (asked.OnPage(page.total)) page.items.push_back(item);
    ++page.total;
    // Without a count more than there may be is as good as all.
    return asked.count.has_value() || page.total <= kMostWithoutCount;
  });
}

absl::StatusOr<std::optional<bool>> GivenFlag(const fhir::Parameters& parameters, absl::string_view name) {
  if (!parameters.Has(name)) return std::nullopt;
  ASSIGN_OR_RETURN(const bool flag, parameters.Flag(name, false));
  return std::optional(flag);
}

absl::StatusOr<Reply> ExpandOrSay(const Content& content, const fhir::Parameters& parameters, fhir::Version version) {
  const ReleaseSet& set = content.releases;
  ExpansionAsked asked;
  asked.version = version;
  ASSIGN_OR_RETURN(asked.filter, parameters.Text("filter"));
  asked.filter = std::string(absl::StripAsciiWhitespace(asked.filter));
  ASSIGN_OR_RETURN(asked.count, parameters.Number("count"));
  ASSIGN_OR_RETURN(const std::optional<uint32_t> offset, parameters.Number("offset"));
  ASSIGN_OR_RETURN(asked.active_given, GivenFlag(parameters, "activeOnly"));
  ASSIGN_OR_RETURN(asked.exclude_nested, GivenFlag(parameters, "excludeNested"));
  ASSIGN_OR_RETURN(asked.designations, GivenFlag(parameters, "includeDesignations"));
  ASSIGN_OR_RETURN(asked.definitions, GivenFlag(parameters, "includeDefinition"));
  asked.properties = parameters.Texts("property");
  asked.active_only = asked.active_given.value_or(false);
  asked.offset = offset.value_or(0);
  asked.offset_given = offset.has_value();
  ASSIGN_OR_RETURN(asked.versions, SystemVersions::Read(parameters));
  ASSIGN_OR_RETURN(const std::string language, parameters.Text(kDisplayLanguage));
  ASSIGN_OR_RETURN(asked.languages, DisplayLanguages::Read(language));
  asked.designation_tokens = parameters.Texts("designation");
  ASSIGN_OR_RETURN(ValueSet value_set, ReadValueSet(content, parameters, asked.versions, Purpose::kExpansion));
  RETURN_IF_ERROR(CheckFilters(set, value_set));
  RETURN_IF_ERROR(CheckExcludes(set, value_set));
  if (asked.properties.empty()) asked.properties = value_set.about().properties;
  if (language.empty()) {
    ASSIGN_OR_RETURN(asked.languages, DisplayLanguages::ReadUsual(parameters, value_set.about()));
  }
  for (const Release* release : ReleasesOf(set, value_set)) {
    const std::string system(release->snapshot->url());
    const std::string required = asked.versions.Required(system);
    if (required.empty() || model::FitsVersion(required, release->snapshot->version())) continue;
    return ErrorReply(422, WrongVersion(system, release->snapshot->version(), required, ""));
  }
  ExpansionPage page;
  if (!asked.filter.empty()) {
    RETURN_IF_ERROR(Search(set, value_set, asked, page));
  } else {
    RETURN_IF_ERROR(Enumerate(set, value_set, asked, page));
  }
  if (!asked.count && page.total > kMostWithoutCount) {
    return ErrorReply(422,
                      {.code = "too-costly",
                       .message_id = "VALUESET_TOO_COSTLY",
                       .text = Message("VALUESET_TOO_COSTLY", {value_set.canonical(), absl::StrCat(kMostWithoutCount)}),
                       .diagnostics = "give a count, and an offset for the pages behind the first"});
  }
  return Reply{200, WriteExpansion(set, value_set, asked, page)};
}

}  // namespace

Reply Expand(const Content& content, const fhir::Parameters& parameters, fhir::Version version) {
  if (content.releases.empty()) return NothingLoaded();
  return OrError(ExpandOrSay(content, parameters, version));
}

}  // namespace nosograph::operations
