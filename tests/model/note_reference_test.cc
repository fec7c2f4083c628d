#include "terminology/model/note_reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace nosograph::model {
namespace {

// "E08..E13- {.62-}": first, last, dash, endings.
std::string Told(absl::string_view note) {
  std::vector<std::string> told;
  for (const NoteReference& reference : ParseReferences(note)) {
    std::string one = reference.first;
    if (!reference.last.empty()) absl::StrAppend(&one, "..", reference.last);
    if (reference.below) one += "-";
    if (reference.excepted) one = "not " + one;
    if (!reference.endings.empty()) absl::StrAppend(&one, " {", absl::StrJoin(reference.endings, " "), "}");
    if (reference.endings.empty() && !reference.qualifier.empty()) absl::StrAppend(&one, " ", reference.qualifier);
    told.push_back(one);
  }
  return absl::StrJoin(told, "; ");
}

TEST(ParseReferences, ReadsEveryFormOfThePublishedNotes) {
  const std::pair<const char*, const char*> rows[] = {
      {"childhood autism (F84.0)", "F84.0"},
      {"attention-deficit disorders (F90.-)", "F90-"},
      {"panniculitis (M54.0-)", "M54.0-"},
      {"systemic connective tissue disorders (M30-M36)", "M30..M36"},
      {"diabetes (E08-E13 with .62-)", "E08..E13 {.62-}"},
      {"in (E08-E13 with .29)", "E08..E13 {.29}"},
      {"(A50.01, A50.3-, A51.43, A52.71)", "A50.01; A50.3-; A51.43; A52.71"},
      {"(A04.0-A04.4)", "A04.0..A04.4"},
      {"(K85-K86.-)", "K85..K86-"},
      {"(T40.0-T40.2-)", "T40.0..T40.2-"},
      {"(T36-T50 with fifth or sixth character 5)", "T36..T50 with fifth or sixth character 5"},
      {"(V01-V09 with 5th character 9)", "V01..V09 with 5th character 9"},
      {"(T41.- with fifth or sixth character 5)", "T41- with fifth or sixth character 5"},
      {"(T39.0-, with sixth character 5)", "T39.0- with sixth character 5"},
      {"(I69. with final characters -21)", "I69- {-21}"},
      {"(F11-F19 with fifth to sixth characters 51)", "F11..F19 {-51}"},
      {"(E08-E13 with .51-.52)", "E08..E13 {.51 .52}"},
      {"(F10-F19 with .14, .24, .94)", "F10..F19 {.14 .24 .94}"},
      {"(S32.1--S32.9 with 7th character B)", "S32.1..S32.9 with 7th character B"},
      {"(P28.3- - P28.4-)", "P28.3..P28.4-"},
      {"(D29.2.-)", "D29.2-"},
      {"(C43.2-,C44.2-)", "C43.2-; C44.2-"},
      {"(I60.-. I61.-, I62.-)", "I60-; I61-; I62-"},
      {"subcategories S06.1- to S06.6-, and S06.81- to S06.89-, code", "S06.1..S06.6-; S06.81..S06.89-"},
      {"Conditions classifiable to C40-C41; C45-C49", "C40..C41; C45..C49"},
      {"abnormality of pelvic organs O34.-", "O34-"},
      {"any condition in N18 and N26 - due to hypertension", "N18; N26"},
      {"Neoplasms (C7A.090, QA0.0101, C4A.-)", "C7A.090; QA0.0101; C4A-"},
      {"(O00-O9A)", "O00..O9A"},
      {"Conditions in S00-T88, except T74 and T76", "S00..T88; not T74; not T76"},
      {"(E08, E09, E11, E13 with final characters .00 or .01)",
       "E08 {.00 .01}; E09 {.00 .01}; E11 {.00 .01}; E13 {.00 .01}"},
      {"(B95, F19 with .26, .96)", "B95; F19 {.26 .96}"},
      {"electrolyte imbalance (E87.8}", "E87.8"},
      {"vitamin B12 deficiency (D51.-)", "D51-"},
      {"LGMD R22 collagen 6-related, and code I10 in category I11", "I10; I11"},
      {"(E43, E44)", "E43; E44"},
      {"nevus - see Alphabetical Index", ""},
      {"HIV disease, COVID-19, T4 and H1N1", ""},
      {"P92 with failure to thrive", "P92"},
      {"", ""},
  };
  for (const auto& [note, expected] : rows) EXPECT_EQ(Told(note), expected) << note;
}

TEST(ParseReferences, ReadsThePositionsAndCharactersOfAQualifier) {
  const std::pair<const char*, const char*> rows[] = {
      {"(T36-T50 with fifth or sixth character 5)", "5,6: 5"},
      {"(T36-T65 with fifth or sixth character 1-4 or 6)", "5,6: 12346"},
      {"(T43.22 with sixth character 1-4)", "6: 1234"},
      {"(V01-V09 with 5th character 9)", "5: 9"},
      {"(A37 with fifth-character 1)", "5: 1"},
      {"(T36-T50 with fifth or six character 5)", "5,6: 5"},
      {"(S42.- with 7th character B or C)", "7: BC"},
      {"(T36-T50 with final character 6)", "0: 6"},
      {"(S06.0X- with seventh character A)", "7: A"},
      {"(T36-T50 with fifth or sixth character 5.)", "5,6: 5"},
      {"O33.3 with a 7th character of 1 through 9.", "7: 123456789"},
      // Endings, and prose that names none.
      {"(I69. with final characters -23)", ": "},
      {"(E08-E13 with .62-)", ": "},
      {"(T51-T65 with fifth or sixth character to indicate intent)", ": "},
      {"(S52.- with open fracture 7th character)", ": "},
  };
  for (const auto& [note, expected] : rows) {
    const std::vector<NoteReference> references = ParseReferences(note);
    ASSERT_EQ(references.size(), 1u) << note;
    EXPECT_EQ(absl::StrCat(absl::StrJoin(references[0].positions, ","), ": ", references[0].characters), expected)
        << note;
  }
}

TEST(ParseReferences, NamesTheBytesItReads) {
  const std::string note = "diabetes (E08-E13 with .62-), and L94.2";
  const std::vector<NoteReference> references = ParseReferences(note);
  ASSERT_EQ(references.size(), 2u);
  EXPECT_EQ(note.substr(references[0].begin, references[0].end - references[0].begin), "E08-E13 with .62-");
  EXPECT_EQ(note.substr(references[1].begin, references[1].end - references[1].begin), "L94.2");
}

}  // namespace
}  // namespace nosograph::model
