#include "service/private_folder.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "terminology/base/file.h"

namespace nosograph::service {
namespace {

std::string Parent() {
  for (const char* name : {"RUNTIME_DIRECTORY", "TMPDIR"}) {
    const char* folder = std::getenv(name);
    if (folder != nullptr && *folder == '/') return folder;
  }
  return "/tmp";
}

}  // namespace

absl::StatusOr<PrivateFolder> PrivateFolder::Make(absl::string_view purpose) {
  std::string path = absl::StrCat(Parent(), "/nosograph-", purpose, ".XXXXXX");
  if (mkdtemp(path.data()) == nullptr) return base::FileError(errno, "make the folder", path);
  return PrivateFolder(std::move(path));
}

PrivateFolder::~PrivateFolder() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace nosograph::service
