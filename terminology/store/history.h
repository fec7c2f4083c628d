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
#include <functional>
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
  std::string at;    // UTC, ISO 8601, milliseconds
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

  // `what` is "import" or "reconcile".
  absl::Status RecordImport(const LoadedRelease& release, const ImportRecord& record, const std::string& what,
                            const std::string& by);
  // `what` is "import", "activate", "rollback" or "reconcile".
  absl::Status RecordActivation(const LoadedRelease& release, const std::string& what, const std::string& by);

  // Records what active.json says and the history does not know; `describe` tells of a release that was imported
  // without its knowledge. The number of entries added.
  absl::StatusOr<int> Reconcile(const std::vector<LoadedRelease>& releases,
                                const std::function<ImportRecord(const LoadedRelease&)>& describe);

  // The snapshots that a rollback of `system` goes back through, the newest first: a rollback takes away what it went
  // back from.
  absl::StatusOr<std::vector<std::string>> ActivationStack(const std::string& system);

  // The release that a snapshot was imported as, without what it extends. Errors: NotFound.
  absl::StatusOr<LoadedRelease> FindImport(const std::string& snapshot);

  // Imports and activations, the newest first.
  absl::StatusOr<std::vector<Event>> Events(int limit);

 private:
  explicit History(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  std::unique_ptr<Database> database_;
};

}  // namespace nosograph::store

#endif  // NOSOGRAPH_TERMINOLOGY_STORE_HISTORY_H_
