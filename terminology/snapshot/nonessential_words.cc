#include "terminology/snapshot/nonessential_words.h"

#include <algorithm>
#include <cstddef>

namespace nosograph::snapshot {

std::vector<bool> NonessentialWords(absl::string_view text, const std::vector<base::Word>& words) {
  std::vector<bool> nonessential(words.size(), false);
  size_t at = 0;
  int depth = 0;
  size_t segment = 0;  // the first word behind the last comma
  bool says_nothing = false;
  bool says_other = false;  // "group B or unspecified"
  const auto end_segment = [&](size_t end) {
    if (segment > 0 && says_nothing && !says_other) {
      std::fill(nonessential.begin() + static_cast<ptrdiff_t>(segment),
                nonessential.begin() + static_cast<ptrdiff_t>(end), true);
    }
    segment = end;
    says_nothing = false;
    says_other = false;
  };
  for (size_t i = 0; i < words.size(); ++i) {
    for (; at < words[i].begin && at < text.size(); ++at) {
      if (text[at] == '(') ++depth;
      if (text[at] == ')' && depth > 0) --depth;
      if (text[at] == ',' && depth == 0) end_segment(i);
    }
    at = words[i].end;
    const std::string& word = words[i].folded;
    const bool negated =
        i > segment && (words[i - 1].folded == "not" ||
                        (words[i - 1].folded == "otherwise" && i > segment + 1 && words[i - 2].folded == "not"));
    if (depth == 0) {
      says_nothing = says_nothing || word == "unspecified" || (word == "specified" && negated);
      says_other = says_other || word == "or" || word == "and";
    }
    nonessential[i] = depth > 0 || word == "nos";
  }
  end_segment(words.size());
  if (std::find(nonessential.begin(), nonessential.end(), false) == nonessential.end()) {
    nonessential.assign(words.size(), false);
  }
  return nonessential;
}

}  // namespace nosograph::snapshot
