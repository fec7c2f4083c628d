// Abbreviations that the words beside them spell: "human immunodeficiency virus [HIV]", "AML - acute myeloid leukemia".
//
// Thread-safe: functions without state.
//
//   std::vector<Word> words = WordsOf("human immunodeficiency virus [HIV]");
//   SpelledBefore(words, 3) == 0;
#ifndef NOSOGRAPH_TERMINOLOGY_BASE_ABBREVIATION_H_
#define NOSOGRAPH_TERMINOLOGY_BASE_ABBREVIATION_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "terminology/base/words.h"

namespace nosograph::base {

// Longer runs of capitals are words.
inline constexpr size_t kLongestAbbreviation = 6;

// The words right before `at` whose first letters spell it: where they begin. Little words between them may lack a
// letter. Nothing where they do not.
std::optional<size_t> SpelledBefore(const std::vector<Word>& words, size_t at);

// The words right behind `at` whose first letters spell it: where they end. The same.
std::optional<size_t> SpelledBehind(const std::vector<Word>& words, size_t at);

// Takes out the abbreviations that stand beside the words they are of: they say again what those say. Roman numerals
// are none, nor are two capitals among capitals.
void RemoveSpelledAbbreviations(std::vector<Word>& words);

}  // namespace nosograph::base

#endif  // NOSOGRAPH_TERMINOLOGY_BASE_ABBREVIATION_H_
