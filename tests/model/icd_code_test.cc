#include "terminology/model/icd_code.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"

namespace nosograph::model {
namespace {

struct Row {
  Grammar grammar;
  const char* typed;
  const char* canonical;  // empty: cannot be a code
  int liberties;
};

void Expect(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const CodeReading reading = ReadCode(row.grammar, row.typed);
    EXPECT_EQ(reading.canonical, row.canonical) << "typed '" << row.typed << "'";
    EXPECT_EQ(static_cast<int>(reading.liberties), row.liberties) << "typed '" << row.typed << "'";
    const CodeForm form = *row.canonical == '\0' ? CodeForm::kMalformed
                          : row.liberties == 0   ? CodeForm::kCanonical
                                                 : CodeForm::kNotCanonical;
    EXPECT_EQ(reading.form, form) << "typed '" << row.typed << "'";
  }
}

constexpr Grammar kCm = Grammar::kIcd10Cm;
constexpr Grammar kWho = Grammar::kIcd10;
constexpr Grammar kGm = Grammar::kIcd10Gm;
constexpr Grammar kPcs = Grammar::kIcd10Pcs;

TEST(ReadCode, CodesOfEveryShapeThatIsPublishedAreCanonical) {
  Expect({
      {kCm, "L94", "L94", 0},           {kCm, "L94.2", "L94.2", 0},   {kCm, "S72.001A", "S72.001A", 0},
      {kCm, "W21.89XA", "W21.89XA", 0}, {kCm, "QA0", "QA0", 0},  // a letter in the second place
      {kCm, "QA0.0101", "QA0.0101", 0},                          //
      {kCm, "C4A", "C4A", 0},                                    // in the third
      {kCm, "C4A.9", "C4A.9", 0},       {kCm, "O9A", "O9A", 0},       {kCm, "Z3A.20", "Z3A.20", 0},
      {kCm, "C84.ZA", "C84.ZA", 0},                                    // in the fourth and fifth
      {kCm, "S06.A1XA", "S06.A1XA", 0}, {kCm, "H54.0X", "H54.0X", 0},  // a header whose X belongs to it
      {kCm, "H54.0X33", "H54.0X33", 0}, {kCm, "Y93.I1", "Y93.I1", 0},  // I and L stand in the fourth place
      {kCm, "Y93.L1", "Y93.L1", 0},     {kCm, "U07.1", "U07.1", 0},   {kWho, "F00.0", "F00.0", 0},
      {kWho, "M45", "M45", 0},          {kGm, "E11.90", "E11.90", 0}, {kPcs, "0016070", "0016070", 0},
      {kPcs, "XW0DXM6", "XW0DXM6", 0},
  });
}

TEST(ReadCode, ExtensionsMayBeLongerThanPublishedCodes) {
  Expect({
      {kCm, "L94.21", "L94.21", 0},
      {kCm, "L94.2112", "L94.2112", 0},
      {kCm, "L94.211204B", "L94.211204B", 0},
      {kGm, "E11.9012", "E11.9012", 0},
      {kCm, "l9421", "L94.21", kLowerCase | kMissingDot},
      {kCm, "L94.123456789012", "L94.123456789012", 0},
      {kCm, "L94.1234567890123", "", 0},
  });
}

TEST(ReadCode, ChaptersAndBlocksStandAsTheyAre) {
  Expect({
      {kCm, "chapter-12", "chapter-12", 0},
      {kWho, "chapter-3", "chapter-3", 0},
      {kGm, "CHAPTER-18", "chapter-18", kUpperCase},
      {kCm, "L80-L99", "L80-L99", 0},
      {kCm, "O94-O9A", "O94-O9A", 0},
      {kCm, "l80-l99", "L80-L99", kLowerCase},
      {kCm, "L80\u2013L99", "L80-L99", kLookAlike},  // an en dash
      {kCm, "L80-", "L80", kPadding},
      {kCm, "L80-001", "", 0},
      {kCm, "XLI", "", 0},
  });
}

TEST(ReadCode, LibertiesOfTyping) {
  Expect({
      {kCm, "l94.2", "L94.2", kLowerCase},
      {kCm, "L942", "L94.2", kMissingDot},
      {kCm, "S72001A", "S72.001A", kMissingDot},
      {kCm, "L94.2 ", "L94.2", kBlanks},
      {kCm, "\t L94.2\r\n", "L94.2", kBlanks},
      {kCm, "\u00A0L94.2\u2003", "L94.2", kBlanks},
      {kCm, "L94.2\u200B", "L94.2", kBlanks},  // no width
      {kCm, "\uFEFFL94.2", "L94.2", kBlanks},  // byte order mark
      {kCm, "L94 .2", "L94.2", kBlanks},
      {kCm, "S72.001 A", "S72.001A", kBlanks},
      {kCm, " s72001a", "S72.001A", kBlanks | kLowerCase | kMissingDot},
      {kCm, "L9.42", "L94.2", kMisplacedDot},
      {kCm, "L942.", "L94.2", kMisplacedDot},
      {kCm, "L94.", "L94", kMisplacedDot},
      {kCm, ".L94.2", "L94.2", kMisplacedDot},
      {kCm, "L94..2", "L94.2", kMisplacedDot},
      {kCm, "L94,2", "L94.2", kLookAlike},
      {kCm, "L94.-", "L94", kPadding},
      {kCm, "M54.0-", "M54.0", kPadding},
      {kPcs, "001.6070", "0016070", kMisplacedDot},
      {kPcs, "xw0dxm6", "XW0DXM6", kLowerCase},
  });
}

TEST(ReadCode, WhoPaddingAndMarks) {
  Expect({
      {kWho, "M45X", "M45", kPadding},
      {kWho, "M45.X", "M45", kPadding},
      {kWho, "T08x", "T08", kPadding | kLowerCase},
      {kCm, "M45.X", "M45.X", 0},  // in the US modification an X may be a place of the code
      {kWho, "F00.0*", "F00.0", kMark},
      {kWho, "G30.0+", "G30.0", kMark},
      {kWho, "G30.0\u2020", "G30.0", kMark},
      {kGm, "B95.6!", "B95.6", kMark},
      {kGm, "F00.-*", "F00", kMark | kPadding},
      {kGm, "F00.0 *", "F00.0", kMark | kBlanks},
      {kCm, "F02.80*", "", 0},
      {kWho, "*", "", 0},
  });
}

TEST(ReadCode, LookAlikesOfOtherScripts) {
  Expect({
      {kCm, "\u041C34.9", "M34.9", kLookAlike},                         // Cyrillic Em
      {kCm, "\u0415\u0031\u0031.9", "E11.9", kLookAlike},               // Cyrillic Ie
      {kCm, "\u0435\u0031\u0031.9", "E11.9", kLookAlike | kLowerCase},  // its small letter
      {kCm, "\u0399\u0031\u0030", "I10", kLookAlike},                   // Greek Iota
      {kCm, "\u0391\u0030\u0031.0", "A01.0", kLookAlike},               // Greek Alpha
      {kCm, "\uFF2C\uFF19\uFF14\uFF0E\uFF12", "L94.2", kLookAlike},     // full-width
      {kCm, "L\u0669\u0664.\u0662", "L94.2", kLookAlike},               // Arabic-Indic digits
      {kCm, "C4\u0410", "C4A", kLookAlike},                             // Cyrillic A
      {kCm, "I1\u041E", "I10", kLookAlike},                             // Cyrillic O for zero
      {kCm, "L94\u00B7\u0032", "L94.2", kLookAlike},                    // a middle dot
      {kCm,
       "\u0424"
       "20",
       "", 0},                     // Cyrillic Ef looks like no letter
      {kCm, "L94.\u00B2", "", 0},  // nor is a superscript a digit
      {kCm, "\u8138\u90E8", "", 0},
  });
}

TEST(ReadCode, LettersThatLookLikeDigitsCountOnlyWhereNoLetterCanStand) {
  Expect({
      {kCm, "O10", "O10", 0},  // pregnancy with hypertension, not a slip for I10
      {kCm, "I1O", "I10", kLookAlike},
      {kCm, "LO0", "L00", kLookAlike},
      {kCm, "CO4", "C04", kLookAlike},
      {kCm, "QAO.O1O1", "QA0.0101", kLookAlike},
      {kCm, "EI1.9", "E11.9", kLookAlike},
      {kCm, "El1.9", "E11.9", kLookAlike},
      {kCm, "el1.9", "E11.9", kLookAlike | kLowerCase},
      {kCm, "S72.OO1A", "S72.001A", kLookAlike},
      {kCm, "S72.00lA", "S72.001A", kLookAlike},
      {kCm, "S72.00IA", "S72.001A", kLookAlike},
      {kWho, "A0I.O", "A01.0", kLookAlike},
      {kPcs, "OOI6O7O", "0016070", kLookAlike},
      // Both readings are codes: Y93.I1 and Y93.11, Y93.L1 and Y93.11. As it stands, or not at all.
      {kCm, "Y93.I1", "Y93.I1", 0},
      {kCm, "y93.l1", "Y93.L1", kLowerCase},
      {kCm, "Y93.l1", "", 0},
      {kPcs, "0lH60JZ", "", 0},
      {kPcs, "0lh60jz", "0LH60JZ", kLowerCase},
      // The first place has letters only, and 010 may be ICD-9: nothing is guessed.
      {kCm, "010", "", 0},
      {kCm, "110", "", 0},
      {kCm, "5 72.001A", "", 0},
  });
}

TEST(ReadCode, WhatIsNoCode) {
  Expect({
      {kCm, " ", "", 0},
      {kCm, ".", "", 0},
      {kCm, "L", "", 0},
      {kCm, "L9", "", 0},
      {kCm, "CAT", "", 0},
      {kCm, "250.00", "", 0},
      {kCm, "L94.2;DROP", "", 0},
      {kCm, "L94_2", "", 0},
      {kCm, "I10 E11", "", 0},
      {kCm, "I10 E11.9", "", 0},
      {kWho, "A17.0+ G01*", "", 0},
      {kCm, "L94.2\x01", "", 0},
      {kWho, "QA0", "", 0},  // no such letter outside the US modification
      {kWho, "C4A", "", 0},
      {kPcs, "001607", "", 0},
      {kPcs, "00160700", "", 0},
      {kCm, "\xC3\x28", "", 0},  // not UTF-8
      {kCm, "L94.2\xE2\x80", "", 0},
  });
  EXPECT_EQ(ReadCode(kCm, "").form, CodeForm::kMalformed);
  EXPECT_EQ(ReadCode(kCm, absl::string_view("L9\0", 3)).form, CodeForm::kMalformed);
}

TEST(ReadCode, LongTextsAreNotRead) {
  const std::string megabyte(1 << 20, 'L');
  EXPECT_EQ(ReadCode(kCm, megabyte).form, CodeForm::kMalformed);
  EXPECT_EQ(ReadCode(Grammar::kAny, megabyte).form, CodeForm::kMalformed);
  EXPECT_EQ(ReadCode(kCm, "L94.2" + std::string(kMaxCodeBytes - 5, ' ')).canonical, "L94.2");
  EXPECT_EQ(ReadCode(kCm, "L94.2" + std::string(kMaxCodeBytes - 4, ' ')).form, CodeForm::kMalformed);
}

TEST(ReadCode, OtherSystemsKeepTheirCodesAsTheyAre) {
  Expect({
      {Grammar::kAny, "chapter-12", "chapter-12", 0},
      {Grammar::kAny, "a b", "a b", 0},
      {Grammar::kAny, "\u00E4ther", "\u00E4ther", 0},
      {Grammar::kAny, " a  b ", "a b", kBlanks},
      {Grammar::kAny, "a\tb", "a b", kBlanks},
      {Grammar::kAny, "a\x7F", "", 0},
      {Grammar::kAny, "  ", "", 0},
  });
}

TEST(ReadCode, TheCanonicalFormReadsAsItselfAndFromLowerCase) {
  const std::vector<std::string> characters = {"0", "1", "9", "A", "B", "I", "L", "X", "Z", "O", "l", "o", ".", "-"};
  int canonical = 0;
  for (Grammar grammar : {kCm, kWho, kGm}) {
    for (const std::string a : {"L", "Y"}) {
      for (const std::string& b : characters) {
        for (const std::string& c : characters) {
          for (const std::string& d : characters) {
            for (const std::string& e : characters) {
              const CodeReading reading = ReadCode(grammar, a + b + c + d + e);
              if (reading.form == CodeForm::kMalformed) continue;
              ++canonical;
              const CodeReading again = ReadCode(grammar, reading.canonical);
              ASSERT_EQ(again.canonical, reading.canonical) << a + b + c + d + e;
              ASSERT_EQ(again.form, CodeForm::kCanonical) << reading.canonical;
              ASSERT_EQ(ReadCode(grammar, absl::AsciiStrToLower(reading.canonical)).canonical, reading.canonical);
            }
          }
        }
      }
    }
  }
  EXPECT_GT(canonical, 1000);
}

TEST(FormalParent, ClimbsToTheCategory) {
  const std::pair<const char*, const char*> rows[] = {
      {"S72.001A", "S72.001"},
      {"S72.001", "S72.00"},
      {"L94.21", "L94.2"},
      {"L94.2", "L94"},
      {"L94", ""},
      {"C4A.9", "C4A"},
      {"H54.0X3", "H54.0X"},
      {"H54.0X", "H54.0"},
      {"W21.89XA", "W21.89X"},
      {"L80-L99", ""},
      {"chapter-12", ""},
      {"L80-L99", ""},
      {"0016070", "001607"},
      {"0016", "001"},
      {"QA0.0101", "QA0.010"},
      {"", ""},
  };
  for (const auto& [code, parent] : rows) EXPECT_EQ(std::string(FormalParent(code)), parent) << code;
}

TEST(GrammarOf, KnowsTheSystemsByUriAndOid) {
  EXPECT_EQ(GrammarOf("http://hl7.org/fhir/sid/icd-10-cm"), kCm);
  EXPECT_EQ(GrammarOf("http://hl7.org/fhir/sid/icd-10-cm|2026-04-01"), kCm);
  EXPECT_EQ(GrammarOf("urn:oid:2.16.840.1.113883.6.90"), kCm);
  EXPECT_EQ(GrammarOf("2.16.840.1.113883.6.3"), kWho);
  EXPECT_EQ(GrammarOf("http://hl7.org/fhir/sid/icd-10"), kWho);
  EXPECT_EQ(GrammarOf("http://fhir.de/CodeSystem/bfarm/icd-10-gm"), kGm);
  EXPECT_EQ(GrammarOf("http://hl7.org/fhir/sid/icd-10-pcs"), kPcs);
  EXPECT_EQ(GrammarOf("http://hl7.org/fhir/sid/icd-9-cm"), Grammar::kAny);
  EXPECT_EQ(GrammarOf(""), Grammar::kAny);
}

}  // namespace
}  // namespace nosograph::model
