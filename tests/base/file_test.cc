#include "terminology/base/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/child_process.h"
#include "tests/temporary_folder.h"

namespace nosograph::base {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> NamesIn(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  return names;
}

TEST(FileErrorTest, EveryReasonHasItsCodeAndARemedy) {
  const struct {
    int error_number;
    absl::StatusCode code;
    const char* remedy;
  } kCases[] = {
      {ENOENT, absl::StatusCode::kNotFound, "check the path"},
      {EACCES, absl::StatusCode::kPermissionDenied, "permissions"},
      {EROFS, absl::StatusCode::kPermissionDenied, "read-only"},
      {ENOSPC, absl::StatusCode::kResourceExhausted, "free disk space"},
      {EDQUOT, absl::StatusCode::kResourceExhausted, "quota"},
      {EFBIG, absl::StatusCode::kResourceExhausted, "ulimit -f"},
      {EMFILE, absl::StatusCode::kResourceExhausted, "ulimit -n"},
      {EIO, absl::StatusCode::kInternal, "disk may be failing"},
      {EINVAL, absl::StatusCode::kInternal, "system's log"},
  };
  for (const auto& one : kCases) {
    const absl::Status status = FileError(one.error_number, "read", "/data/a.xml");
    EXPECT_EQ(status.code(), one.code) << status;
    EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("cannot read /data/a.xml"), HasSubstr(one.remedy)));
  }
}

TEST(ReadFileTest, GivesEveryByte) {
  testing::TemporaryFolder folder;
  for (const std::string& content : {std::string(), std::string("a\0b\r\n\xFF", 6), std::string(300'000, 'x')}) {
    ASSERT_TRUE(WriteFileAtomically(folder / "file", content).ok());
    EXPECT_EQ(ReadFile(folder / "file", 300'000).value(), content);
  }
}

TEST(ReadFileTest, ReadsFilesWhoseSizeIsNotKnownBefore) {
  EXPECT_THAT(ReadFile("/proc/self/status", 1 << 20).value(), HasSubstr("Name:"));
}

TEST(ReadFileTest, RefusesWhatIsNoFileOrTooLarge) {
  testing::TemporaryFolder folder;
  EXPECT_EQ(ReadFile(folder / "missing", 10).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadFile(folder.path(), 10).status().code(), absl::StatusCode::kInvalidArgument);
  // Without a writer, opening a named pipe for reading would wait for ever.
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(ReadFile(folder / "pipe", 10).status().code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(WriteFileAtomically(folder / "large", "12345678901").ok());
  const absl::Status status = ReadFile(folder / "large", 10).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("large"), HasSubstr("11 bytes"), HasSubstr("10")));
  EXPECT_TRUE(ReadFile(folder / "large", 11).ok());
}

TEST(WriteFileTest, ReplacesWholeAndLeavesNothingBeside) {
  testing::TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "file", std::string(100'000, 'o')).ok());
  ASSERT_TRUE(WriteFileAtomically(folder / "file", "new").ok());
  EXPECT_EQ(ReadFile(folder / "file", 100).value(), "new");
  EXPECT_THAT(NamesIn(folder.path()), ElementsAre("file"));
}

TEST(WriteFileTest, AReaderOfTheOldContentKeepsIt) {
  testing::TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "file", "old").ok());
  std::ifstream reader(folder / "file");
  ASSERT_TRUE(WriteFileAtomically(folder / "file", "new").ok());
  std::string content;
  reader >> content;
  EXPECT_EQ(content, "old");
}

TEST(WriteFileTest, AnErrorLeavesTheOldContentAndNothingBeside) {
  testing::TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "file", "old").ok());
  EXPECT_EQ(testing::RunInChild([&] {
              testing::LimitFileSize(1000);
              const absl::Status status = WriteFileAtomically(folder / "file", std::string(5000, 'n'));
              EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
              return 0;
            }),
            0);
  EXPECT_EQ(ReadFile(folder / "file", 100).value(), "old");
  EXPECT_THAT(NamesIn(folder.path()), ElementsAre("file"));
  EXPECT_EQ(WriteFileAtomically(folder / "no/folder", "x").code(), absl::StatusCode::kNotFound);
  // A folder stands where the file should go: the very last step fails.
  std::filesystem::create_directories(folder / "target/full");
  EXPECT_FALSE(WriteFileAtomically(folder / "target", "x").ok());
  EXPECT_THAT(NamesIn(folder.path()), ::testing::UnorderedElementsAre("file", "target"));
}

