#include "terminology/store/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "terminology/base/file.h"

namespace nosograph::store {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(20);  // between two looks

}  // namespace

absl::StatusOr<FolderLock> FolderLock::Take(const std::string& folder, absl::Duration patience) {
  const absl::Time end = absl::Now() + patience;
  const std::string path = absl::StrCat(folder, "/lock");
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) return base::FileError(errno, "write", path);
  FolderLock lock(descriptor);
  while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return base::FileError(errno, "lock", path);
    if (absl::Now() < end) {
      absl::SleepFor(kPause);
      continue;
    }
    return absl::AbortedError(absl::StrCat("another process writes to ", folder, " at this moment (it holds ", path,
                                           "); try again when it has ended"));
  }
  return lock;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace nosograph::store
