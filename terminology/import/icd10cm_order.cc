#include "terminology/import/icd10cm_order.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "terminology/base/file.h"
#include "terminology/base/sha256.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/import/text_check.h"
#include "terminology/model/icd_code.h"

namespace nosograph::import {
namespace {

constexpr size_t kMaxFileBytes = size_t{100} << 20;
constexpr size_t kCategorySize = 3;
constexpr size_t kExamples = 3;

// Columns from 0.
constexpr size_t kSequenceEnd = 5;
constexpr size_t kCode = 6;
constexpr size_t kCodeSize = 7;
constexpr size_t kFlag = 14;
constexpr size_t kShort = 16;
constexpr size_t kShortSize = 60;
constexpr size_t kLong = 77;

std::string WithDot(absl::string_view code) {
  if (code.size() <= kCategorySize) return std::string(code);
  return absl::StrCat(code.substr(0, kCategorySize), ".", code.substr(kCategorySize));
}

// What is wrong with a line; empty when nothing is.
std::string ReadLine(absl::string_view text, OrderLine& line) {
  if (text.size() <= kLong) return absl::StrCat("it has ", text.size(), " characters, a code's line has more than 77");
  for (const size_t blank : {kSequenceEnd, kCode + kCodeSize, kFlag + 1, kLong - 1}) {
    if (text[blank] != ' ') return absl::StrCat("column ", blank + 1, " is no blank");
  }
  for (size_t i = 0; i < kSequenceEnd; ++i) {
    if (!absl::ascii_isdigit(text[i])) return "columns 1 to 5 are no sequence number";
  }
  if (text[kFlag] != '0' && text[kFlag] != '1') {
    return absl::StrCat("column 15 is '", base::Excerpt(text.substr(kFlag, 1)), "', neither 0 nor 1");
  }
  line.code = WithDot(absl::StripTrailingAsciiWhitespace(text.substr(kCode, kCodeSize)));
  if (model::ReadCode(model::Grammar::kIcd10Cm, line.code).form != model::CodeForm::kCanonical) {
    return absl::StrCat("'", base::Excerpt(line.code), "' in columns 7 to 13 is no code of ICD-10-CM");
  }
  line.billable = text[kFlag] == '1';
  line.short_title = std::string(absl::StripTrailingAsciiWhitespace(text.substr(kShort, kShortSize)));
  line.long_title = std::string(absl::StripAsciiWhitespace(text.substr(kLong)));
  return line.long_title.empty() ? "it has no long title" : "";
}

bool IsCode(const model::Concept& item) {
  return item.kind == model::ConceptKind::kCategory || item.kind == model::ConceptKind::kSubcategory;
}

// The order file is the authority; where it contradicts the hierarchy, one of the two files is in error.
void WarnOfContradictions(const OrderFile& order, const model::CodeSystem& system,
                          const absl::flat_hash_map<absl::string_view, size_t>& places, const Progress& progress) {
  if (!progress) return;
  std::vector<bool> has_codes_below(system.concepts.size());
  for (const model::Concept& item : system.concepts) {
    if (item.parent) has_codes_below[*item.parent] = true;
  }
  for (size_t number = 1; number <= order.lines.size(); ++number) {
    const OrderLine& line = order.lines[number - 1];
    const bool header = has_codes_below[places.at(line.code)];
    if (line.billable != header) continue;
    progress(absl::StrCat(
        "warning: ", order.name, ":", number, ": ", line.code, " is ",
        line.billable ? "billable, though there are codes below it" : "a header, though no code is below it",
        "; the order file is followed"));
  }
}

}  // namespace

absl::StatusOr<OrderFile> ReadIcd10CmOrder(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path, kMaxFileBytes));
  RETURN_IF_ERROR(CheckText(text, path));
  OrderFile order{SourceName(path), base::Sha256Hex(text), {}};
  absl::flat_hash_map<std::string, size_t> known;
  absl::string_view rest = absl::StripTrailingAsciiWhitespace(text);
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    const absl::string_view line = absl::StripSuffix(rest.substr(0, end), "\r");
    rest.remove_prefix(end == absl::string_view::npos ? rest.size() : end + 1);
    const size_t number = order.lines.size() + 1;
    const std::string wrong = ReadLine(line, order.lines.emplace_back());
    if (!wrong.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ":", number, ": ", wrong, ": '", base::Excerpt(line),
          "'; give the order file of CMS, named like icd10cm-order-2026.txt, and download it again if it is damaged"));
    }
    const auto [before, added] = known.try_emplace(order.lines.back().code, number);
    if (!added) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":", number, ": code '", order.lines.back().code,
                                                     "' stands already in line ", before->second,
                                                     "; remove one of the two"));
    }
  }
  if (order.lines.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": the file is empty; download it again"));
  }
  return order;
}

absl::Status ApplyOrder(const OrderFile& order, model::CodeSystem& system, const Progress& progress) {
  absl::flat_hash_map<absl::string_view, size_t> places;
  places.reserve(system.concepts.size());
  for (size_t i = 0; i < system.concepts.size(); ++i) {
    if (IsCode(system.concepts[i])) places.emplace(system.concepts[i].code, i);
  }
  std::vector<absl::string_view> strangers;
  size_t matched = 0;
  for (const OrderLine& line : order.lines) {
    if (places.contains(line.code)) {
      ++matched;
    } else {
      strangers.push_back(line.code);
    }
  }
  if (!strangers.empty() || matched != places.size()) {
    const size_t count = strangers.size();
    strangers.resize(std::min(count, kExamples));
    return absl::InvalidArgumentError(absl::StrCat(
        order.name, ": ", count, " of its codes are not in ", system.source.name, strangers.empty() ? "" : " (such as ",
        absl::StrJoin(strangers, ", "), strangers.empty() ? "" : ")", ", and ", places.size() - matched,
        " codes of that are not in it; the two are of different releases: give files of one"));
  }
  for (const OrderLine& line : order.lines) {
    model::Concept& item = system.concepts[places.at(line.code)];
    item.billable = line.billable;
    if (item.title != line.long_title)
      item.designations.push_back({.language = "en", .value = std::exchange(item.title, line.long_title)});
    if (line.short_title != line.long_title) {
      item.designations.push_back({.language = "en",
                                   .use = {std::string(model::kDesignationUseUrl), "short", "Short title"},
                                   .value = line.short_title});
    }
  }
  WarnOfContradictions(order, system, places, progress);
  system.source = {absl::StrCat(system.source.name, ", ", order.name),
                   absl::StrCat(system.source.sha256, ", ", order.sha256)};
  return absl::OkStatus();
}

}  // namespace nosograph::import
