// Keeps what is served at what the data folder says: after an import, an activation or a rollback by another process
// the new set is loaded, every byte verified, and swapped in whole.
//
// Does not watch by itself: whoever owns it calls Poll, about once a second. Not thread-safe; readers of the
// LiveReleases that it swaps may run at once.
//
//   Follower follower(folder, loaded, live);
//   ASSIGN_OR_RETURN(const bool changed, follower.Poll());
#ifndef NOSOGRAPH_SERVICE_FOLLOWER_H_
#define NOSOGRAPH_SERVICE_FOLLOWER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "terminology/snapshot/live_releases.h"
#include "terminology/store/data_folder.h"

namespace nosograph::service {

class Follower {
 public:
  // `live` serves what the folder says, as far as `folder` and `served` were read together; both must outlive this.
  Follower(const store::DataFolder& folder, std::vector<store::LoadedRelease> served, snapshot::LiveReleases& live)
      : folder_(folder), served_(std::move(served)), live_(live) {}

  // Takes up what has changed; whether anything has. `left_out` tells which releases could not be taken. On an error
  // (active.json cannot be read, an active release is damaged) what was served goes on being served, and the next call
  // tries again. Errors: those of store::DataFolder::Load.
  absl::StatusOr<bool> Poll(std::vector<std::string>* left_out = nullptr);

 private:
  const store::DataFolder& folder_;
  std::vector<store::LoadedRelease> served_;
  snapshot::LiveReleases& live_;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_FOLLOWER_H_
