#include "terminology/query/lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "terminology/query/subsumes.h"
#include "tests/content_release.h"

namespace nosograph::query {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class LookupTest : public ::testing::Test {
 protected:
  Lookup Ask(absl::string_view code) {
    absl::StatusOr<Lookup> lookup = LookUp(set_, {.code = code});
    EXPECT_TRUE(lookup.ok()) << lookup.status();
    return lookup.ok() ? *std::move(lookup) : Lookup();
  }
  static std::vector<std::string> Codes(const std::vector<ConceptRef>& items) {
    std::vector<std::string> codes;
    for (const ConceptRef& item : items) codes.emplace_back(item.code());
    return codes;
  }
  static std::vector<std::string> Notes(const Lookup& lookup) {
    std::vector<std::string> notes;
    for (const InheritedNote& note : lookup.notes) {
      notes.push_back(absl::StrCat(note.inherited ? "from " : "at ", note.level.code(), ", ",
                                   model::NoteKindName(note.kind), ": ", note.text));
    }
    return notes;
  }
  std::string Relation(absl::string_view a, absl::string_view b) {
    return std::string(RelationName(Subsumes(set_, {.code_a = a, .code_b = b})->relation));
  }

  const snapshot::ReleaseSet set_ = testing::ContentReleases();
};

TEST_F(LookupTest, NotesComeWithTheLevelThatTheyStandAtNearestFirst) {
  const std::vector<std::string> notes = Notes(Ask("S72.001A"));
  ASSERT_FALSE(notes.empty());
  EXPECT_EQ(notes.front(), "from S72.0, excludes2: physeal fracture of lower end of femur (S79.1-)");
  EXPECT_THAT(notes, Contains("from S72, excludes1: traumatic amputation of hip and thigh (S78.-)"));
  EXPECT_THAT(notes.back(), HasSubstr("from chapter-19"));
  // What an ancestor is also called is no name of what is below it.
  EXPECT_THAT(notes, Not(Contains(HasSubstr("inclusion term"))));
  EXPECT_THAT(Notes(Ask("S72.00")), Contains("at S72.00, inclusion term: Fracture of hip NOS"));
}

TEST_F(LookupTest, ExtensionCodeInheritsWhatIsPublishedAboveIt) {
  const Lookup lookup = Ask("l9421");
  EXPECT_EQ(lookup.normalized, "L94.21");
  EXPECT_THAT(Codes(lookup.ancestors), ElementsAre("L94.2", "L94", "L80-L99", "chapter-12"));
  EXPECT_THAT(Notes(lookup), Contains("from L94, excludes1: systemic connective tissue disorders (M30-M36)"));
  EXPECT_THAT(Codes(Ask("L94.2").children), ElementsAre("L94.21"));
  EXPECT_THAT(Codes(Ask("L94.21").children), IsEmpty());
}

TEST_F(LookupTest, ReferencesAreThoseThatTheReleaseHas) {
  const Lookup lookup = Ask("L94.2");
  EXPECT_THAT(ReferencesOf(*lookup.scope, "vitamin B12 and L94.0, L94.1-"),
              ElementsAre(::testing::Field(&model::NoteReference::first, "L94.0"),
                          ::testing::Field(&model::NoteReference::first, "L94.1")));
}

TEST_F(LookupTest, CodeThatThereIsNotIsAnAnswerWithAnIssue) {
  const Lookup lookup = Ask("L94.29");
  EXPECT_FALSE(lookup.item);
  ASSERT_TRUE(lookup.issue);
  EXPECT_EQ(lookup.issue->kind, IssueKind::kNotFound);
}

TEST_F(LookupTest, ChildrenAndDescendants) {
  const Lookup lookup = Ask("S72.00");
  EXPECT_THAT(Codes(lookup.children), ElementsAre("S72.001", "S72.002", "S72.009"));
  EXPECT_EQ(lookup.scope->Descendants(*lookup.item).size(), 3u + 3 * 16);
  const Lookup block = Ask("L80-L99");
  EXPECT_EQ(Codes(block.scope->Descendants(*block.item)).back(), "L94.21");
}

TEST_F(LookupTest, SubsumesInStrictFormTakesCanonicalCodesAlone) {
  EXPECT_EQ(Subsumes(set_, {.code_a = "l94", .code_b = "L94.21"})->relation, Relation::kSubsumes);
  EXPECT_NE(Subsumes(set_, {.code_a = "l94", .code_b = "L94.21", .form = Form::kStrict})->relation,
            Relation::kSubsumes);
  EXPECT_EQ(Subsumes(set_, {.code_a = "L94", .code_b = "L94.21", .form = Form::kStrict})->relation,
            Relation::kSubsumes);
  const absl::Status status = Subsumes(set_, {.code_a = "L94", .code_b = std::string(65, 'A')}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("code_b: "));
}

TEST_F(LookupTest, SubsumesUpDownAcrossAndIntoExtensions) {
  EXPECT_EQ(Relation("L94", "L94.2"), "subsumes");
  EXPECT_EQ(Relation("L94.2", "L94"), "subsumed-by");
  EXPECT_EQ(Relation("L94.2", "l94.2"), "equivalent");
  EXPECT_EQ(Relation("L94.2", "L94.3"), "not-subsumed");
  EXPECT_EQ(Relation("L94.3", "L94.2"), "not-subsumed");
  EXPECT_EQ(Relation("chapter-12", "L94.21"), "subsumes");
  EXPECT_EQ(Relation("L94.21", "L94.2"), "subsumed-by");
  EXPECT_EQ(Relation("L94.3", "L94.21"), "not-subsumed");
  EXPECT_EQ(Relation("L94.21", "L94.21"), "equivalent");
  EXPECT_EQ(Relation("S72.001A", "chapter-12"), "not-subsumed");
  EXPECT_EQ(Relation("L94.2", "banana"), "unknown-code");
}

}  // namespace
}  // namespace nosograph::query
