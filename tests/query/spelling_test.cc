#include "terminology/query/spelling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "terminology/snapshot/snapshot.h"
#include "terminology/snapshot/writer.h"

namespace nosograph::query {
namespace {

// The optimal string alignment distance between `word` and each beginning of `term`, the empty one first.
std::vector<int> Distances(const std::string& word, const std::string& term) {
  std::vector<std::vector<int>> rows(term.size() + 1, std::vector<int>(word.size() + 1));
  for (size_t t = 0; t <= term.size(); ++t) {
    for (size_t w = 0; w <= word.size(); ++w) {
      if (t == 0 || w == 0) {
        rows[t][w] = static_cast<int>(t + w);
        continue;
      }
      const int same = term[t - 1] == word[w - 1] ? 0 : 1;
      rows[t][w] = std::min({rows[t - 1][w] + 1, rows[t][w - 1] + 1, rows[t - 1][w - 1] + same});
      if (t > 1 && w > 1 && term[t - 1] == word[w - 2] && term[t - 2] == word[w - 1]) {
        rows[t][w] = std::min(rows[t][w], rows[t - 2][w - 2] + 1);
      }
    }
  }
  std::vector<int> distances;
  for (const std::vector<int>& row : rows) distances.push_back(row.back());
  return distances;
}

// Words of few letters, so that many are near to each other.
std::vector<std::string> Words(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::set<std::string> words;
  while (words.size() < count) {
    std::string word;
    const size_t length = 3 + random() % 8;
    for (size_t i = 0; i < length; ++i) word += static_cast<char>('a' + random() % 4);
    words.insert(word);
  }
  return {words.begin(), words.end()};
}

TEST(Spelling, FindsAllThatAPlainComparisonFinds) {
  model::CodeSystem system{.url = "urn:words", .version = "1"};
  for (const std::string& word : Words(1500, 1)) {
    system.concepts.push_back({.code = word, .kind = model::ConceptKind::kConcept, .title = word});
  }
  const absl::StatusOr<std::string> bytes = snapshot::WriteSnapshot(system);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const auto opened = snapshot::Snapshot::FromBytes(*bytes, "words", snapshot::Verification::kEveryByte);
  ASSERT_TRUE(opened.ok()) << opened.status();
  const snapshot::TextIndexView& index = (*opened)->text_index();
  ASSERT_GE(index.term_count(), 1400U);
  size_t total = 0;
  for (const std::string& word : Words(300, 2)) {
    for (uint8_t errors = 0; errors <= kMostErrors; ++errors) {
      std::map<std::string, std::pair<int, int>> expected;
      for (uint32_t term = 0; term < index.term_count(); ++term) {
        const std::string text(index.Term(term));
        const std::vector<int> distances = Distances(word, text);
        const int prefix = *std::min_element(distances.begin(), distances.end());
        if (prefix <= errors) expected[text] = {std::min(distances.back(), errors + 1), prefix};
      }
      std::map<std::string, std::pair<int, int>> found;
      uint32_t last = 0;
      ForEachSpelling(index, word, errors, [&](uint32_t term, const Spelling& spelling) {
        EXPECT_TRUE(found.empty() || term > last) << "ascending, each once";
        last = term;
        found[std::string(index.Term(term))] = {std::min<int>(spelling.whole, errors + 1), spelling.prefix};
      });
      EXPECT_EQ(found, expected) << word << ", " << int{errors};
      total += found.size();
    }
  }
  EXPECT_GT(total, 1000U);
}

}  // namespace
}  // namespace nosograph::query
