#include "terminology/base/abbreviation.h"

#include <utility>

namespace nosograph::base {
namespace {

bool MayLackALetter(const Word& word) {
  const std::string& folded = word.folded;
  return folded == "of" || folded == "the" || folded == "and" || folded == "to" || folded == "in";
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
    const bool removed = words[at].upper_case && words[at].folded.size() <= kLongestAbbreviation &&
                         (SpelledBefore(words, at) || SpelledBehind(words, at));
    if (removed) {
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      ++at;
    }
  }
}

}  // namespace nosograph::base
