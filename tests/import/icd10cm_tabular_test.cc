#include "terminology/import/icd10cm_tabular.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/content_release.h"
#include "tests/temporary_folder.h"

namespace nosograph::import {
namespace {

using model::CodeSystem;
using model::Concept;
using model::NoteKind;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Concept* Find(const CodeSystem& system, const std::string& code) {
  const auto found = std::find_if(system.concepts.begin(), system.concepts.end(),
                                  [&](const Concept& item) { return item.code == code; });
  return found == system.concepts.end() ? nullptr : &*found;
}

std::string ParentOf(const CodeSystem& system, const std::string& code) {
  const Concept* item = Find(system, code);
  return item == nullptr || !item->parent ? "" : system.concepts[*item->parent].code;
}

std::vector<std::string> BillableCodes(const CodeSystem& system) {
  std::vector<std::string> codes;
  for (const Concept& item : system.concepts) {
    if (item.billable) codes.push_back(item.code);
  }
  return codes;
}

std::string List(const std::string& categories) {
  return "<ICD10CM.tabular><version>2026</version><chapter><name>19</name><desc>Injury</desc>\n"
         "<section id=\"S00-S99\"><desc>Injuries</desc>\n" +
         categories + "</section></chapter></ICD10CM.tabular>";
}

absl::StatusOr<CodeSystem> Import(const std::string& xml, const std::string& version = "2026-04-01") {
  testing::TemporaryFolder folder;
  const std::string path = folder / "tabular.xml";
  std::ofstream(path, std::ios::binary) << xml;
  return ImportIcd10CmTabular(path, version);
}

std::string Message(const absl::StatusOr<CodeSystem>& system) { return std::string(system.status().message()); }

TEST(Icd10CmTabular, StarterContentIsReadWhole) {
  const CodeSystem system = testing::Starter();
  EXPECT_EQ(system.url, "http://hl7.org/fhir/sid/icd-10-cm");
  EXPECT_EQ(system.version, "2026-04-01");
  EXPECT_EQ(system.source.sha256.size(), 64u);
  EXPECT_EQ(system.concepts.size(), 68u);
  EXPECT_EQ(BillableCodes(system).size(), 57u);  // 8 of L94, and 3 codes with 16 characters each, and L94.0
  EXPECT_EQ(ParentOf(system, "L94"), "L80-L99");
  EXPECT_EQ(ParentOf(system, "L80-L99"), "chapter-12");
  EXPECT_EQ(ParentOf(system, "S72.001A"), "S72.001");
  EXPECT_FALSE(Find(system, "S72.001")->billable);
  EXPECT_TRUE(Find(system, "L94.2")->billable);
  EXPECT_EQ(Find(system, "S72.001A")->title,
            "Fracture of unspecified part of neck of right femur, initial encounter for closed fracture");
}

TEST(Icd10CmTabular, GlossesAmongSeventhCharactersAreNoNotesAndNoTitles) {
  const CodeSystem system = testing::Starter();
  for (const Concept& item : system.concepts) {
    EXPECT_THAT(item.title, Not(HasSubstr("NOS")));
    for (const model::Note& note : item.notes) EXPECT_THAT(note.text, Not(HasSubstr("open fracture NOS")));
  }
}

TEST(Icd10CmTabular, EveryKindOfNoteIsKeptInOrder) {
  const auto system = Import(List(
      "<diag><name>S01</name><desc>Wound</desc>"
      "<inclusionTerm><note>a</note><note>b</note></inclusionTerm><includes><note>c</note></includes>"
      "<excludes1><note>d</note></excludes1><excludes2><note>e</note></excludes2><codeFirst><note>f</note></codeFirst>"
      "<useAdditionalCode><note>g</note></useAdditionalCode><codeAlso><note>h</note></codeAlso>"
      "<notes><note>i</note></notes><sevenChrNote><note>j</note></sevenChrNote>"
      "<visualImpairment><visCategory><value>1</value><visRange><visMax><value>6/18</value></visMax></visRange>"
      "</visCategory><visCategory><value>2</value></visCategory></visualImpairment></diag>"));
  ASSERT_TRUE(system.ok()) << system.status();
  std::vector<std::string> notes;
  for (const model::Note& note : Find(*system, "S01")->notes) {
    notes.push_back(std::string(NoteKindName(note.kind)) + ": " + note.text);
  }
  EXPECT_THAT(notes, ElementsAre("inclusion term: a", "inclusion term: b", "includes: c", "excludes1: d",
                                 "excludes2: e", "code first: f", "use additional code: g", "code also: h", "note: i",
                                 "7th character: j", "visual impairment: 1, 6/18; 2"));
}

TEST(Icd10CmTabular, PadsWithXAndTakesTheNearestDefinition) {
  const auto system = Import(List(
      "<diag><name>W21</name><desc>Struck</desc><sevenChrDef><extension char=\"A\">initial</extension></sevenChrDef>"
      "<diag><name>W21.8</name><desc>Other</desc><diag><name>W21.89</name><desc>Ball</desc></diag></diag>"
      "<diag><name>W21.9</name><desc>Unspecified</desc></diag>"
      "<diag><name>W21.0</name><desc>Other</desc>"
      "<sevenChrDef><extension char=\"1\">right</extension><note>gloss</note><extension char=\"2\">left</extension>"
      "</sevenChrDef><diag><name>W21.01</name><desc>Foot</desc></diag></diag></diag>"
      "<diag><name>W22</name><desc>Whole</desc><sevenChrDef><extension "
      "char=\"A\">initial</extension></sevenChrDef></diag>"));
  ASSERT_TRUE(system.ok()) << system.status();
  EXPECT_THAT(BillableCodes(*system), ElementsAre("W21.89XA", "W21.9XXA", "W21.01X1", "W21.01X2", "W22.XXXA"));
  EXPECT_EQ(ParentOf(*system, "W21.89XA"), "W21.89");
  EXPECT_EQ(ParentOf(*system, "W22.XXXA"), "W22");
  EXPECT_EQ(Find(*system, "W21.89X"), nullptr) << "placeholder codes do not exist";
  EXPECT_EQ(Find(*system, "W21.01X2")->title, "Foot, left");
}

constexpr char kExceptionNote[] =
    "7th characters D and S do not apply to codes in category S06 with 6th character 7 - death, or 8 - death due to "
    "other cause.";

std::string HeadInjuries(const std::string& note) {
  return List(
      "<diag><name>S06</name><desc>Head</desc><sevenChrDef><extension char=\"A\">a</extension>"
      "<extension char=\"D\">d</extension><extension char=\"S\">s</extension></sevenChrDef>"
      "<notes><note>" +
      note +
      "</note></notes>"
      "<diag><name>S06.1</name><desc>E</desc><diag placeholder=\"true\"><name>S06.1X</name><desc>E</desc>"
      "<diag><name>S06.1X6</name><desc>six</desc></diag><diag><name>S06.1X7</name><desc>seven</desc></diag>"
      "<diag><name>S06.1X8</name><desc>eight</desc></diag></diag></diag></diag>");
}

TEST(Icd10CmTabular, SeventhCharactersThatANoteExceptsAreNotMade) {
  const auto system = Import(HeadInjuries(kExceptionNote));
  ASSERT_TRUE(system.ok()) << system.status();
  EXPECT_THAT(BillableCodes(*system), ElementsAre("S06.1X6A", "S06.1X6D", "S06.1X6S", "S06.1X7A", "S06.1X8A"));
}

TEST(Icd10CmTabular, ExceptionThatIsNotUnderstoodIsAnErrorAndNoInventedCode) {
  for (const char* note :
       {"The 7th character D is not valid where somebody died", "Seventh characters D and S never apply",
        "7th character D and S never apply to codes in category S06"}) {
    EXPECT_THAT(Message(Import(HeadInjuries(note))), AllOf(HasSubstr("tabular.xml:3"), HasSubstr("not understood")));
  }
}

TEST(Icd10CmTabular, ListWithoutAllChaptersIsAFragment) {
  EXPECT_TRUE(testing::Starter().fragment);
  std::string chapters;
  for (int i = 1; i <= 22; ++i) {
    const std::string category = absl::StrFormat("A%02d", i);
    absl::StrAppend(&chapters, "<chapter><name>", i, "</name><desc>c</desc><section id=\"", category,
                    "\"><desc>s</desc><diag><name>", category, "</name><desc>d</desc></diag></section></chapter>");
  }
  const std::string whole = absl::StrCat("<ICD10CM.tabular>", chapters, "</ICD10CM.tabular>");
  ASSERT_TRUE(Import(whole).ok()) << Import(whole).status();
  EXPECT_FALSE(Import(whole)->fragment);
  std::string cut = whole;
  const size_t at = cut.find("<chapter><name>13<");
  cut.erase(at, cut.find("<chapter><name>14<") - at);
  EXPECT_TRUE(Import(cut)->fragment);
}

TEST(Icd10CmTabular, NameOfTheFileIsKeptAsTextAlone) {
  testing::TemporaryFolder folder;
  const std::string path = folder / "bad\xff.xml";
  std::filesystem::copy_file(testing::kStarterFile, path);
  const auto system = ImportIcd10CmTabular(path, "2026-04-01");
  ASSERT_TRUE(system.ok()) << system.status();
  EXPECT_EQ(system->source.name, "bad\\xff.xml");
}

TEST(Icd10CmTabular, BlockOfOneCategoryIsWrittenAsARange) {
  const auto system = Import(
      "<ICD10CM.tabular><chapter><name>4</name><desc>E</desc><section id=\"E36\"><desc>Complications</desc>"
      "<diag><name>E36</name><desc>Intraoperative</desc></diag></section></chapter></ICD10CM.tabular>");
  ASSERT_TRUE(system.ok()) << system.status();
  EXPECT_EQ(ParentOf(*system, "E36"), "E36-E36");
  EXPECT_EQ(ParentOf(*system, "E36-E36"), "chapter-4");
}

TEST(Icd10CmTabular, CodeMayStandUnderASiblingOfItsParent) {
  const auto system =
      Import(List("<diag><name>H54</name><desc>B</desc><diag><name>H54.511</name><desc>C</desc>"
                  "<diag><name>H54.512A</name><desc>D</desc></diag></diag></diag>"));
  ASSERT_TRUE(system.ok()) << system.status();
  EXPECT_EQ(ParentOf(*system, "H54.512A"), "H54.511");
}

struct BadFile {
  const char* name;
  std::string xml;
  std::vector<std::string> message;
};

void PrintTo(const BadFile& file, std::ostream* out) { *out << file.name; }

class Icd10CmBadFile : public ::testing::TestWithParam<BadFile> {};

TEST_P(Icd10CmBadFile, IsRefusedWithPlaceAndRemedy) {
  const auto system = Import(GetParam().xml);
  ASSERT_FALSE(system.ok());
  EXPECT_TRUE(absl::IsInvalidArgument(system.status())) << system.status();
  for (const std::string& part : GetParam().message) EXPECT_THAT(Message(system), HasSubstr(part));
  EXPECT_LT(Message(system).size(), 700u);
}

std::string Nested(size_t depth) {
  std::string text;
  for (size_t i = 0; i < depth; ++i) text += "<a>";
  for (size_t i = 0; i < depth; ++i) text += "</a>";
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    All, Icd10CmBadFile,
    ::testing::ValuesIn(std::vector<BadFile>{
        {"Empty", "", {"the file is empty", "download"}},
        {"Text", "A00 0 Cholera", {":1:", "'A00 0 Cholera'", "this is no XML"}},
        {"Html", "<html><body>404</body></html>", {"<html>", "no ICD-10-CM tabular list"}},
        {"OtherXml", "<ClaML version=\"2.0.0\"/>", {":1:", "<ClaML>"}},
        {"Truncated", List("<diag><name>S01</name><desc>Wound</desc></diag>").substr(0, 150), {":3:", "truncated"}},
        {"NoChapter", "<ICD10CM.tabular><version>2026</version></ICD10CM.tabular>", {"no <chapter>"}},
        {"TooDeep", Nested(100'000), {"nest deeper than 64", "check where the file is from"}},
        {"Latin1", List("<diag><name>S01</name><desc>M\xe9ni\xe8re</desc></diag>"), {":3:", "0xE9 is not UTF-8"}},
        {"Utf16", std::string("\xff\xfe<\0a\0/\0>\0", 10), {":1:", "UTF-16"}},
        {"ZeroByte", List(std::string("<diag>\0</diag>", 14)), {"control character 0x00"}},
        {"Doctype", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>", {"DOCTYPE", "refused"}},
        {"Entity", List("<diag><name>S01</name><desc>&wound;</desc></diag>"), {":3:", "entity reference '&wound;'"}},
        {"UnknownElement",
         List("<diag><name>S01</name><desc>W</desc><excludes3><note>a</note></excludes3></diag>"),
         {":3:", "<excludes3>", "not expected within <diag>"}},
        {"NoTitle", List("<diag><name>S01</name></diag>"), {":3:", "without <desc>"}},
        {"NoCode", List("<diag><desc>Wound</desc></diag>"), {":3:", "without <name>"}},
        {"NotACode", List("<diag><name>banana\x7f</name><desc>W</desc></diag>"), {":3:", "'banana\\x7f'"}},
        {"Twice",
         List("<diag><name>S01</name><desc>W</desc></diag>\n<diag><name>S01</name><desc>W</desc></diag>"),
         {":4:", "'S01' stands already in line 3"}},
        {"WrongPlace",
         List("<diag><name>S01</name><desc>W</desc><diag><name>T01.1</name><desc>W</desc></diag></diag>"),
         {":3:", "'T01.1' does not belong below S01"}},
        {"BadCharacter",
         List("<diag><name>S01</name><desc>W</desc><sevenChrDef><extension char=\"AB\">x</extension>"
              "</sevenChrDef></diag>"),
         {":3:", "char=\"AB\""}},
        {"BadBlock",
         "<ICD10CM.tabular><chapter><name>4</name><desc>E</desc><section id=\"x y\"><desc>C</desc>"
         "</section></chapter></ICD10CM.tabular>",
         {":1:", "'x y'"}}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Icd10CmTabular, FileThatIsNotThereIsNamed) {
  const auto system = ImportIcd10CmTabular("/nowhere/tabular.xml", "2026-04-01");
  EXPECT_TRUE(absl::IsNotFound(system.status()));
  EXPECT_THAT(Message(system), HasSubstr("/nowhere/tabular.xml"));
  EXPECT_TRUE(absl::IsInvalidArgument(ImportIcd10CmTabular("/tmp", "2026-04-01").status()));
}

TEST(Icd10CmTabular, VersionIsADate) {
  for (const char* version : {"", "2026", "April 2026", "2026-13-01"}) {
    EXPECT_THAT(Message(Import(List("<diag><name>S01</name><desc>W</desc></diag>"), version)), HasSubstr("is no date"))
        << version;
  }
}

TEST(Icd10CmTabular, SaysWhenTheFiscalYearDoesNotFit) {
  std::vector<std::string> lines;
  const auto progress = [&](absl::string_view line) { lines.emplace_back(line); };
  EXPECT_TRUE(ImportIcd10CmTabular(testing::kStarterFile, "2027-01-01", progress).ok());
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("warning"), HasSubstr("fiscal year 2027"))));
  lines.clear();
  EXPECT_TRUE(ImportIcd10CmTabular(testing::kStarterFile, "2025-10-01", progress).ok());
  EXPECT_THAT(lines, Not(Contains(HasSubstr("fiscal year"))));
  EXPECT_THAT(lines, Contains(HasSubstr("chapter 12")));
}

}  // namespace
}  // namespace nosograph::import
