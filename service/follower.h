// Keeps what is served at what the data folder says: after an import, an activation or a rollback by another process
// the new set is loaded, every byte verified, and swapped in whole.
//
// Does not watch by itself: whoever owns it calls Poll, about once a second, and after each change of their own.
// Thread-safe.
//
//   Follower follower(folder, loaded, live);
//   ASSIGN_OR_RETURN(const bool changed, follower.Poll());
#ifndef NOSOGRAPH_SERVICE_FOLLOWER_H_
#define NOSOGRAPH_SERVICE_FOLLOWER_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "terminology/base/mutex.h"
#include "terminology/snapshot/live_releases.h"
#include "terminology/store/data_folder.h"

namespace nosograph::service {

class Follower {
 public:
  // `live` serves what the folder says, as far as `folder` and `served` were read together; both must outlive this.
  Follower(const store::DataFolder& folder, std::vector<store::LoadedRelease> served, snapshot::LiveReleases& live)
      : folder_(folder), served_(std::move(served)), live_(live) {}

  // Told of each change once it is served, on the thread of Poll, and which releases could not be taken; of one that
  // was served before this is set, at once. Must not call Poll.
  using Listener = std::function<void(const std::vector<std::string>& left_out)>;
  void OnChange(Listener listener);

  // Takes up what has changed; whether anything has. On an error
  // (active.json cannot be read, an active release is damaged) what was served goes on being served, and the next call
  // tries again. Errors: those of store::DataFolder::Load.
  absl::StatusOr<bool> Poll();

 private:
  const store::DataFolder& folder_;
  base::Mutex mutex_;
  std::vector<store::LoadedRelease> served_ NOSOGRAPH_GUARDED_BY(mutex_);
  snapshot::LiveReleases& live_;
  Listener listener_ NOSOGRAPH_GUARDED_BY(mutex_);
  // Of a change that nobody was told of.
  std::optional<std::vector<std::string>> untold_ NOSOGRAPH_GUARDED_BY(mutex_);
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_FOLLOWER_H_
