// Hierarchies with several parents, held against a search through the parents as they were given.
#include "terminology/snapshot/hierarchy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "terminology/snapshot/snapshot.h"
#include "terminology/snapshot/writer.h"

namespace nosograph::snapshot {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const Snapshot> Compiled(const model::CodeSystem& system) {
  absl::StatusOr<std::string> bytes = WriteSnapshot(system);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  auto snapshot = Snapshot::FromBytes(*std::move(bytes), "test", Verification::kEveryByte);
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  return *std::move(snapshot);
}

// Random, with parents before children, and siblings not beside each other.
model::CodeSystem Entangled(uint32_t count, unsigned seed) {
  std::mt19937 random(seed);
  model::CodeSystem system{.url = "http://example.org/entangled", .version = "1"};
  for (uint32_t i = 0; i < count; ++i) {
    model::Concept item{.code = absl::StrCat("c", i), .kind = model::ConceptKind::kConcept};
    std::set<uint32_t> parents;
    const uint32_t wanted = i == 0 ? 0 : random() % 4;
    for (uint32_t p = 0; p < wanted; ++p) parents.insert(random() % i);
    std::vector<uint32_t> shuffled(parents.begin(), parents.end());
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    if (!shuffled.empty()) {
      item.parent = shuffled.back();
      shuffled.pop_back();
    }
    item.other_parents = shuffled;
    system.concepts.push_back(std::move(item));
  }
  return system;
}

std::vector<std::set<uint32_t>> AncestorsOf(const model::CodeSystem& system) {
  std::vector<std::set<uint32_t>> ancestors(system.concepts.size());
  for (size_t i = 0; i < system.concepts.size(); ++i) {
    const auto add = [&](uint32_t parent) {
      ancestors[i].insert(parent);
      ancestors[i].insert(ancestors[parent].begin(), ancestors[parent].end());
    };
    if (system.concepts[i].parent) add(*system.concepts[i].parent);
    for (const uint32_t parent : system.concepts[i].other_parents) add(parent);
  }
  return ancestors;
}

TEST(Hierarchy, EveryAncestorIsFoundThroughWhicheverParents) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const model::CodeSystem system = Entangled(60, seed);
    const std::vector<std::set<uint32_t>> ancestors = AncestorsOf(system);
    const std::shared_ptr<const Snapshot> snapshot = Compiled(system);
    for (uint32_t a = 0; a < system.concepts.size(); ++a) {
      for (uint32_t b = 0; b < system.concepts.size(); ++b) {
        const uint32_t item_a = *snapshot->Find(system.concepts[a].code);
        const uint32_t item_b = *snapshot->Find(system.concepts[b].code);
        ASSERT_EQ(snapshot->IsAbove(item_a, item_b), ancestors[b].count(a) == 1)
            << seed << ": " << system.concepts[a].code << " above " << system.concepts[b].code;
      }
    }
  }
}

TEST(Hierarchy, FurtherParentsAreTheOnesGiven) {
  const model::CodeSystem system = Entangled(60, 7);
  const std::shared_ptr<const Snapshot> snapshot = Compiled(system);
  size_t children = 0;
  for (const model::Concept& item : system.concepts) {
    const uint32_t found = *snapshot->Find(item.code);
    std::set<std::string> expected;
    for (const uint32_t parent : item.other_parents) expected.insert(system.concepts[parent].code);
    std::set<std::string> given;
    for (const ParentRecord& record : snapshot->other_parents(found)) {
      given.emplace(snapshot->code(record.parent));
      for (const ParentRecord& back : snapshot->other_children(record.parent)) children += back.item == found ? 1 : 0;
    }
    EXPECT_EQ(given, expected) << item.code;
    children -= expected.size();
  }
  EXPECT_EQ(children, 0u) << "each is found from its parent too";
}

TEST(Hierarchy, ATreeHasNoListsOfAncestors) {
  model::CodeSystem system = Entangled(60, 3);
  for (model::Concept& item : system.concepts) item.other_parents.clear();
  const std::shared_ptr<const Snapshot> snapshot = Compiled(system);
  EXPECT_FALSE(snapshot->has_several_parents());
  for (uint32_t item = 0; item < snapshot->concept_count(); ++item) {
    EXPECT_TRUE(snapshot->ancestors_off_the_tree(item).empty());
  }
}

TEST(Hierarchy, ParentsThatDoNotStandBeforeAreRefused) {
  model::CodeSystem system = Entangled(3, 1);
  system.concepts[2].parent = 0;
  system.concepts[2].other_parents = {2};
  EXPECT_THAT(WriteSnapshot(system).status().message(), HasSubstr("further parent 2 does not stand before it"));
  system.concepts[2].other_parents = {0};
  EXPECT_THAT(WriteSnapshot(system).status().message(), HasSubstr("or is its first parent"));
}

}  // namespace
}  // namespace nosograph::snapshot
