// The folder that a catalogue lies in: snapshots, and which of them are active.
//
//   DIR/snapshots/SHA256.snapshot   immutable once there
//   DIR/active.json                 the active set; replaced whole by rename, the authority on what is served
//   DIR/lock                        held by whoever writes
//
// A reader sees the set before a change or the one after it, never a part. After an error, a full disk or a kill the
// set is as it was. Thread-safe: functions of one object may be called at once; writers of several processes exclude
// each other by the lock.
//
//   DataFolder folder("/var/lib/nosograph");
//   ASSIGN_OR_RETURN(Activation activation, folder.Activate(system, {.from = "2026-04-01"}));
//   ASSIGN_OR_RETURN(snapshot::ReleaseSet set, folder.LoadActive());
#ifndef NOSOGRAPH_TERMINOLOGY_STORE_DATA_FOLDER_H_
#define NOSOGRAPH_TERMINOLOGY_STORE_DATA_FOLDER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "terminology/model/code_system.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::store {

// Days of validity, YYYY-MM-DD; empty where not known or open.
struct Validity {
  std::string from = {};
  std::string to = {};
};

// One line of active.json.
struct ActiveRelease {
  std::string system;
  std::string version;
  std::string extends;  // empty for a published code system
  Validity validity;
  std::string snapshot;  // SHA-256 of the file, which is its name
};

struct Activation {
  snapshot::Release release;
  std::optional<ActiveRelease> previous = {};  // what was active for the system before
  bool unchanged = false;                      // the very same snapshot was active already
};

class DataFolder {
 public:
  explicit DataFolder(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  // Writes the snapshot of `system`, reads it back with every byte verified, and makes it the active release of its
  // system. Makes the folder if it is missing. Errors: those of snapshot::WriteSnapshot and of files; Aborted when
  // another process writes; FailedPrecondition when an extension defines a code that the active release publishes, or
  // extends one that it lacks. Nothing is changed then.
  absl::StatusOr<Activation> Activate(const model::CodeSystem& system, const Validity& validity);

  // The active releases with every byte verified. Errors: NotFound when nothing was imported; DataLoss when a file is
  // damaged or missing; the message names it and the remedy.
  absl::StatusOr<snapshot::ReleaseSet> LoadActive() const;

  // What active.json says; empty when there is none. Errors: DataLoss when it cannot be understood.
  absl::StatusOr<std::vector<ActiveRelease>> ReadActive() const;

 private:
  std::string SnapshotPath(const std::string& id) const;
  absl::StatusOr<snapshot::Release> OpenRelease(const ActiveRelease& active) const;

  const std::string path_;
};

}  // namespace nosograph::store

#endif  // NOSOGRAPH_TERMINOLOGY_STORE_DATA_FOLDER_H_
