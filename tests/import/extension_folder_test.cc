#include "terminology/import/extension_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tests/content_release.h"
#include "tests/temporary_folder.h"

namespace nosograph::import {
namespace {

using ::testing::AllOf;
using testing::FileContent;
using ::testing::HasSubstr;

// The dermatology extension in a folder of its own, to be spoiled.
class ExtensionFolder : public ::testing::Test {
 protected:
  ExtensionFolder() {
    std::filesystem::copy(testing::kDermatologyFolder, path_, std::filesystem::copy_options::recursive);
  }

  // Replaces the first place of `from`.
  void Spoil(const std::string& file, const std::string& from, const std::string& to) {
    std::string text = FileContent(path_ + "/" + file);
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    std::ofstream(path_ + "/" + file, std::ios::binary) << text.replace(at, from.size(), to);
  }
  std::string Message() {
    const absl::Status status = ImportExtensionFolder(path_).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    return std::string(status.message());
  }

  const testing::TemporaryFolder folder_;
  const std::string path_ = folder_ / "extension";
};

constexpr char kCodeSystem[] = "code-system.json";
constexpr char kCondition[] = "conditions/L94.21.json";

TEST_F(ExtensionFolder, DermatologyIsReadWhole) {
  const model::CodeSystem system = testing::Dermatology();
  EXPECT_EQ(system.url, testing::kDermatology);
  EXPECT_EQ(system.extends, testing::kIcd10Cm);
  EXPECT_EQ(system.source.name, "dermatology");
  ASSERT_EQ(system.concepts.size(), 1u);
  const model::Concept& item = system.concepts[0];
  EXPECT_EQ(item.code, "L94.21");
  EXPECT_EQ(item.extends->code, "L94.2");
  EXPECT_FALSE(item.billable);
  EXPECT_EQ(item.designations.size(), 1u);
  ASSERT_TRUE(item.knowledge);
  std::set<model::Section> sections;
  for (const model::Statement& statement : item.knowledge->statements) {
    sections.insert(statement.section);
    EXPECT_FALSE(statement.source_ids.empty());
  }
  EXPECT_EQ(sections.size(), 12u) << "all but the differential, about which the source says nothing";
}

TEST_F(ExtensionFolder, SameContentHasTheSameSourceHash) {
  EXPECT_EQ(ImportExtensionFolder(path_)->source.sha256, testing::Dermatology().source.sha256);
  Spoil(kCondition, "very hard", "quite hard");
  EXPECT_NE(ImportExtensionFolder(path_ + "/")->source.sha256, testing::Dermatology().source.sha256);
}

TEST_F(ExtensionFolder, MissingFolderIsNamed) {
  EXPECT_TRUE(absl::IsNotFound(ImportExtensionFolder("/nowhere").status()));
}

TEST_F(ExtensionFolder, NotJson) {
  Spoil(kCodeSystem, "{", "");
  EXPECT_THAT(Message(), AllOf(HasSubstr(kCodeSystem), HasSubstr("it is no JSON")));
}

TEST_F(ExtensionFolder, NotUtf8) {
  Spoil(kCondition, "Calcium", "Calc\xefum");
  EXPECT_THAT(Message(), AllOf(HasSubstr(kCondition), HasSubstr("0xEF is not UTF-8")));
}

TEST_F(ExtensionFolder, NestedTooDeep) {
  Spoil(kCodeSystem, "\"count\": 1", "\"count\": " + std::string(5000, '[') + std::string(5000, ']'));
  EXPECT_THAT(Message(), HasSubstr(kCodeSystem));
}

TEST_F(ExtensionFolder, SupplementDefinesNoCodes) {
  Spoil(kCodeSystem, "\"complete\"", "\"supplement\"");
  EXPECT_THAT(Message(), HasSubstr("/supplements: missing; add it"));
}

TEST_F(ExtensionFolder, UnknownFieldIsNotLostSilently) {
  Spoil(kCodeSystem, "\"display\": \"Dystrophic", "\"displya\": \"a\", \"display\": \"Dystrophic");
  EXPECT_THAT(Message(), HasSubstr("/concept/0/displya: no field of that name"));
}

TEST_F(ExtensionFolder, FieldOfAnotherType) {
  Spoil(kCodeSystem, "\"code\": \"L94.21\"", "\"code\": 94.21");
  EXPECT_THAT(Message(), HasSubstr("/concept/0/code: a number stands where a text belongs"));
}

TEST_F(ExtensionFolder, ConceptWithoutExtends) {
  Spoil(kCodeSystem, "\"code\": \"extends\",\n          \"valueCoding\"",
        "\"code\": \"resembles\",\n          \"valueCoding\"");
  EXPECT_THAT(Message(), HasSubstr("no concept has the property 'extends'"));
}

TEST_F(ExtensionFolder, ParentThatIsNoCode) {
  Spoil(kCodeSystem, "\"code\": \"extends\",\n          \"valueCoding\"",
        "\"code\": \"parent\",\n          \"valueCoding\"");
  EXPECT_THAT(Message(), HasSubstr("property 'parent' is a Coding"));
}

TEST_F(ExtensionFolder, KnowledgeOfACodeThatIsNotThere) {
  Spoil(kCondition, "\"L94.21\"", "\"L94.22\"");
  EXPECT_THAT(Message(), AllOf(HasSubstr(kCondition), HasSubstr("/code: 'L94.22' is no code of")));
}

TEST_F(ExtensionFolder, TwoFilesAboutOneCode) {
  std::filesystem::copy_file(path_ + "/" + kCondition, path_ + "/conditions/again.json");
  EXPECT_THAT(Message(), AllOf(HasSubstr("again.json"), HasSubstr("another file describes 'L94.21'")));
}

TEST_F(ExtensionFolder, StatementWithoutSource) {
  Spoil(kCondition, "\"source_ids\": [\n        \"altmeyer-2020\"\n      ]", "\"source_ids\": []");
  EXPECT_THAT(Message(), HasSubstr("/definition/0/source_ids: empty; add what belongs there"));
}

TEST_F(ExtensionFolder, SourceThatIsNotListed) {
  Spoil(kCondition, "\"source_ids\": [\n        \"altmeyer-2020\"", "\"source_ids\": [\n        \"nobody\"");
  EXPECT_THAT(Message(), HasSubstr("/definition/0/source_ids: 'nobody' is not listed in /sources"));
}

TEST_F(ExtensionFolder, ReviewStateThatThereIsNot) {
  Spoil(kCondition, "\"draft\"", "\"perfect\"");
  EXPECT_THAT(Message(), HasSubstr("/review_state: 'perfect' is no review state; use draft, reviewed or retired"));
}

TEST_F(ExtensionFolder, RangeUpsideDown) {
  Spoil(kCondition, "\"low\": 50", "\"low\": 500");
  EXPECT_THAT(Message(), HasSubstr("/onset/0/range: low is greater than high"));
}

TEST_F(ExtensionFolder, ControlCharactersDoNotReachATerminal) {
  Spoil(kCodeSystem, "cutis, localised", "cutis\\u001b[2J");
  EXPECT_THAT(Message(), AllOf(HasSubstr("/concept/0/display"), HasSubstr("\\x1b[2J' has a control character")));
}

TEST_F(ExtensionFolder, BlankTextSaysNothing) {
  Spoil(kCondition, "\"disclaimer\": \"", "\"disclaimer\": \" \", \"was\": \"");
  EXPECT_THAT(Message(), HasSubstr("/disclaimer: empty; say something"));
}

TEST_F(ExtensionFolder, CountThatDoesNotFit) {
  Spoil(kCodeSystem, "\"count\": 1", "\"count\": 77");
  EXPECT_THAT(Message(), HasSubstr("/count: 77, but there are 1 concepts"));
}

TEST_F(ExtensionFolder, FileThatWouldBeLost) {
  std::filesystem::rename(path_ + "/" + kCondition, path_ + "/conditions/L94.21.JSON");
  EXPECT_THAT(Message(), AllOf(HasSubstr("L94.21.JSON"), HasSubstr("no .json file")));
}

TEST_F(ExtensionFolder, CodeIsInTheCanonicalForm) {
  for (const char* code : {"L9421", "l94.21", "L94.21 ", "banana"}) {
    std::filesystem::remove_all(path_);
    std::filesystem::copy(testing::kDermatologyFolder, path_, std::filesystem::copy_options::recursive);
    std::filesystem::remove_all(path_ + "/conditions");
    Spoil(kCodeSystem, "L94.21", code);
    EXPECT_THAT(Message(), HasSubstr("not in the canonical form")) << code;
  }
}

TEST_F(ExtensionFolder, ExtensionOfItself) {
  Spoil(kCodeSystem, testing::kDermatology, testing::kIcd10Cm);
  EXPECT_THAT(Message(), HasSubstr("extends itself"));
}

TEST_F(ExtensionFolder, ByteOrderMarkIsSkippedAndUtf16Named) {
  Spoil(kCodeSystem, "{", "\xEF\xBB\xBF{");
  EXPECT_TRUE(ImportExtensionFolder(path_).ok());
  Spoil(kCodeSystem, "\xEF\xBB\xBF{", std::string("{\0", 2));
  EXPECT_THAT(Message(), HasSubstr("UTF-16"));
}

TEST_F(ExtensionFolder, MissingFieldIsNamed) {
  Spoil(kCondition, "\"disclaimer\"", "\"disclaimed\"");
  EXPECT_THAT(Message(), HasSubstr("/disclaimer: missing; add it"));
}

}  // namespace
}  // namespace nosograph::import
