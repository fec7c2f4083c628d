#include "terminology/snapshot/nonessential_words.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "terminology/base/words.h"

namespace nosograph::snapshot {
namespace {

// The words that count, parted by spaces.
std::string Essential(absl::string_view text) {
  const std::vector<base::Word> words = base::WordsOf(text);
  const std::vector<bool> nonessential = NonessentialWords(text, words);
  std::string essential;
  for (size_t i = 0; i < words.size(); ++i) {
    if (nonessential[i]) continue;
    if (!essential.empty()) essential += ' ';
    essential += words[i].folded;
  }
  return essential;
}

TEST(NonessentialWords, WhatStandsInParentheses) {
  EXPECT_EQ(Essential("Essential (primary) hypertension"), "essential hypertension");
  EXPECT_EQ(Essential("edema (of (deep)) larynx) now"), "edema larynx now");
  EXPECT_EQ(Essential("Anemia [of blood]"), "anemia of blood");
}

TEST(NonessentialWords, WhatSaysThatNothingMoreIsSaid) {
  EXPECT_EQ(Essential("Stroke NOS"), "stroke");
  EXPECT_EQ(Essential("Pneumonia, unspecified organism"), "pneumonia");
  EXPECT_EQ(Essential("Urinary tract infection, site not specified"), "urinary tract infection");
  EXPECT_EQ(Essential("Fracture, unspecified site, open"), "fracture open");
  EXPECT_EQ(Essential("Unspecified asthma, uncomplicated"), "unspecified asthma uncomplicated");
  EXPECT_EQ(Essential("Neoplasm, not otherwise specified"), "neoplasm");
  EXPECT_EQ(Essential("Infection, group B or unspecified"), "infection group b or unspecified");
  EXPECT_EQ(Essential("Pain, chest (unspecified)"), "pain chest");
  EXPECT_EQ(Essential("Other specified anemias"), "other specified anemias");
}

TEST(NonessentialWords, SomethingIsLeft) {
  EXPECT_EQ(Essential("(unspecified)"), "unspecified");
  EXPECT_EQ(Essential(""), "");
}

}  // namespace
}  // namespace nosograph::snapshot
