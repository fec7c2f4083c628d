// Real releases for tests, found by name: in the folder of NOSOGRAPH_SHARED_DATA, else in ../shared/icd-data beside the
// source tree; April 2026's tabular list also where deploy/quickstart.sh puts it. None of them is part of the source
// tree, so that a test that wants one is skipped where it is absent.
//
// A file is unpacked when it is asked for, into a folder that goes with the object. Not thread-safe.
//
//   DataFiles files;
//   std::optional<std::string> tabular = files.Find(kTabular2026);
//   if (!tabular) GTEST_SKIP() << DataFiles::HowToGet(kTabular2026);
#ifndef NOSOGRAPH_TESTS_DATA_FILES_H_
#define NOSOGRAPH_TESTS_DATA_FILES_H_

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "tests/temporary_folder.h"

namespace nosograph::testing {

inline constexpr char kTabular2021[] = "icd10cm-tabular-2021.xml";
inline constexpr char kOrder2021[] = "icd10cm-order-2021-jan.txt";
inline constexpr char kTabular2026[] = "icd10cm-tabular-2026-apr.xml";

// The folder of the real releases, be it there or not.
inline std::filesystem::path SharedDataFolder() {
  const char* given = std::getenv("NOSOGRAPH_SHARED_DATA");
  return given != nullptr ? std::filesystem::path(given)
                          : std::filesystem::path(NOSOGRAPH_SOURCE_DIR) / "../shared/icd-data";
}

// April 2026's tabular list as deploy/quickstart.sh fetches it.
inline std::filesystem::path FetchedTabular2026() {
  return std::filesystem::path(NOSOGRAPH_SOURCE_DIR) / "build/content/icd10c-tabular-April-1-2026.xml";
}

class DataFiles {
 public:
  // The path of the file, ready to be read; nullopt when it is absent. A file that is there and does not unpack fails
  // the test.
  std::optional<std::string> Find(const std::string& name) {
    const std::string packed = (SharedDataFolder() / (name + ".xz")).string();
    if (std::filesystem::exists(packed)) {
      const std::string unpacked = folder_ / name;
      if (!std::filesystem::exists(unpacked)) Unpack(packed, unpacked);
      return unpacked;
    }
    if (name == kTabular2026 && std::filesystem::exists(FetchedTabular2026())) return FetchedTabular2026().string();
    return std::nullopt;
  }

  // For GTEST_SKIP.
  static std::string HowToGet(const std::string& name) {
    std::string message = name + ".xz is not in " + SharedDataFolder().lexically_normal().string() +
                          "; set NOSOGRAPH_SHARED_DATA to a folder that has it";
    if (name == kTabular2026) message += ", or run deploy/quickstart.sh, which fetches the list into build/content";
    return message;
  }

 private:
  static void Unpack(const std::string& packed, const std::string& unpacked) {
    FILE* unpacker = popen(("xz -dc -- " + Quoted(packed)).c_str(), "r");
    ASSERT_NE(unpacker, nullptr);
    std::ofstream out(unpacked, std::ios::binary);
    char buffer[1 << 16];
    while (const size_t count = std::fread(buffer, 1, sizeof(buffer), unpacker)) {
      out.write(buffer, static_cast<std::streamsize>(count));
    }
    out.close();
    EXPECT_EQ(pclose(unpacker), 0) << packed << " does not unpack; is xz-utils installed?";
    EXPECT_TRUE(out.good()) << unpacked << " could not be written";
  }

  static std::string Quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
  }

  TemporaryFolder folder_;
};

}  // namespace nosograph::testing

#endif  // NOSOGRAPH_TESTS_DATA_FILES_H_
