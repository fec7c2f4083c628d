// What happened in a data folder: which releases were imported from which sources, and who activated what when.
//
// A SQLite database beside active.json, which stays the authority on what is served: Reconcile brings the history up to
// it where a crash, or a hand, has parted the two. Not thread-safe; used under the folder's lock.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<History> history, History::Open(folder));
//   RETURN_IF_ERROR(history->Begin());
//   RETURN_IF_ERROR(history->RecordActivation(release, "rollback", "maria"));
//   RETURN_IF_ERROR(history->Commit());
#ifndef NOSOGRAPH_TERMINOLOGY_STORE_HISTORY_H_
#define NOSOGRAPH_TERMINOLOGY_STORE_HISTORY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "terminology/store/active_file.h"
#include "terminology/store/sqlite_database.h"

namespace nosograph::store {

struct ImportRecord {
  std::string source_name;
  std::string source_sha256;
  uint32_t concept_count = 0;
  uint32_t billable_count = 0;
};

struct Event {
  std::string at;    // UTC, ISO 8601
  std::string by;    // user
  std::string what;  // "import", "activate", "rollback", "reconcile"
  std::string system;
  std::string version;
  std::string snapshot;
};

class History {
 public:
  // Makes the database when it is missing, except to read: NotFound then. Errors: those of Database::Open; DataLoss for
  // a database of another program or of a newer version of this one.
  static absl::StatusOr<std::unique_ptr<History>> Open(const std::string& folder, OpenMode mode = OpenMode::kWrite);

  // Whatever is recorded between the two is kept whole or not at all, also over a crash.
  absl::Status Begin();
  absl::Status Commit();

  absl::Status RecordImport(const LoadedRelease& release, const ImportRecord& record, const std::string& by);
  // `what` is "import", "activate", "rollback" or "reconcile".
  absl::Status RecordActivation(const LoadedRelease& release, const std::string& what, const std::string& by);

  // Records what active.json says and the history does not know. The number of entries added.
  absl::StatusOr<int> Reconcile(const std::vector<LoadedRelease>& releases);

  // The snapshots that were active for `system`, the newest first.
  absl::StatusOr<std::vector<std::string>> ActivatedSnapshots(const std::string& system);

  // Imports and activations, the newest first.
  absl::StatusOr<std::vector<Event>> Events(int limit);

 private:
  explicit History(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  std::unique_ptr<Database> database_;
};

}  // namespace nosograph::store

#endif  // NOSOGRAPH_TERMINOLOGY_STORE_HISTORY_H_
