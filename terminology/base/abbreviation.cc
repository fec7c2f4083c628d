#include "terminology/base/abbreviation.h"

#include <utility>

namespace nosograph::base {
namespace {

bool MayLackALetter(const Word& word) {
  const std::string& folded = word.folded;
  return folded == "of" || folded == "the" || folded == "and" || folded == "to" || folded == "in";
}

// "type II" is no abbreviation of what stands behind it.
bool IsRomanNumeral(const std::string& folded) { return folded.find_first_not_of("ivx") == std::string::npos; }

// Whether one of the words is written in small letters: else two capitals may be any word.
bool AnySmall(const std::vector<Word>& words, size_t begin, size_t end) {
  for (size_t at = begin; at < end; ++at) {
    if (!words[at].upper_case && words[at].folded.size() > 1) return true;
  }
  return false;
}

bool IsSpelled(const std::vector<Word>& words, size_t at) {
  const Word& word = words[at];
  if (!word.upper_case || word.folded.size() > kLongestAbbreviation || IsRomanNumeral(word.folded)) return false;
  const bool short_one = word.folded.size() == 2;
  if (const std::optional<size_t> begin = SpelledBefore(words, at)) return !short_one || AnySmall(words, *begin, at);
  if (const std::optional<size_t> end = SpelledBehind(words, at)) return !short_one || AnySmall(words, at + 1, *end);
  return false;
}

}  // namespace

std::optional<size_t> SpelledBefore(const std::vector<Word>& words, size_t at) {
  const std::string& letters = words[at].folded;
  size_t begin = at;
  for (size_t letter = letters.size(); letter > 0; --letter) {
    const auto spells = [&] { return begin > 0 && words[begin - 1].folded[0] == letters[letter - 1]; };
    if (begin > 0 && !spells() && MayLackALetter(words[begin - 1])) --begin;
    if (!spells()) return std::nullopt;
    --begin;
  }
  return begin;
}

std::optional<size_t> SpelledBehind(const std::vector<Word>& words, size_t at) {
  size_t end = at + 1;
  for (const char letter : words[at].folded) {
    const auto spells = [&] { return end < words.size() && words[end].folded[0] == letter; };
    if (end < words.size() && !spells() && MayLackALetter(words[end])) ++end;
    if (!spells()) return std::nullopt;
    ++end;
  }
  return end;
}

void RemoveSpelledAbbreviations(std::vector<Word>& words) {
  for (size_t at = 0; at < words.size();) {
    if (IsSpelled(words, at)) {
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      ++at;
    }
  }
}

}  // namespace nosograph::base
