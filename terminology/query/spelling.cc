#include "terminology/query/spelling.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <vector>

#include "terminology/base/words.h"
#include "terminology/query/search_blocks.h"

namespace nosograph::query {
namespace {

// Bit i of row e, at depth d: the first d letters of a term and the first i of the word are at most e errors apart.
using Column = std::array<uint64_t, kMostErrors + 1>;

class Scan {
 public:
  // `few_before`: before this letter of the word no more than `few` errors are let pass. One at it may be: it could
  // turn out to have changed places with the next.
  Scan(absl::string_view word, uint8_t errors, size_t few_before = 0, uint8_t few = 0)
      : errors_(errors), few_(few), whole_word_(uint64_t{1} << word.size()) {
    if (few_before > 0) beginning_ = (uint64_t{1} << few_before) - 1;
    for (size_t i = 0; i < word.size(); ++i) places_[static_cast<uint8_t>(word[i])] |= uint64_t{2} << i;
    for (uint8_t e = 0; e <= errors_; ++e) columns_[0][e] = (uint64_t{2} << e) - 1;
    Restrict(columns_[0]);
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
    Restrict(at);
    whole_[depth] = ErrorsOf(at);
    best_[depth] = std::min(best_[depth - 1], whole_[depth]);
    return (at[errors_] & (whole_word_ | (whole_word_ - 1))) != 0 || best_[depth] <= errors_;
  }

  uint8_t best(size_t depth) const { return best_[depth]; }
  uint8_t whole(size_t depth) const { return depth == 0 ? best_[0] : whole_[depth]; }

 private:
  static constexpr uint8_t kFar = 100;

  void Restrict(Column& column) const {
    if (beginning_ == 0) return;
    for (uint8_t e = few_ + 1; e <= errors_; ++e) column[e] &= ~beginning_ | column[few_];
  }

  uint8_t ErrorsOf(const Column& column) const {
    for (uint8_t e = 0; e <= errors_; ++e) {
      if ((column[e] & whole_word_) != 0) return e;
    }
    return kFar;
  }

  const uint8_t errors_;
  const uint8_t few_;
  uint64_t beginning_ = 0;                 // the bits of what may have few errors
  const uint64_t whole_word_;              // the bit of all its letters
  std::array<uint64_t, 256> places_ = {};  // by letter: bit i + 1 where it is letter i of the word
  std::array<Column, base::kLongestWord + 1> columns_;
  std::array<uint8_t, base::kLongestWord + 1> best_;
  std::array<uint8_t, base::kLongestWord + 1> whole_;
};

// The first at or behind `begin` that is below `bound`, or `end`; none of them is above kMostShared / 2.
uint32_t FindBelow(absl::Span<const uint8_t> bytes, uint32_t begin, uint32_t end, uint8_t bound) {
  constexpr uint64_t kEach = 0x0101010101010101;
  constexpr uint64_t kTops = kEach << 7;
  for (; end - begin >= sizeof(uint64_t); begin += sizeof(uint64_t)) {
    uint64_t eight;
    std::memcpy(&eight, bytes.data() + begin, sizeof(eight));
    // The top bit stays where a byte is not below (Warren, Hacker's Delight, 6-1).
    const uint64_t below = ~((eight | kTops) - kEach * bound) & kTops;
    if (below != 0) return begin + static_cast<uint32_t>(std::countr_zero(below)) / 8;
  }
  while (begin < end && bytes[begin] >= bound) ++begin;
  return begin;
}

// The terms that begin within `errors` errors with the word, `few` at most of them in its first `beginning` letters.
void AddByBeginning(const snapshot::TextIndexView& index, absl::string_view word, uint8_t errors, size_t beginning,
                    uint8_t few, std::vector<uint32_t>& found) {
  Scan scan(word, errors, beginning, few);
  // Without an error in the beginning all of it is there, but for a last letter that has changed places.
  snapshot::TermRange range{0, index.term_count()};
  if (few == 0) range = index.TermsBeginningWith(word.substr(0, beginning - 1));
  range.end = std::min(range.end, static_cast<uint32_t>(index.term_shared.size()));
  size_t read = 0;    // letters of the last term whose columns stand
  bool dead = false;  // the last of them was one too many errors
  for (uint32_t term = range.begin; term < range.end; ++term) {
    if (dead) {
      term = FindBelow(index.term_shared, term, range.end, static_cast<uint8_t>(read));
      if (term == range.end) break;
    }
    const size_t shared = term == range.begin ? 0 : index.term_shared[term];
    const absl::string_view text = index.Term(term);
    read = std::min({read, shared, text.size()});
    dead = false;
    if (text.size() > base::kLongestWord) continue;
    while (read < text.size() && !dead) {
      ++read;
      dead = !scan.Step(text, read);
    }
    if (!dead && scan.best(read) <= errors) found.push_back(term);
  }
}

// The terms that have the word's end, all of it, about where the word has it.
void AddByEnding(const snapshot::TextIndexView& index, absl::string_view word, uint8_t errors, size_t beginning,
                 std::vector<uint32_t>& found) {
  const absl::string_view ending = word.substr(beginning);
  const uint32_t letters = snapshot::LettersOf(ending);
  const size_t first = beginning - std::min<size_t>(beginning, errors);
  const size_t last = beginning + errors;
  const auto add_if = [&](uint32_t term) {
    const absl::string_view text = index.Term(term);
    for (size_t at = first; at <= last && at + ending.size() <= text.size(); ++at) {
      if (text[at] != ending.front() || text.substr(at, ending.size()) != ending) continue;
      found.push_back(term);
      break;
    }
  };
  const auto terms = static_cast<uint32_t>(index.term_letters.size());
  uint32_t begin = 0;
  for (; terms - begin >= kGroup; begin += kGroup) {
    for (uint32_t have = HaveLetters(index.term_letters.data() + begin, letters); have != 0; have &= have - 1) {
      add_if(begin + static_cast<uint32_t>(std::countr_zero(have)));
    }
  }
  for (; begin < terms; ++begin) {
    if ((index.term_letters[begin] & letters) == letters) add_if(begin);
  }
}

}  // namespace

void ForEachSpelling(const snapshot::TextIndexView& index, absl::string_view word, uint8_t errors,
                     absl::FunctionRef<void(uint32_t term, const Spelling& spelling)> take) {
  if (word.size() < 2 || word.size() > kLongestSpelled || errors > kMostErrors) return;
  // Of `errors` errors either no more than half are before a letter, or none is behind it.
  constexpr size_t kBeginning = 3;
  const size_t beginning = errors < 2 ? std::min(kBeginning, word.size() / 2) : word.size() / 2;
  std::vector<uint32_t> terms;
  AddByBeginning(index, word, errors, beginning, errors / 2, terms);
  if (errors > 0) AddByEnding(index, word, errors, beginning, terms);
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  Scan scan(word, errors);
  for (const uint32_t term : terms) {
    const absl::string_view text = index.Term(term);
    if (text.size() > base::kLongestWord) continue;
    size_t read = 0;
    while (read < text.size() && scan.Step(text, read + 1)) ++read;
    if (read < text.size() || scan.best(read) > errors) continue;
    take(term, {scan.whole(read), scan.best(read)});
  }
}

}  // namespace nosograph::query
