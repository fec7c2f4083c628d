#include "terminology/base/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace nosograph::base {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Folded(absl::string_view text) {
  std::vector<std::string> folded;
  for (const Word& word : WordsOf(text)) folded.push_back(word.folded);
  return folded;
}

TEST(WordsTest, FoldsCaseMarksAndPossessives) {
  EXPECT_THAT(Folded("Ménière's disease, BILATERAL"), ElementsAre("meniere", "disease", "bilateral"));
  EXPECT_THAT(Folded("Me\xCC\x81nie\xCC\x80re\xE2\x80\x99s"), ElementsAre("meniere"));  // marks of their own
  EXPECT_THAT(Folded("Charcot-Marie-Tooth type 1A"), ElementsAre("charcot", "marie", "tooth", "type", "1a"));
  EXPECT_THAT(Folded("O'nyong-nyong"), ElementsAre("o", "nyong", "nyong"));
  EXPECT_THAT(Folded("Straße ΑΓΓΕΊΟΥ"), ElementsAre("strasse", "αγγειου"));
}

TEST(WordsTest, TellsWhereAWordStands) {
  const std::string text = "of Ménière's [HIV]";
  const std::vector<Word> words = WordsOf(text);
  ASSERT_EQ(words.size(), 3U);
  EXPECT_EQ(text.substr(words[1].begin, words[1].end - words[1].begin), "Ménière's");
  EXPECT_EQ(text.substr(words[2].begin, words[2].end - words[2].begin), "HIV");
  EXPECT_TRUE(words[2].upper_case);
  EXPECT_FALSE(words[1].upper_case);
}

TEST(WordsTest, WhatIsNoWordPartsWords) {
  EXPECT_THAT(Folded(""), IsEmpty());
  EXPECT_THAT(Folded(" \t-,;()"), IsEmpty());
  EXPECT_THAT(Folded("a\xFF"
                     "b\xC3"),
              ElementsAre("a", "b"));
  EXPECT_THAT(Folded("😀heart😀"), ElementsAre("heart"));
  EXPECT_THAT(Folded("קרוהן disease"), ElementsAre("קרוהן", "disease"));
}

TEST(WordsTest, PlacesAreThoseOfTheWords) {
  for (const std::string text : {"", "Ménière's disease, BILATERAL", "O'nyong-nyong 1A",
                                 "a\xFF"
                                 "b\xC3",
                                 "😀heart😀 ǅ", "קרוהן disease", "\xE2\x80\x99s \xCC\x81 x\xCC\x81 ªº"}) {
    const std::vector<Word> words = WordsOf(text);
    const std::vector<Word> places = WordPlacesOf(text);
    ASSERT_EQ(places.size(), words.size()) << text;
    for (size_t i = 0; i < words.size(); ++i) {
      EXPECT_EQ(places[i].begin, words[i].begin) << text;
      EXPECT_EQ(places[i].end, words[i].end) << text;
      EXPECT_EQ(places[i].folded, "") << text;
    }
    EXPECT_EQ(WordPlacesOf(text, 1).size(), std::min<size_t>(1, words.size()));
  }
}

TEST(WordsTest, NoWordGrowsWithoutEnd) {
  EXPECT_EQ(WordsOf(std::string(1000, 'a'))[0].folded.size(), kLongestWord);
  std::string accents;
  for (int i = 0; i < 1000; ++i) accents += "é";
  EXPECT_LE(WordsOf(accents)[0].folded.size(), kLongestWord);
  EXPECT_EQ(WordsOf("a b c d", 2).size(), 2U);
}

TEST(AmericanSpellingTest, KnowsTheFormsOfBritishWords) {
  EXPECT_EQ(AmericanSpelling("oedema"), "edema");
  EXPECT_EQ(AmericanSpelling("leukaemia"), "leukemia");
  EXPECT_EQ(AmericanSpelling("oesophagus"), "esophagus");
  EXPECT_EQ(AmericanSpelling("tumours"), "tumors");
  EXPECT_EQ(AmericanSpelling("fibre"), "fiber");
  EXPECT_EQ(AmericanSpelling("haemolysed"), "hemolyzed");
  EXPECT_EQ(AmericanSpelling("heart"), "");
  EXPECT_EQ(AmericanSpelling("toe"), "");
  EXPECT_EQ(AmericanSpelling("sour"), "");
}

TEST(MedicalRootTest, NounsAndAdjectivesHaveOneRoot) {
  for (const char* word : {"thrombus", "thrombosis", "thrombotic"}) EXPECT_EQ(MedicalRoot(word), "thromb");
  EXPECT_EQ(MedicalRoot("aspergillus"), MedicalRoot("aspergillosis"));
  EXPECT_EQ(MedicalRoot("syphilitic"), MedicalRoot("syphilis"));
  for (const char* word : {"infectious", "infective", "infection"}) EXPECT_EQ(MedicalRoot(word), "infect");
  EXPECT_EQ(MedicalRoot("arthritis"), "");  // is no arthrosis
  EXPECT_EQ(MedicalRoot("renal"), "");
  EXPECT_EQ(MedicalRoot(""), "");
}

TEST(StemmerTest, FormsOfAWordHaveOneStem) {
  Stemmer stemmer;
  const std::string singular(stemmer.Stem("fracture"));
  EXPECT_EQ(stemmer.Stem("fractures"), singular);
  EXPECT_EQ(stemmer.Stem("fractured"), singular);
  EXPECT_EQ(stemmer.Stem(""), "");
  EXPECT_EQ(stemmer.Stem("αγγειου"), "αγγειου");
}

}  // namespace
}  // namespace nosograph::base
