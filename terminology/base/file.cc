#include "terminology/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "terminology/base/status_macros.h"

namespace nosograph::base {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor() { Close(); }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  int get() const { return descriptor_; }

  // 0 or the error number. A network file system may report a failed write only here.
  int Close() {
    if (descriptor_ < 0) return 0;
    return close(std::exchange(descriptor_, -1)) == 0 ? 0 : errno;
  }

 private:
  int descriptor_;
};

int OpenRetrying(const std::string& path, int flags, mode_t mode = 0) {
  int descriptor;
  do {
    descriptor = open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

std::string FolderOf(const std::string& path) {
  size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// 0 or the error number.
int WriteAll(int descriptor, absl::string_view content) {
  while (!content.empty()) {
    ssize_t written = write(descriptor, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

// Writes and syncs a new file; the name of the step that failed, with errno in `error_number`.
const char* WriteAndSync(int descriptor, absl::string_view content, int& error_number) {
  error_number = WriteAll(descriptor, content);
  if (error_number != 0) return "write";
  if (fsync(descriptor) != 0) {
    error_number = errno;
    return "sync";
  }
  return nullptr;
}

absl::string_view RemedyOf(int error_number) {
  switch (error_number) {
    case ENOENT:
      return "check the path";
    case EACCES:
    case EPERM:
      return "check the owner and the permissions of the file and its folders, or run as their owner";
    case EROFS:
      return "the file system is mounted read-only: choose another folder or mount it writable";
    case ENOSPC:
      return "free disk space or choose a folder on another disk, then try again";
    case EDQUOT:
      return "the disk quota is used up: free space or have it raised, then try again";
    case EFBIG:
      return "raise the file size limit (ulimit -f) or choose another file system, then try again";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n), then try again";
    case EISDIR:
      return "give the path of a file, not of a folder";
    case ENOTDIR:
      return "a part of the path is a file where a folder is needed";
    case EIO:
      return "the disk may be failing: look into the system's log";
    default:
      return "look into the system's log";
  }
}

}  // namespace

absl::Status FileError(int error_number, absl::string_view action, absl::string_view path) {
  std::string message = absl::StrCat("cannot ", action, " ", path, ": ", std::generic_category().message(error_number),
                                     "; ", RemedyOf(error_number));
  switch (error_number) {
    case ENOENT:
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::InternalError(message);
  }
}

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit_bytes) {
  // A named pipe must not hold the program up before it is seen to be no file.
  FileDescriptor file(OpenRetrying(path, O_RDONLY | O_NONBLOCK));
  if (file.get() < 0) return FileError(errno, "open", path);
  struct stat status;
  if (fstat(file.get(), &status) != 0) return FileError(errno, "read", path);
  if (!S_ISREG(status.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat("cannot read ", path, ": it is not a regular file; give a file"));
  }
  auto too_large = [&](uint64_t size) {
    return absl::InvalidArgumentError(absl::StrCat("cannot read ", path, ": it has ", size,
                                                   " bytes or more, the limit is ", limit_bytes,
                                                   "; check that it is the right file"));
  };
  if (static_cast<uint64_t>(status.st_size) > limit_bytes) return too_large(static_cast<uint64_t>(status.st_size));

  // One byte more than the size says, so that the end is seen without another round; the file may grow meanwhile.
  std::string content(static_cast<size_t>(status.st_size) + 1, '\0');
  size_t size = 0;
  while (true) {
    ssize_t got = read(file.get(), content.data() + size, content.size() - size);
    if (got < 0) {
      if (errno == EINTR) continue;
      return FileError(errno, "read", path);
    }
    if (got == 0) break;
    size += static_cast<size_t>(got);
    if (size > limit_bytes) return too_large(size);
    if (size == content.size()) content.resize(size * 2);
  }
  content.resize(size);
  return content;
}

absl::Status SyncFolder(const std::string& path) {
  FileDescriptor folder(OpenRetrying(path, O_RDONLY | O_DIRECTORY));
  if (folder.get() < 0) return FileError(errno, "open the folder", path);
  // Some file systems cannot sync folders and say so with EINVAL; there is nothing more to be done there.
  if (fsync(folder.get()) != 0 && errno != EINVAL) return FileError(errno, "sync the folder", path);
  return absl::OkStatus();
}

absl::Status MakeFolders(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) == 0) {
    return S_ISDIR(status.st_mode) ? absl::OkStatus() : FileError(ENOTDIR, "make the folder", path);
  }
  if (errno != ENOENT) return FileError(errno, "make the folder", path);
  std::string trimmed = path;
  while (trimmed.size() > 1 && trimmed.back() == '/') trimmed.pop_back();
  std::string above = FolderOf(trimmed);
  if (above != trimmed) RETURN_IF_ERROR(MakeFolders(above));
  if (mkdir(trimmed.c_str(), 0777) != 0 && errno != EEXIST) return FileError(errno, "make the folder", path);
  return SyncFolder(above);
}

absl::StatusOr<PendingFile> PendingFile::Write(std::string path, absl::string_view content) {
  static std::atomic<uint64_t> next_number{0};
  std::string temporary;
  int descriptor;
  do {  // a file of that name can only be left from a killed process that had our process id
    temporary = absl::StrCat(path, ".", getpid(), "-", next_number.fetch_add(1), kTemporarySuffix);
    descriptor = OpenRetrying(temporary, O_WRONLY | O_CREAT | O_EXCL, 0666);
  } while (descriptor < 0 && errno == EEXIST);
  if (descriptor < 0) return FileError(errno, "write", path);

  PendingFile pending(std::move(path), std::move(temporary));
  FileDescriptor file(descriptor);
  int error_number = 0;
  const char* failed = WriteAndSync(file.get(), content, error_number);
  if (int close_error = file.Close(); failed == nullptr && close_error != 0) {
    failed = "write";
    error_number = close_error;
  }
  if (failed != nullptr) return FileError(error_number, failed, pending.path_);
  return pending;
}

PendingFile::PendingFile(PendingFile&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, std::string())) {}

PendingFile::~PendingFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

absl::Status PendingFile::Publish() {
  if (rename(temporary_.c_str(), path_.c_str()) != 0) return FileError(errno, "replace", path_);
  temporary_.clear();
  return SyncFolder(FolderOf(path_));
}

absl::Status WriteFileAtomically(const std::string& path, absl::string_view content) {
  ASSIGN_OR_RETURN(PendingFile pending, PendingFile::Write(path, content));
  return pending.Publish();
}

}  // namespace nosograph::base
