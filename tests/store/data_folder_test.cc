#include "terminology/store/data_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "terminology/store/folder_lock.h"
#include "tests/child_process.h"
#include "tests/content_release.h"
#include "tests/temporary_folder.h"

namespace nosograph::store {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class DataFolderTest : public ::testing::Test {
 protected:
  Activation Activate(const model::CodeSystem& system) {
    absl::StatusOr<Activation> activation = data_.Activate(system, {.from = "2026-04-01"});
    EXPECT_TRUE(activation.ok()) << activation.status();
    return activation.ok() ? *std::move(activation) : Activation();
  }
  std::string Message(const absl::Status& status) { return std::string(status.message()); }
  std::string ActivePath() const { return data_.path() + "/active.json"; }
  std::string SnapshotPath(const std::string& id) const { return data_.path() + "/snapshots/" + id + ".snapshot"; }

  testing::TemporaryFolder folder_;
  DataFolder data_{folder_ / "deep/data"};
};

TEST_F(DataFolderTest, LoadsWhatWasActivated) {
  const Activation first = Activate(testing::Starter());
  EXPECT_FALSE(first.previous);
  EXPECT_FALSE(first.unchanged);
  Activate(testing::Dermatology());
  const absl::StatusOr<snapshot::ReleaseSet> set = data_.LoadActive();
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->published().size(), 1u);
  ASSERT_EQ(set->extensions().size(), 1u);
  EXPECT_EQ(set->published()[0].id, first.release.id);
  EXPECT_EQ(set->published()[0].valid_from, "2026-04-01");
  EXPECT_TRUE(set->published()[0].snapshot->Find("L94.2"));
}

TEST_F(DataFolderTest, SameImportChangesNothing) {
  const Activation first = Activate(testing::Starter());
  const std::string active = Content(ActivePath());
  const auto written = std::filesystem::last_write_time(SnapshotPath(first.release.id));
  const Activation second = Activate(testing::Starter());
  EXPECT_TRUE(second.unchanged);
  EXPECT_EQ(second.release.id, first.release.id);
  EXPECT_EQ(Content(ActivePath()), active);
  EXPECT_EQ(std::filesystem::last_write_time(SnapshotPath(first.release.id)), written);
}

TEST_F(DataFolderTest, OtherVersionTakesThePlaceOfTheActiveOne) {
  Activate(testing::Starter());
  model::CodeSystem next = testing::Starter();
  next.version = "2026-10-01";
  const Activation activation = Activate(next);
  ASSERT_TRUE(activation.previous);
  EXPECT_EQ(activation.previous->version, "2026-04-01");
  const absl::StatusOr<snapshot::ReleaseSet> set = data_.LoadActive();
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->published().size(), 1u);
  EXPECT_EQ(set->published()[0].snapshot->version(), "2026-10-01");
}

TEST_F(DataFolderTest, EmptyFolderSaysWhatToDo) {
  const absl::Status status = data_.LoadActive().status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(Message(status), AllOf(HasSubstr(data_.path()), HasSubstr("nosograph import icd10cm")));
}

TEST_F(DataFolderTest, DamagedSnapshotIsFoundAndImportedAnew) {
  const std::string id = Activate(testing::Starter()).release.id;
  std::string bytes = Content(SnapshotPath(id));
  bytes[bytes.size() / 2] ^= 1;
  std::ofstream(SnapshotPath(id), std::ios::binary) << bytes;
  EXPECT_THAT(Message(data_.LoadActive().status()), AllOf(HasSubstr(id), HasSubstr("damaged"), HasSubstr("import")));
  Activate(testing::Starter());
  EXPECT_TRUE(data_.LoadActive().ok());

  std::ofstream(SnapshotPath(id), std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  EXPECT_THAT(Message(data_.LoadActive().status()), HasSubstr("truncated"));
  std::filesystem::remove(SnapshotPath(id));
  const absl::Status missing = data_.LoadActive().status();
  EXPECT_TRUE(absl::IsDataLoss(missing));
  EXPECT_THAT(Message(missing), HasSubstr("is missing"));
}

TEST_F(DataFolderTest, SnapshotOfAnotherReleaseIsNotTaken) {
  const std::string starter = Activate(testing::Starter()).release.id;
  const std::string dermatology = Activate(testing::Dermatology()).release.id;
  std::filesystem::copy_file(SnapshotPath(dermatology), SnapshotPath(starter),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(Message(data_.LoadActive().status()), HasSubstr("holds https://nosograph.example"));
}

TEST_F(DataFolderTest, ActiveFileThatCannotBeUnderstoodIsAnErrorAndStays) {
  Activate(testing::Starter());
  const std::string good = Content(ActivePath());
  const auto spoiled = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& text :
       {std::string(), std::string("{"), spoiled("\"format\": 1", "\"format\": 2"), spoiled("\"system\"", "\"sytem\""),
        spoiled("\"snapshot\": \"", "\"snapshot\": \"../../etc/passwd"), spoiled("[", "7, ["), good.substr(0, 80)}) {
    std::ofstream(ActivePath(), std::ios::binary) << text;
    const absl::Status status = data_.LoadActive().status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(Message(status), HasSubstr(ActivePath()));
    EXPECT_FALSE(data_.Activate(testing::Dermatology(), {}).ok());
    EXPECT_EQ(Content(ActivePath()), text) << "nothing is written over what may be mended";
  }
}

TEST_F(DataFolderTest, ExtensionMustFitWhatIsPublished) {
  Activate(testing::Starter());
  model::CodeSystem extension = testing::Dermatology();
  extension.concepts[0].code = "L94.2";
  absl::Status status = data_.Activate(extension, {}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(Message(status), HasSubstr("L94.2 is published"));
  extension = testing::Dermatology();
  extension.concepts[0].extends->code = "L94.7";
  status = data_.Activate(extension, {}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(Message(status), HasSubstr("extends L94.7"));
  EXPECT_TRUE(data_.LoadActive()->extensions().empty());
}

TEST_F(DataFolderTest, SecondWriterIsToldThatOneIsAtWork) {
  Activate(testing::Starter());
  const absl::StatusOr<FolderLock> lock = FolderLock::Take(data_.path());
  ASSERT_TRUE(lock.ok());
  const absl::Status status = data_.Activate(testing::Dermatology(), {}).status();
  EXPECT_TRUE(absl::IsAborted(status));
  EXPECT_THAT(Message(status), AllOf(HasSubstr("another import"), HasSubstr("try again")));
  EXPECT_TRUE(data_.LoadActive().ok()) << "readers need no lock";
}

TEST_F(DataFolderTest, SweepsWhatAKilledImportLeft) {
  Activate(testing::Starter());
  const std::string left = data_.path() + "/snapshots/x.1-1.tmp";
  std::ofstream(left) << "part";
  Activate(testing::Dermatology());
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(DataFolderTest, FullDiskLeavesTheActiveSetAsItWas) {
  Activate(testing::Dermatology());
  const std::string active = Content(ActivePath());
  const int result = testing::RunInChild([&] {
    testing::LimitFileSize(4096);
    const absl::Status status = data_.Activate(testing::Starter(), {}).status();
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
    EXPECT_THAT(Message(status), HasSubstr("limit"));
    return 0;
  });
  EXPECT_EQ(result, 0);
  EXPECT_EQ(Content(ActivePath()), active);
  EXPECT_TRUE(data_.LoadActive().ok());
}

}  // namespace
}  // namespace nosograph::store
