// The right to write to a data folder, held by one process at a time.
//
// Advisory (flock): readers never need it. Given back when the object goes or the process ends, however it ends.
//
//   ASSIGN_OR_RETURN(FolderLock lock, FolderLock::Take("/var/lib/nosograph", absl::Seconds(2)));
#ifndef NOSOGRAPH_TERMINOLOGY_STORE_FOLDER_LOCK_H_
#define NOSOGRAPH_TERMINOLOGY_STORE_FOLDER_LOCK_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace nosograph::store {

class FolderLock {
 public:
  // Waits `patience` at most for another process to give it back. Errors: Aborted when it does not; those of files.
  static absl::StatusOr<FolderLock> Take(const std::string& folder, absl::Duration patience);

  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock& operator=(FolderLock&& other) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace nosograph::store

#endif  // NOSOGRAPH_TERMINOLOGY_STORE_FOLDER_LOCK_H_
