// The folder that a catalogue lies in: snapshots, which of them are served, and what happened to them.
//
//   DIR/snapshots/SHA256.snapshot   immutable once there
//   DIR/active.json                 what is served; replaced whole by rename, the authority (active_file.h)
//   DIR/history.db                  imports and activations (history.h)
//   DIR/lock                        held by whoever writes
//
// A reader sees the set before a change or the one after it, never a part. After an error, a full disk or a kill the
// set is as it was. Thread-safe: functions of one object may be called at once; writers of several processes exclude
// each other by the lock.
//
//   DataFolder folder("/var/lib/nosograph");
//   ASSIGN_OR_RETURN(ImportResult result, folder.Import(system, {.validity = {.from = "2026-04-01"}}));
//   ASSIGN_OR_RETURN(snapshot::ReleaseSet set, folder.Load());
#ifndef NOSOGRAPH_TERMINOLOGY_STORE_DATA_FOLDER_H_
#define NOSOGRAPH_TERMINOLOGY_STORE_DATA_FOLDER_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "terminology/model/code_system.h"
#include "terminology/snapshot/release_set.h"
#include "terminology/store/active_file.h"
#include "terminology/store/folder_lock.h"
#include "terminology/store/history.h"

namespace nosograph::store {

struct ImportOptions {
  Validity validity = {};
  bool activate = false;  // also where another release of the system is active; the first one becomes active anyway
  bool replace = false;   // a release of the same version that has other content
  std::string by = {};    // user, for the history
};

struct ImportResult {
  snapshot::Release release;
  bool unchanged = false;                    // the very same release was there already
  bool rewritten = false;                    // though its snapshot was damaged or missing
  std::vector<std::string> warnings = {};    // what does not fit, though it can be loaded
  std::optional<LoadedRelease> active = {};  // the active release of the system afterwards
};

struct Activation {
  LoadedRelease now;
  std::optional<LoadedRelease> before = {};  // what was active; the same where it was active already
  std::vector<std::string> warnings = {};    // which extensions and supplements do not fit it
};

class DataFolder {
 public:
  // `patience` is how long a change waits for another process to finish its own.
  explicit DataFolder(std::string path, absl::Duration patience = absl::Seconds(2))
      : path_(std::move(path)), patience_(patience) {}

  const std::string& path() const { return path_; }

  // Writes the snapshot of `system`, reads it back with every byte verified, and adds it to what is served. Makes the
  // folder if it is missing. Errors: those of snapshot::WriteSnapshot and of files; Aborted when another process
  // writes; AlreadyExists for a release of that version with other content, unless it is to be replaced;
  // FailedPrecondition when an extension defines a code that the active release or another extension has, extends one
  // that is not there, or takes the url of a published system or the other way round. Nothing is changed then.
  absl::StatusOr<ImportResult> Import(const model::CodeSystem& system, const ImportOptions& options);

  // Makes a release the active one of its system, after every byte of it is verified. Errors: NotFound when it is not
  // loaded; DataLoss when it is damaged; Aborted when another process writes.
  absl::StatusOr<Activation> Activate(const std::string& system, const std::string& version, const std::string& by);

  // Goes back one activation: to the release that was active before the present one was activated or imported, also
  // where that was replaced by another of the same version. Called again it goes further back. Errors: as Activate;
  // FailedPrecondition when there is none to go back to.
  absl::StatusOr<Activation> RollBack(const std::string& system, const std::string& by);

  // What is served, with every byte verified. A damaged release that is not an active one is left out and told in
  // `left_out`: it must not stop the others. `Access::kMemory` copies the snapshots, for a service that must outlive
  // whatever is done to the files. Errors: NotFound when nothing was imported; DataLoss when an active release is
  // damaged or missing; the message names it and the remedy.
  absl::StatusOr<snapshot::ReleaseSet> Load(snapshot::Access access = snapshot::Access::kMapped,
                                            std::vector<std::string>* left_out = nullptr) const;
  // The same for what Releases() gave. Snapshots that `held` has already are taken from it and not read again.
  absl::StatusOr<snapshot::ReleaseSet> Load(const std::vector<LoadedRelease>& loaded, snapshot::Access access,
                                            std::vector<std::string>* left_out, const snapshot::ReleaseSet* held) const;

  // Opens one release with every byte verified. Errors: as Load.
  absl::StatusOr<snapshot::Release> OpenRelease(const LoadedRelease& loaded,
                                                snapshot::Access access = snapshot::Access::kMapped) const;

  // Brings the history up to active.json, where a crash or a hand has parted the two. Errors: those of History and of
  // FolderLock; nothing that is served depends on it.
  absl::Status Reconcile();

  // What active.json says; empty when nothing was imported. Errors: as ReadActiveFile; DataLoss when it is gone though
  // the history knows of imports.
  absl::StatusOr<std::vector<LoadedRelease>> Releases() const;

  // Imports and activations, the newest first. Errors: those of History::Open.
  absl::StatusOr<std::vector<Event>> Events(int limit) const;

 private:
  absl::StatusOr<FolderLock> LockExisting() const;
  absl::StatusOr<Activation> MakeActive(std::vector<LoadedRelease> releases, size_t chosen, History& history,
                                        const std::string& what, const std::string& by) const;
  // The release of a snapshot that was loaded once, as the history and the snapshot itself tell.
  absl::StatusOr<LoadedRelease> Recall(const std::string& snapshot, History& history) const;
  absl::Status ReconcileHistory(const std::vector<LoadedRelease>& releases, History& history) const;

  const std::string path_;
  const absl::Duration patience_;
};

}  // namespace nosograph::store

#endif  // NOSOGRAPH_TERMINOLOGY_STORE_DATA_FOLDER_H_
