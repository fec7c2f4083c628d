#include "service/follower.h"

#include "service/release_fragments.h"
#include "terminology/base/status_macros.h"

namespace nosograph::service {

void Follower::OnChange(Listener listener) {
  const base::MutexLock lock(mutex_);
  listener_ = std::move(listener);
  if (untold_) listener_(*untold_);
  untold_.reset();
}

absl::StatusOr<bool> Follower::Poll() {
  const base::MutexLock lock(mutex_);
  live_.Reclaim();  // a set that a long call still held at the last swap
  ASSIGN_OR_RETURN(std::vector<store::LoadedRelease> wanted, folder_.Releases());
  if (wanted == served_) return false;
  const snapshot::LiveReleases::Pin held = live_.Get();
  std::vector<std::string> left_out;
  ASSIGN_OR_RETURN(snapshot::ReleaseSet set, folder_.Load(wanted, snapshot::Access::kMemory, &left_out, &*held));
  live_.Swap(WithFragments(set, &*held));
  served_ = std::move(wanted);
  if (listener_) {
    listener_(left_out);
  } else {
    untold_ = std::move(left_out);
  }
  return true;
}

}  // namespace nosograph::service
