#include "terminology/base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "terminology/base/file.h"

namespace nosograph::base {

absl::StatusOr<MappedFile> MappedFile::Open(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return FileError(errno, "open", path);
  struct stat status;
  if (fstat(descriptor, &status) != 0) {
    const int error_number = errno;
    close(descriptor);
    return FileError(error_number, "read", path);
  }
  if (!S_ISREG(status.st_mode)) {
    close(descriptor);
    return absl::InvalidArgumentError(absl::StrCat("cannot read ", path, ": it is not a regular file; give a file"));
  }
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) {  // an empty mapping is an error to mmap
    close(descriptor);
    return MappedFile(absl::string_view());
  }
  void* start = mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  const int error_number = errno;
  close(descriptor);
  if (start == MAP_FAILED) return FileError(error_number, "map", path);
  return MappedFile(absl::string_view(static_cast<const char*>(start), size));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace nosograph::base
