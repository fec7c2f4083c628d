// A file mapped into memory for reading; the kernel shares its pages between processes.
//
// Does not follow the file: who replaces it by rename leaves this view as it was; who truncates it in place makes reads
// die, so snapshots are never written in place. Thread-safe (immutable). Movable; the view ends with the object.
//
//   ASSIGN_OR_RETURN(MappedFile file, MappedFile::Open(path));
//   absl::string_view bytes = file.bytes();
#ifndef NOSOGRAPH_TERMINOLOGY_BASE_MAPPED_FILE_H_
#define NOSOGRAPH_TERMINOLOGY_BASE_MAPPED_FILE_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace nosograph::base {

class MappedFile {
 public:
  // Errors: as base::FileError; InvalidArgument when it is not a regular file.
  static absl::StatusOr<MappedFile> Open(const std::string& path);

  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) = delete;
  ~MappedFile();

  absl::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(absl::string_view bytes) : bytes_(bytes) {}
  absl::string_view bytes_;
};

}  // namespace nosograph::base

#endif  // NOSOGRAPH_TERMINOLOGY_BASE_MAPPED_FILE_H_
