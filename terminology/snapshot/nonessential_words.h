// Which words of a title or an inclusion term add nothing to what it names, by the conventions of ICD.
//
// Words in parentheses are nonessential modifiers: the term holds with them and without ("Essential (primary)
// hypertension"). "NOS" says that nothing more is said, and so does what a comma parts off with "unspecified" in it
// ("Pneumonia, unspecified organism"). Source: ICD-10-CM Official Guidelines for Coding and Reporting FY 2026, section
// I.A.6 (NOS) and I.A.7 (parentheses).
//
// Thread-safe.
//
//   NonessentialWords("Pneumonia, unspecified organism", words)  // {false, true, true}
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_NONESSENTIAL_WORDS_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_NONESSENTIAL_WORDS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "terminology/base/words.h"

namespace nosograph::snapshot {

// One entry a word; `words` are those of `text`. Where nothing would be left, every word counts.
std::vector<bool> NonessentialWords(absl::string_view text, const std::vector<base::Word>& words);

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_NONESSENTIAL_WORDS_H_
