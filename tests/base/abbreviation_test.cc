#include "terminology/base/abbreviation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nosograph::base {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;

std::vector<std::string> Left(absl::string_view text) {
  std::vector<Word> words = WordsOf(text);
  RemoveSpelledAbbreviations(words);
  std::vector<std::string> folded;
  for (const Word& word : words) folded.push_back(word.folded);
  return folded;
}

TEST(AbbreviationTest, IsSpelledByTheWordsBesideIt) {
  EXPECT_THAT(SpelledBefore(WordsOf("the human immunodeficiency virus [HIV]"), 4), Optional(1U));
  EXPECT_THAT(SpelledBefore(WordsOf("activities of daily living [ADL]"), 4), Optional(0U));
  EXPECT_THAT(SpelledBehind(WordsOf("ADL activities of daily living limited"), 0), Optional(5U));
  EXPECT_THAT(SpelledBefore(WordsOf("immunodeficiency virus [HIV]"), 2), Eq(std::nullopt));
  EXPECT_THAT(SpelledBehind(WordsOf("HIV human immunodeficiency"), 0), Eq(std::nullopt));
}

TEST(AbbreviationTest, IsTakenOutBesideItsWords) {
  EXPECT_THAT(Left("CVD - cardiovascular vein disease"), ElementsAre("cardiovascular", "vein", "disease"));
  EXPECT_THAT(Left("low back pain (LBP) chronic"), ElementsAre("low", "back", "pain", "chronic"));
  EXPECT_THAT(Left("COPD"), ElementsAre("copd"));
  EXPECT_THAT(Left("CT contact tracing"), ElementsAre("contact", "tracing"));
  EXPECT_THAT(Left("ct contact tracing"), ElementsAre("ct", "contact", "tracing")) << "no capitals, no abbreviation";
  EXPECT_THAT(Left("HIV and AIDS"), ElementsAre("hiv", "and", "aids"));
  EXPECT_THAT(Left("AML - ACUTE MYELOID LEUKEMIA"), ElementsAre("acute", "myeloid", "leukemia"));
}

TEST(AbbreviationTest, IsNoNumeralAndNoShortWordAmongCapitals) {
  EXPECT_THAT(Left("diabetes type II in infant"), ElementsAre("diabetes", "type", "ii", "in", "infant"));
  EXPECT_THAT(Left("stage IV in vulva"), ElementsAre("stage", "iv", "in", "vulva"));
  EXPECT_THAT(Left("FALL ON OLD NAIL"), ElementsAre("fall", "on", "old", "nail"));
  EXPECT_THAT(Left("MI myocardial infarction"), ElementsAre("myocardial", "infarction"));
}

}  // namespace
}  // namespace nosograph::base
