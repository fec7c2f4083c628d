#include "terminology/query/spelling.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "terminology/base/words.h"

namespace nosograph::query {
namespace {

// Bit i of row e, at depth d: the first d letters of a term and the first i of the word are at most e errors apart.
using Column = std::array<uint64_t, kMostErrors + 1>;

class Scan {
 public:
  Scan(absl::string_view word, uint8_t errors) : errors_(errors), whole_word_(uint64_t{1} << word.size()) {
    for (size_t i = 0; i < word.size(); ++i) places_[static_cast<uint8_t>(word[i])] |= uint64_t{2} << i;
    for (uint8_t e = 0; e <= errors_; ++e) columns_[0][e] = (uint64_t{2} << e) - 1;
    best_[0] = ErrorsOf(columns_[0]);
  }

  // Reads letter `depth` (from 1) of `term`; whether any term that goes on so may still match.
  bool Step(absl::string_view term, size_t depth) {
    const Column& before = columns_[depth - 1];
    Column& at = columns_[depth];
    const uint64_t same = places_[static_cast<uint8_t>(term[depth - 1])];
    // Where this letter and the one before it stand in the word the other way round.
    const uint64_t swapped = depth < 2 ? 0 : (same << 1) & places_[static_cast<uint8_t>(term[depth - 2])];
    at[0] = (before[0] << 1) & same;
    for (uint8_t e = 1; e <= errors_; ++e) {
      at[e] = ((before[e] << 1) & same) | (before[e - 1] << 1) | before[e - 1] | (at[e - 1] << 1);
      if (swapped != 0) at[e] |= (columns_[depth - 2][e - 1] << 2) & swapped;
    }
    whole_[depth] = ErrorsOf(at);
    best_[depth] = std::min(best_[depth - 1], whole_[depth]);
    return (at[errors_] & (whole_word_ | (whole_word_ - 1))) != 0 || best_[depth] <= errors_;
  }

  uint8_t best(size_t depth) const { return best_[depth]; }
  uint8_t whole(size_t depth) const { return depth == 0 ? best_[0] : whole_[depth]; }

 private:
  static constexpr uint8_t kFar = 100;

  uint8_t ErrorsOf(const Column& column) const {
    for (uint8_t e = 0; e <= errors_; ++e) {
      if ((column[e] & whole_word_) != 0) return e;
    }
    return kFar;
  }

  const uint8_t errors_;
  const uint64_t whole_word_;              // the bit of all its letters
  std::array<uint64_t, 256> places_ = {};  // by letter: bit i + 1 where it is letter i of the word
  std::array<Column, base::kLongestWord + 1> columns_;
  std::array<uint8_t, base::kLongestWord + 1> best_;
  std::array<uint8_t, base::kLongestWord + 1> whole_;
};

}  // namespace

void ForEachSpelling(const snapshot::TextIndexView& index, absl::string_view word, uint8_t errors,
                     absl::FunctionRef<void(uint32_t term, const Spelling& spelling)> take) {
  if (word.empty() || word.size() > kLongestSpelled || errors > kMostErrors) return;
  Scan scan(word, errors);
  size_t read = 0;    // letters of the last term whose columns stand
  bool dead = false;  // the last of them was one too many errors
  const uint32_t terms = std::min(index.term_count(), static_cast<uint32_t>(index.term_shared.size()));
  for (uint32_t term = 0; term < terms; ++term) {
    const uint8_t shared = index.term_shared[term];
    if (dead && shared >= read) continue;
    const absl::string_view text = index.Term(term);
    read = std::min({read, size_t{shared}, text.size()});
    dead = false;
    if (text.size() > base::kLongestWord) continue;
    while (read < text.size() && !dead) {
      ++read;
      dead = !scan.Step(text, read);
    }
    if (dead || scan.best(read) > errors) continue;
    take(term, {scan.whole(text.size()), scan.best(text.size())});
  }
}

}  // namespace nosograph::query
