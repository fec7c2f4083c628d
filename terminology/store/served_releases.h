// The snapshots that active.json names, opened: what a reader of a data folder needs, without the means to change it.
//
// Reads only files, takes no lock, and needs no database. Thread-safe: functions without state.
//
//   ASSIGN_OR_RETURN(const std::vector<LoadedRelease> loaded, ReadActiveFile(folder));
//   ASSIGN_OR_RETURN(snapshot::ReleaseSet set, OpenServed(folder, loaded, {.verification = Verification::kHeader}));
#ifndef NOSOGRAPH_TERMINOLOGY_STORE_SERVED_RELEASES_H_
#define NOSOGRAPH_TERMINOLOGY_STORE_SERVED_RELEASES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "terminology/snapshot/release_set.h"
#include "terminology/store/active_file.h"

namespace nosograph::store {

struct OpenOptions {
  snapshot::Verification verification = snapshot::Verification::kEveryByte;
  snapshot::Access access = snapshot::Access::kMapped;
  // Snapshots that this set has already are taken from it and not read again.
  const snapshot::ReleaseSet* held = nullptr;
};

// Where the snapshots of a data folder lie, and that of a SHA-256.
std::string SnapshotsFolder(const std::string& folder);
std::string SnapshotPath(const std::string& folder, const std::string& id);

// Errors: DataLoss when the snapshot is damaged, missing, or not that of the release; the message names it and the
// remedy.
absl::StatusOr<snapshot::Release> OpenSnapshotOf(const std::string& folder, const LoadedRelease& loaded,
                                                 const OpenOptions& options);

// All of them. A damaged release that is not an active one is left out and told in `left_out`: it must not stop the
// others. Errors: as OpenSnapshotOf, for an active one; NotFound when there is none at all.
absl::StatusOr<snapshot::ReleaseSet> OpenServed(const std::string& folder, const std::vector<LoadedRelease>& loaded,
                                                const OpenOptions& options,
                                                std::vector<std::string>* left_out = nullptr);

// The error of a data folder without releases.
absl::Status NothingImported(const std::string& folder);

}  // namespace nosograph::store

#endif  // NOSOGRAPH_TERMINOLOGY_STORE_SERVED_RELEASES_H_
