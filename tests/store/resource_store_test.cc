#include "terminology/store/resource_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "terminology/base/sha256.h"
#include "terminology/snapshot/writer.h"
#include "tests/temporary_folder.h"

namespace nosograph::store {
namespace {

StoredResource Resource(const std::string& id, int64_t version_id, const std::string& json = "{}") {
  return {
      .type = "ValueSet", .id = id, .version_id = version_id, .updated = "now", .fhir_version = "4.0", .json = json};
}

std::string Bytes(const std::string& code) {
  model::CodeSystem system{.url = "urn:c", .version = "1"};
  system.concepts.push_back({.code = code, .kind = model::ConceptKind::kConcept, .title = "A"});
  return snapshot::WriteSnapshot(system).value();
}

TEST(ResourceStoreTest, KeepsWhatWasPut) {
  const testing::TemporaryFolder folder;
  EXPECT_FALSE(ResourceStore::IsThere(folder.path()));
  {
    auto store = ResourceStore::Open(folder.path()).value();
    ASSERT_TRUE(store->Put(Resource("b", 1, "{\"a\":1.50}"), "").ok());
    ASSERT_TRUE(store->Put(Resource("a", 1), "").ok());
    ASSERT_TRUE(store->Put(Resource("b", 2, "{}"), "").ok());
  }
  EXPECT_TRUE(ResourceStore::IsThere(folder.path()));
  auto store = ResourceStore::Open(folder.path()).value();
  const std::vector<StoredResource> all = store->All().value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, "a");
  EXPECT_EQ(all[1].version_id, 2);
  EXPECT_EQ(all[1].json.view(), "{}");
}

TEST(ResourceStoreTest, AVersionThatIsNotTheNextIsRefusedAndNothingOfItsBatchIsThere) {
  const testing::TemporaryFolder folder;
  auto store = ResourceStore::Open(folder.path()).value();
  ASSERT_TRUE(store->Put(Resource("a", 1), "").ok());
  EXPECT_TRUE(absl::IsAborted(store->Put(Resource("a", 1), "")));
  EXPECT_TRUE(absl::IsAborted(store->PutAll({{Resource("new", 1), ""}, {Resource("a", 3), ""}})));
  EXPECT_EQ(store->All()->size(), 1U);
}

TEST(ResourceStoreTest, ASnapshotGoesWithTheLastResourceThatHasIt) {
  const testing::TemporaryFolder folder;
  auto store = ResourceStore::Open(folder.path()).value();
  const std::string bytes = Bytes("x");
  StoredResource first = Resource("a", 1);
  first.snapshot = base::Sha256Hex(bytes);
  StoredResource second = Resource("b", 1);
  second.snapshot = first.snapshot;
  ASSERT_TRUE(store->PutAll({{first, bytes}, {second, bytes}}).ok());
  const std::string file = folder.path() + "/resources/" + first.snapshot + ".snapshot";
  EXPECT_TRUE(store->OpenSnapshot(first).ok());
  ASSERT_TRUE(store->Put(Resource("a", 2), "").ok());
  EXPECT_TRUE(std::filesystem::exists(file)) << "the other one has it still";
  ASSERT_TRUE(store->Put(Resource("b", 2), "").ok());
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_TRUE(absl::IsDataLoss(store->OpenSnapshot(first).status()));
}

TEST(ResourceStoreTest, ALargeTextHasAFileThatGoesWithTheLastResourceThatHasIt) {
  const testing::TemporaryFolder folder;
  const std::string large = "\"" + std::string(100000, 'x') + "\"";
  const std::string file = folder.path() + "/resources/" + base::Sha256Hex(large) + ".json";
  {
    auto store = ResourceStore::Open(folder.path()).value();
    ASSERT_TRUE(store->PutAll({{Resource("a", 1, large), ""}, {Resource("b", 1, large), ""}}).ok());
  }
  auto store = ResourceStore::Open(folder.path()).value();
  const std::vector<StoredResource> all = store->All().value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].json.view(), "") << "read when it is asked for";
  const ResourceText text = store->OpenText(all[0]).value();
  EXPECT_EQ(text.view(), large);
  ASSERT_TRUE(store->Put(Resource("a", 2), "").ok());
  EXPECT_TRUE(std::filesystem::exists(file)) << "the other one has it still";
  ASSERT_TRUE(store->Put(Resource("b", 2), "").ok());
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(text.view(), large) << "who has it keeps it";
  EXPECT_TRUE(absl::IsDataLoss(store->OpenText(all[0]).status()));
}

TEST(ResourceStoreTest, TakesAStoreOfTheSchemaBefore) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.path() + "/resources.db";
  {
    auto database = Database::Open(path, OpenMode::kWrite).value();
    ASSERT_TRUE(
        database
            ->Execute("CREATE TABLE resource (type TEXT NOT NULL, id TEXT NOT NULL, version_id INTEGER NOT NULL,"
                      "updated TEXT NOT NULL, fhir_version TEXT NOT NULL, deleted INTEGER NOT NULL,"
                      "json TEXT NOT NULL, snapshot TEXT NOT NULL, PRIMARY KEY (type, id)) STRICT, WITHOUT ROWID;"
                      "INSERT INTO resource VALUES ('ValueSet', 'a', 1, 'then', '4.0', 0, '{\"a\":1}', '');"
                      "PRAGMA user_version = 1")
            .ok());
  }
  auto store = ResourceStore::Open(folder.path()).value();
  ASSERT_TRUE(store->Put(Resource("b", 1), "").ok());
  const std::vector<StoredResource> all = store->All().value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].json.view(), "{\"a\":1}");
}

TEST(ResourceStoreTest, TellsThatAnotherHasWritten) {
  const testing::TemporaryFolder folder;
  auto ours = ResourceStore::Open(folder.path()).value();
  auto others = ResourceStore::Open(folder.path()).value();
  const int64_t before = ours->Changes().value();
  ASSERT_TRUE(ours->Put(Resource("a", 1), "").ok());
  EXPECT_EQ(*ours->Changes(), before) << "what it wrote itself";
  ASSERT_TRUE(others->Put(Resource("b", 1), "").ok());
  EXPECT_NE(*ours->Changes(), before);
}

}  // namespace
}  // namespace nosograph::store
