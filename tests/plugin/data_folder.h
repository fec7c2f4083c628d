// A data folder with the content of the repository, for tests that open it through the C ABI.
#ifndef NOSOGRAPH_TESTS_PLUGIN_DATA_FOLDER_H_
#define NOSOGRAPH_TESTS_PLUGIN_DATA_FOLDER_H_

#include <gtest/gtest.h>

#include <string>

#include "terminology/store/data_folder.h"
#include "tests/content_release.h"
#include "tests/temporary_folder.h"

namespace nosograph::testing {

// The starter excerpt as if it were the whole of ICD-10-CM, and the dermatology extension.
class WholeContentFolder {
 public:
  WholeContentFolder() {
    Import(WholeStarter(), kStarterVersion);
    Import(Dermatology(), "");
  }

  void Import(const model::CodeSystem& system, const std::string& valid_from, bool activate = false) {
    const auto imported =
        store::DataFolder(path()).Import(system, {.validity = {valid_from, ""}, .activate = activate});
    EXPECT_TRUE(imported.ok()) << imported.status();
  }
  std::string path() const { return folder_ / "data"; }
  std::string conninfo() const { return "snapshot:" + path(); }

 private:
  TemporaryFolder folder_;
};

}  // namespace nosograph::testing

#endif  // NOSOGRAPH_TESTS_PLUGIN_DATA_FOLDER_H_
