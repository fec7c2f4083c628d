#include "terminology/query/spelling.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "terminology/base/words.h"

namespace nosograph::query {
namespace {

// Row d: errors between the first d letters of a term and each beginning of the word.
using Row = std::array<uint8_t, base::kLongestWord + 1>;

size_t CommonPrefix(absl::string_view a, absl::string_view b) {
  return static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<ptrdiff_t>(std::min(a.size(), b.size())), b.begin()).first -
      a.begin());
}

class Scan {
 public:
  Scan(absl::string_view word, uint8_t errors) : word_(word), errors_(errors) {
    for (size_t i = 0; i <= word.size(); ++i) rows_[0][i] = static_cast<uint8_t>(i);
    best_[0] = rows_[0][word.size()];
  }

  // Reads letter `depth` (from 1) of `term`; whether any term that goes on so may still match.
  bool Step(absl::string_view term, size_t depth) {
    Row& row = rows_[depth];
    const Row& above = rows_[depth - 1];
    const char letter = term[depth - 1];
    // Beyond `errors` from the diagonal nothing is within reach.
    const size_t size = word_.size();
    const size_t begin = depth > errors_ ? depth - errors_ : 0;
    const size_t end = std::min(size, depth + errors_);
    uint8_t lowest = kFar;
    if (begin > 0 && begin <= size) row[begin - 1] = kFar;
    for (size_t i = begin; i <= end; ++i) {
      uint8_t errors = kFar;
      if (i == 0) {
        errors = static_cast<uint8_t>(depth);
      } else {
        const bool same = word_[i - 1] == letter;
        errors = static_cast<uint8_t>(above[i - 1] + (same ? 0 : 1));
        if (i < depth + errors_) errors = std::min<uint8_t>(errors, static_cast<uint8_t>(above[i] + 1));
        if (i > begin) errors = std::min<uint8_t>(errors, static_cast<uint8_t>(row[i - 1] + 1));
        if (!same && i > 1 && depth > 1 && word_[i - 2] == letter && word_[i - 1] == term[depth - 2]) {
          errors = std::min<uint8_t>(errors, static_cast<uint8_t>(rows_[depth - 2][i - 2] + 1));
        }
      }
      row[i] = std::min(errors, kFar);
      lowest = std::min(lowest, row[i]);
    }
    if (end < size) row[end + 1] = kFar;
    const uint8_t whole = end == size && begin <= size ? row[size] : kFar;
    best_[depth] = std::min(best_[depth - 1], whole);
    whole_[depth] = whole;
    return lowest <= errors_ || best_[depth] <= errors_;
  }

  uint8_t best(size_t depth) const { return best_[depth]; }
  uint8_t whole(size_t depth) const { return depth == 0 ? best_[0] : whole_[depth]; }

 private:
  static constexpr uint8_t kFar = 100;

  const absl::string_view word_;
  const uint8_t errors_;
  std::array<Row, base::kLongestWord + 1> rows_;
  std::array<uint8_t, base::kLongestWord + 1> best_;
  std::array<uint8_t, base::kLongestWord + 1> whole_;
};

}  // namespace

void ForEachSpelling(const snapshot::TextIndexView& index, absl::string_view word, uint8_t errors,
                     absl::FunctionRef<void(uint32_t term, const Spelling& spelling)> take) {
  if (word.empty() || word.size() > base::kLongestWord || errors > kMostErrors) return;
  Scan scan(word, errors);
  absl::string_view last;
  size_t read = 0;    // letters of `last` whose rows stand
  bool dead = false;  // the last of them was one too many errors
  for (uint32_t term = 0; term < index.term_count(); ++term) {
    const absl::string_view text = index.Term(term);
    if (text.size() > base::kLongestWord) continue;
    if (dead && text.size() >= read && std::memcmp(text.data(), last.data(), read) == 0) continue;
    const size_t common = CommonPrefix(last, text);
    read = std::min(read, common);
    dead = false;
    while (read < text.size() && !dead) {
      ++read;
      dead = !scan.Step(text, read);
    }
    last = text;
    if (dead || scan.best(read) > errors) continue;
    take(term, {scan.whole(text.size()), scan.best(text.size())});
  }
}

}  // namespace nosograph::query
