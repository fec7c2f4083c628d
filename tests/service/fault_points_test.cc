// The program killed, and its disk full, at every call that changes a file: what was served goes on being served, and
// the same command succeeds afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/service/program.h"

namespace nosograph::service {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using testing::RunProgram;
using testing::RunResult;

const std::string kStarter = NOSOGRAPH_SOURCE_DIR "/terminology/content/starter/icd10cm-tabular-2026-04-01-excerpt.xml";
const std::string kSystem = "http://hl7.org/fhir/sid/icd-10-cm";

std::vector<std::string> ImportOf(const std::string& version) {
  return {"import", "icd10cm", kStarter, "--version", version, "--activate", "--quiet"};
}

RunResult On(const std::string& folder, std::vector<std::string> arguments,
             const std::vector<std::string>& environment = {}) {
  arguments.insert(arguments.end(), {"--data", folder});
  return RunProgram(std::move(arguments), "", environment);
}

bool HasTemporaryFiles(const std::string& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (absl::EndsWith(entry.path().string(), ".tmp")) return true;
  }
  return false;
}

// The version that is served, empty for none.
std::string Served(const std::string& folder) {
  const RunResult verified = On(folder, {"releases", "verify"});
  if (!absl::StrContains(verified.err, "no release is loaded")) {
    EXPECT_EQ(verified.exit_code, 0) << verified.err;
  }
  const RunResult resolved = On(folder, {"resolve", "L94.2", "--output", "json"});
  if (absl::StrContains(resolved.err, "nothing is imported")) return "";
  EXPECT_EQ(resolved.exit_code, 0) << resolved.err;
  for (const char* version : {"2025-10-01", "2026-04-01"}) {
    if (absl::StrContains(resolved.out, version)) return version;
  }
  return "";
}

class FaultPoints : public ::testing::TestWithParam<const char*> {
 protected:
  // `command` on a copy of `before`, with the fault at every call in turn. `from` and `to` are what is served before
  // and after it.
  void AtEveryCall(const std::string& before, const std::vector<std::string>& command, const std::string& from,
                   const std::string& to) {
    const std::string kind = GetParam();
    int number = 1;
    for (;; ++number) {
      SCOPED_TRACE(absl::StrCat(kind, " at call ", number));
      testing::TemporaryFolder copy;
      const std::string folder = copy / "data";
      const std::string mark = copy / "mark";
      std::filesystem::copy(before, folder, std::filesystem::copy_options::recursive);
      const RunResult result = On(folder, command,
                                  {absl::StrCat("LD_PRELOAD=", NOSOGRAPH_FAULT_POINTS), "FAULT_FOLDER=" + folder,
                                   "FAULT_MARK=" + mark, "FAULT_KIND=" + kind, absl::StrCat("FAULT_AT=", number)});
      if (!std::filesystem::exists(mark)) {
        EXPECT_EQ(result.exit_code, 0) << result.err;
        break;
      }
      if (kind == "kill") {
        EXPECT_EQ(result.exit_code, 128 + SIGKILL);
      } else if (result.exit_code != 0) {
        EXPECT_THAT(result.err, AnyOf(HasSubstr("No space left"), HasSubstr("disk is full"))) << result.err;
        EXPECT_FALSE(HasTemporaryFiles(folder)) << "what failed takes its own rubbish away";
      }
      EXPECT_THAT(Served(folder), AnyOf(from, to));
      const RunResult again = On(folder, command);
      ASSERT_EQ(again.exit_code, 0) << again.err;
      EXPECT_EQ(Served(folder), to);
      EXPECT_FALSE(HasTemporaryFiles(folder));
      const RunResult log = On(folder, {"releases", "log"});
      EXPECT_THAT(log.out, HasSubstr(to)) << log.err;
      if (HasFailure()) return;
    }
    EXPECT_GT(number, 10) << "the calls are counted";
  }

  void SetUp() override { std::filesystem::create_directory(base_ / "data"); }

  testing::TemporaryFolder base_;
};

TEST_P(FaultPoints, OfTheFirstImport) { AtEveryCall(base_ / "data", ImportOf("2026-04-01"), "", "2026-04-01"); }

TEST_P(FaultPoints, OfAnImportBesideWhatIsServed) {
  ASSERT_EQ(On(base_ / "data", ImportOf("2025-10-01")).exit_code, 0);
  AtEveryCall(base_ / "data", ImportOf("2026-04-01"), "2025-10-01", "2026-04-01");
}

TEST_P(FaultPoints, OfAnActivation) {
  ASSERT_EQ(On(base_ / "data", ImportOf("2026-04-01")).exit_code, 0);
  ASSERT_EQ(On(base_ / "data", ImportOf("2025-10-01")).exit_code, 0);
  AtEveryCall(base_ / "data", {"releases", "activate", kSystem, "2026-04-01"}, "2025-10-01", "2026-04-01");
}

INSTANTIATE_TEST_SUITE_P(KillAndFullDisk, FaultPoints, ::testing::Values("kill", "full"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nosograph::service
