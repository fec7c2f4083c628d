#include "terminology/query/release_difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/content_release.h"

namespace nosograph::query {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Two releases of a small classification: B changes in every way there is.
class ReleaseDifference : public ::testing::Test {
 protected:
  static model::CodeSystem System(const std::string& version) {
    model::CodeSystem system{.url = "http://example.org/classification", .version = version};
    system.concepts.push_back({.code = "A-B", .kind = model::ConceptKind::kBlock, .title = "Block " + version});
    system.concepts.push_back({.code = "A", .kind = model::ConceptKind::kCategory, .title = "Header", .parent = 0});
    return system;
  }
  static void Add(model::CodeSystem& system, const std::string& code, const std::string& title, uint32_t parent,
                  bool billable) {
    system.concepts.push_back({.code = code, .title = title, .parent = parent, .billable = billable});
  }

  ReleaseDifference() {
    model::CodeSystem before = System("1");
    Add(before, "A1", "Splits", 1, true);
    Add(before, "A2", "Goes", 1, true);
    Add(before, "A3", "Old title", 1, true);
    Add(before, "A4", "Moves", 1, true);
    Add(before, "A5", "Was header", 1, false);
    before_ = testing::ReleaseOf(before);
    model::CodeSystem after = System("2");
    Add(after, "A1", "Splits, and has another title", 1, false);
    Add(after, "A10", "Split left", 2, true);
    Add(after, "A11", "Split right", 2, true);
    Add(after, "A3", "New title", 1, true);
    Add(after, "A5", "Was header", 1, true);
    Add(after, "A6", "Moves", 1, true);
    after_ = testing::ReleaseOf(after);
  }

  static model::CodeSystem General(const std::string& version, const std::string& code) {
    model::CodeSystem system{.url = "http://example.org/general", .version = version};
    system.concepts = {{.code = code, .kind = model::ConceptKind::kConcept}};
    return system;
  }

  std::vector<std::string> SuccessorsOf(const std::string& code, size_t limit = 10) {
    std::vector<std::string> codes;
    for (const ConceptRef& item : Successors({&before_, *before_.snapshot->Find(code)}, after_, limit)) {
      codes.emplace_back(item.code());
    }
    return codes;
  }

  snapshot::Release before_;
  snapshot::Release after_;
};

TEST_F(ReleaseDifference, NamesEachCodeOnceByItsWeightiestChange) {
  std::vector<std::pair<Change::Kind, std::string>> changes;
  for (const Change& change : Difference(before_, after_)) changes.emplace_back(change.kind, change.code());
  using Kind = Change::Kind;
  EXPECT_THAT(changes, ElementsAre(std::pair(Kind::kAdded, "A10"), std::pair(Kind::kAdded, "A11"),
                                   std::pair(Kind::kAdded, "A6"), std::pair(Kind::kRemoved, "A2"),
                                   std::pair(Kind::kRemoved, "A4"), std::pair(Kind::kBillableToHeader, "A1"),
                                   std::pair(Kind::kHeaderToBillable, "A5"), std::pair(Kind::kRetitled, "A3")));
  EXPECT_THAT(Difference(after_, after_), IsEmpty());
}

TEST_F(ReleaseDifference, SuccessorsAreWhatTheReleasesTell) {
  EXPECT_THAT(SuccessorsOf("A1"), ElementsAre("A10", "A11")) << "what stands below it now";
  EXPECT_THAT(SuccessorsOf("A1", 1), ElementsAre("A10"));
  EXPECT_THAT(SuccessorsOf("A4"), ElementsAre("A6")) << "the same title";
  EXPECT_THAT(SuccessorsOf("A2"), ElementsAre("A10", "A11", "A6")) << "what was added under its parent";
  EXPECT_THAT(SuccessorsOf("A3"), ElementsAre("A3")) << "itself";
}

TEST_F(ReleaseDifference, ConceptsOfAnySystemAreCompared) {
  const snapshot::Release from = testing::ReleaseOf(General("1", "a"));
  const snapshot::Release to = testing::ReleaseOf(General("2", "b"));
  const std::vector<Change> changes = Difference(from, to);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].code(), "b");
  EXPECT_EQ(changes[1].code(), "a");
}

}  // namespace
}  // namespace nosograph::query
