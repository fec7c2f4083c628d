#include "terminology/import/icd10cm_seventh_character.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "terminology/model/icd_code.h"

namespace nosograph::import {
namespace {

// Words of a note; a comma stays at its word, since it continues a list.
using Words = std::vector<absl::string_view>;

absl::string_view Bare(absl::string_view word) {
  while (!word.empty() && absl::StrContains(",.;:", word.substr(word.size() - 1))) word.remove_suffix(1);
  return word;
}

bool IsOneOf(absl::string_view word, std::initializer_list<absl::string_view> choices) {
  return std::any_of(choices.begin(), choices.end(),
                     [&](absl::string_view choice) { return absl::EqualsIgnoreCase(Bare(word), choice); });
}

bool IsSingleCharacter(absl::string_view word) {
  word = Bare(word);
  return word.size() == 1 && (absl::ascii_isupper(word[0]) || absl::ascii_isdigit(word[0]));
}

// 4 to 7 for "4th" to "7th", else 0.
int Ordinal(absl::string_view word) {
  word = Bare(word);
  if (word.size() != 3 || !absl::EndsWith(word, "th") || word[0] < '4' || word[0] > '7') return 0;
  return word[0] - '0';
}

// A list such as "D and S", "7, 8 or 9", "7 - what it means, or 8 - what it means": the item after `begin` and every
// single character behind a comma, "and" or "or", as far as `end`.
std::string List(const Words& words, size_t begin, size_t end) {
  std::string items;
  for (size_t i = begin; i < end; ++i) {
    const bool in_place = i == begin || absl::EndsWith(words[i - 1], ",") || IsOneOf(words[i - 1], {"and", "or"});
    if (in_place && IsSingleCharacter(words[i])) items.push_back(words[i][0]);
  }
  return items;
}

}  // namespace

bool SeventhCharacterException::Excepts(absl::string_view padded, char character) const {
  if (!absl::StrContains(characters, absl::string_view(&character, 1))) return false;
  const bool is_within = std::any_of(within.begin(), within.end(),
                                     [&](const std::string& header) { return absl::StartsWith(padded, header); });
  if (!is_within) return false;
  if (position == 0) return true;
  const size_t at = static_cast<size_t>(position);  // the dot takes the place of counting from 0
  return at < padded.size() && absl::StrContains(deciding, padded.substr(at, 1));
}

bool IsAboutSeventhCharacters(absl::string_view note) {
  const std::string lower = absl::AsciiStrToLower(note);
  return absl::StrContains(lower, "7th character") || absl::StrContains(lower, "seventh character");
}

std::optional<SeventhCharacterException> ReadSeventhCharacterException(absl::string_view note) {
  const Words words = absl::StrSplit(note, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty());
  const size_t count = words.size();
  size_t at = 0;
  const auto skip_to = [&](std::initializer_list<absl::string_view> choices) {
    while (at < count && !IsOneOf(words[at], choices)) ++at;
    return at < count;
  };

  SeventhCharacterException rule;
  while (at < count && Ordinal(words[at]) != 7) ++at;
  ++at;
  if (at >= count || !IsOneOf(words[at], {"character", "characters"})) return std::nullopt;
  const size_t list_begin = ++at;
  if (!skip_to({"do", "does"})) return std::nullopt;
  rule.characters = List(words, list_begin, at);
  if (at + 2 >= count || !IsOneOf(words[at + 1], {"not"}) || !IsOneOf(words[at + 2], {"apply"})) return std::nullopt;
  if (rule.characters.empty()) return std::nullopt;

  for (at += 3; at < count && !IsOneOf(words[at], {"with"}); ++at) {
    const absl::string_view word = Bare(absl::StripSuffix(Bare(words[at]), ".-"));
    if (model::ReadCode(model::Grammar::kIcd10Cm, word).form == model::CodeForm::kCanonical) {
      rule.within.emplace_back(word);
    }
  }
  if (rule.within.empty()) return std::nullopt;
  if (at == count) return rule;

  if (at + 2 >= count || Ordinal(words[at + 1]) == 0 || !IsOneOf(words[at + 2], {"character", "characters"})) {
    return std::nullopt;
  }
  rule.position = Ordinal(words[at + 1]);
  rule.deciding = List(words, at + 3, count);
  if (rule.deciding.empty() || rule.position == 7) return std::nullopt;
  return rule;
}

}  // namespace nosograph::import
