// A folder that this user alone can read, gone with the object.
//
// Movable, not thread-safe.
//
//   ASSIGN_OR_RETURN(PrivateFolder folder, PrivateFolder::Make("import"));
//   std::ofstream(folder.path() + "/tabular.xml") << text;
#ifndef NOSOGRAPH_SERVICE_PRIVATE_FOLDER_H_
#define NOSOGRAPH_SERVICE_PRIVATE_FOLDER_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace nosograph::service {

class PrivateFolder {
 public:
  // Below $RUNTIME_DIRECTORY (systemd's), else $TMPDIR, else /tmp; `purpose` is part of its name. Errors: as
  // base::FileError.
  static absl::StatusOr<PrivateFolder> Make(absl::string_view purpose);
  PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  ~PrivateFolder();

  const std::string& path() const { return path_; }

 private:
  explicit PrivateFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_PRIVATE_FOLDER_H_
