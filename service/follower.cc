#include "service/follower.h"

#include "terminology/base/status_macros.h"

namespace nosograph::service {

absl::StatusOr<bool> Follower::Poll(std::vector<std::string>* left_out) {
  live_.Reclaim();  // a set that a long call still held at the last swap
  ASSIGN_OR_RETURN(std::vector<store::LoadedRelease> wanted, folder_.Releases());
  if (wanted == served_) return false;
  const snapshot::LiveReleases::Pin held = live_.Get();
  ASSIGN_OR_RETURN(snapshot::ReleaseSet set, folder_.Load(wanted, snapshot::Access::kMemory, left_out, &*held));
  live_.Swap(std::move(set));
  served_ = std::move(wanted);
  return true;
}

}  // namespace nosograph::service
