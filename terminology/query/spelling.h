// The terms of a text index that a word may have been meant as, though some of its letters are wrong.
//
// An error is a letter too many, too few, another one, or two that changed places (the "optimal string alignment"
// distance: Boytsov, ACM JEA 2011, section 2.2), counted with a word of bits for each number of errors (Wu and Manber,
// CACM 1992). Of a word cut in two either the beginning has no more than half of the errors, or the ending none
// (Navarro and Baeza-Yates, "A hybrid indexing method", 2001). For the first, terms are sorted, so that those with the
// same beginning share its comparison, and a beginning with too many errors passes over all that begin so; for the
// second, a bit for each letter tells nearly all terms that do not have the ending. Thread-safe: a function without
// state.
//
//   ForEachSpelling(index, "activiteis", 1, [](uint32_t term, const Spelling& spelling) { ... });  // "activities"
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_SPELLING_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_SPELLING_H_

#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "terminology/snapshot/text_index.h"

namespace nosograph::query {

struct Spelling {
  uint8_t whole;   // errors between the word and the term, more than asked for where there are more
  uint8_t prefix;  // the same between the word and that beginning of the term that is the most like it
};

inline constexpr uint8_t kMostErrors = 2;
inline constexpr size_t kLongestSpelled = 63;  // bytes of a word

// Every term that begins, within `errors` errors (kMostErrors at most), with the word. Bytes count as letters; a word
// of one, or longer than kLongestSpelled, has none.
void ForEachSpelling(const snapshot::TextIndexView& index, absl::string_view word, uint8_t errors,
                     absl::FunctionRef<void(uint32_t term, const Spelling& spelling)> take);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_SPELLING_H_