TEST(WriteFileTest, AFolderWithoutPermissionIsSaid) {
  testing::TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "file", "old").ok());
  ASSERT_EQ(chmod(folder.path().c_str(), 0555), 0);
  const int result = testing::RunInChild([&] {
    testing::DropRoot();
    EXPECT_EQ(WriteFileAtomically(folder / "file", "new").code(), absl::StatusCode::kPermissionDenied);
    return 0;
  });
  chmod(folder.path().c_str(), 0755);
  if (result == testing::kChildSkipped) GTEST_SKIP() << "may not become another user here";
  EXPECT_EQ(result, 0);
  EXPECT_EQ(ReadFile(folder / "file", 100).value(), "old");
}

TEST(WriteFileTest, ATemporaryFileOfAKilledProcessIsNoObstacle) {
  testing::TemporaryFolder folder;
  // As a killed process of our own id would have left them: more than the next writes can step over by chance.
  for (int i = 0; i < 200; ++i) {
    std::ofstream(folder / ("file." + std::to_string(getpid()) + "-" + std::to_string(i) + ".tmp")) << "half";
  }
  EXPECT_TRUE(WriteFileAtomically(folder / "file", "new").ok());
  EXPECT_EQ(ReadFile(folder / "file", 100).value(), "new");
}

TEST(PendingFileTest, TakesItsPlaceOnlyWhenPublished) {
  testing::TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "file", "old").ok());
  {
    absl::StatusOr<PendingFile> pending = PendingFile::Write(folder / "file", "new");
    ASSERT_TRUE(pending.ok());
    PendingFile moved = *std::move(pending);
    EXPECT_EQ(ReadFile(folder / "file", 100).value(), "old");
    EXPECT_EQ(NamesIn(folder.path()).size(), 2u);
  }
  EXPECT_THAT(NamesIn(folder.path()), ElementsAre("file"));
  absl::StatusOr<PendingFile> pending = PendingFile::Write(folder / "file", "new");
  ASSERT_TRUE(pending.ok());
  ASSERT_TRUE(pending->Publish().ok());
  EXPECT_EQ(ReadFile(folder / "file", 100).value(), "new");
  EXPECT_THAT(NamesIn(folder.path()), ElementsAre("file"));
}

TEST(PendingFileTest, PublishingNeedsNoSpace) {
  testing::TemporaryFolder folder;
  EXPECT_EQ(testing::RunInChild([&] {
              absl::StatusOr<PendingFile> pending = PendingFile::Write(folder / "file", "new");
              testing::LimitFileSize(0);
              EXPECT_TRUE(pending.ok() && pending->Publish().ok());
              return 0;
            }),
            0);
  EXPECT_EQ(ReadFile(folder / "file", 100).value(), "new");
}

TEST(MakeFoldersTest, MakesWhatIsMissing) {
  testing::TemporaryFolder folder;
  EXPECT_TRUE(MakeFolders(folder / "a/b/c/").ok());
  EXPECT_TRUE(MakeFolders(folder / "a/b/c").ok());
  EXPECT_TRUE(std::filesystem::is_directory(folder / "a/b/c"));
  ASSERT_TRUE(WriteFileAtomically(folder / "file", "x").ok());
  EXPECT_FALSE(MakeFolders(folder / "file").ok());
  EXPECT_FALSE(MakeFolders(folder / "file/below").ok());
}

}  // namespace
}  // namespace nosograph::base
