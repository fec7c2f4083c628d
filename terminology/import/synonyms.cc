#include "terminology/import/synonyms.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/base/words.h"
#include "terminology/import/default_synonyms.h"

namespace nosograph::import {
namespace {

constexpr size_t kMostWords = 8;
constexpr size_t kMostLines = 10'000;

absl::Status Wrong(size_t line, absl::string_view problem, absl::string_view remedy) {
  return absl::InvalidArgumentError(absl::StrCat("synonyms, line ", line, ": ", problem, "; ", remedy));
}

absl::StatusOr<std::vector<std::string>> ParseGroup(absl::string_view line, size_t number) {
  std::vector<std::string> group;
  for (const absl::string_view part : absl::StrSplit(line, '=')) {
    const absl::string_view phrase = absl::StripAsciiWhitespace(part);
    const size_t words = base::WordsOf(phrase).size();
    if (words == 0) return Wrong(number, "a phrase has no word", "write words on both sides of each '='");
    if (words > kMostWords) {
      return Wrong(number, absl::StrCat("'", base::Excerpt(phrase), "' has ", words, " words"),
                   absl::StrCat("write ", kMostWords, " at most"));
    }
    group.emplace_back(phrase);
  }
  if (group.size() < 2) {
    return Wrong(number, absl::StrCat("'", base::Excerpt(line), "' is no group"), "part two phrases or more by '='");
  }
  return group;
}

}  // namespace

absl::StatusOr<std::vector<std::vector<std::string>>> ParseSynonyms(absl::string_view text) {
  std::vector<std::vector<std::string>> groups;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (++number > kMostLines) return Wrong(number, "the file has too many lines", "keep to 10,000");
    line = absl::StripAsciiWhitespace(line.substr(0, std::min(line.find('#'), line.size())));
    if (line.empty()) continue;
    if (!base::IsValidUtf8(line)) return Wrong(number, "it is not UTF-8", "save the file as UTF-8");
    ASSIGN_OR_RETURN(std::vector<std::string> group, ParseGroup(line, number));
    groups.push_back(std::move(group));
  }
  return groups;
}

const std::vector<std::vector<std::string>>& DefaultSynonyms() {
  // The build writes the file into the program, and a test parses it.
  static const std::vector<std::vector<std::string>> synonyms =
      ParseSynonyms(kDefaultSynonyms).value_or(std::vector<std::vector<std::string>>());
  return synonyms;
}

}  // namespace nosograph::import
