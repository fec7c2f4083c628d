// Files, with errors that say which file and what to do.
//
// Thread-safe: functions without state. WriteFileAtomically does not order two writers of one file: the last one wins,
// whole. It leaves "*.tmp" files behind only when the process is killed; whoever owns the folder sweeps them.
//
//   ASSIGN_OR_RETURN(std::string text, ReadFile("a.xml", 64 << 20));
//   RETURN_IF_ERROR(WriteFileAtomically("manifest.json", text));
#ifndef NOSOGRAPH_TERMINOLOGY_BASE_FILE_H_
#define NOSOGRAPH_TERMINOLOGY_BASE_FILE_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace nosograph::base {

// What a file that is being written is called until it is whole.
inline constexpr absl::string_view kTemporarySuffix = ".tmp";

// A status for a failed system call on a file: NotFound, PermissionDenied, ResourceExhausted (disk full, file too large
// for the limits), else Internal; the message holds the action, the path, the system's reason and a remedy.
absl::Status FileError(int error_number, absl::string_view action, absl::string_view path);

// The whole content. Errors: as FileError; InvalidArgument when it is larger than `limit_bytes` or not a regular file.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit_bytes);

// A file that is whole and safe on disk beside its target and only waits to take its place: the two halves of
// WriteFileAtomically, for callers that must not run out of disk between another commit and this one. Movable; when it
// is destroyed unpublished, the temporary file is removed and the target is as it was.
class PendingFile {
 public:
  static absl::StatusOr<PendingFile> Write(std::string path, absl::string_view content);
  PendingFile(PendingFile&& other) noexcept;
  PendingFile& operator=(PendingFile&& other) = delete;
  ~PendingFile();

  // Renames over the target and syncs the folder. At most once.
  absl::Status Publish();

 private:
  PendingFile(std::string path, std::string temporary) : path_(std::move(path)), temporary_(std::move(temporary)) {}
  std::string path_;
  std::string temporary_;  // empty once published
};

// Writes beside the target, syncs, renames over it and syncs the folder: a reader or a crash sees the old content or
// the new, never a part. On an error the temporary file is removed and the target is as it was (or, when only the sync
// of the folder failed, the new content that a power cut might take back). Errors: as FileError.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view content);

// Makes the folder and those above it that are missing, durably. Errors: as FileError.
absl::Status MakeFolders(const std::string& path);

// Makes renames, new and removed files of a folder survive a power cut. Errors: as FileError.
absl::Status SyncFolder(const std::string& path);

}  // namespace nosograph::base

#endif  // NOSOGRAPH_TERMINOLOGY_BASE_FILE_H_
