// The release set that answers now. Another one is swapped in whole while calls run; a call keeps the set it began
// with.
//
// Readers take no lock and allocate nothing: a pin is two atomic operations on a counter that few threads share, and a
// load. A set that was replaced lives until every counter has been seen at zero since; as long as calls end, it goes.
// What a thread holds between two calls is nothing. Thread-safe. Safe to use in a forked child, where a set that was
// pinned by another thread at the fork is not freed.
//
//   LiveReleases live(std::move(set));
//   const LiveReleases::Pin pin = live.Get();  // keep for one call, or one message of a stream
//   ASSIGN_OR_RETURN(query::Resolution resolution, query::Resolve(*pin, {.code = "L94.2"}));
//   live.Swap(std::move(newer));               // does not wait for `pin`
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_LIVE_RELEASES_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_LIVE_RELEASES_H_

#include <array>
#include <atomic>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "terminology/base/mutex.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::snapshot {

class LiveReleases {
 public:
  // Keeps a set alive. Movable; what was moved from holds nothing.
  class Pin {
   public:
    Pin(Pin&& other) noexcept : set_(std::exchange(other.set_, nullptr)), pinned_(other.pinned_) {}
    Pin& operator=(Pin&&) = delete;
    ~Pin() {
      if (set_ != nullptr) pinned_->fetch_sub(1, std::memory_order_release);
    }

    const ReleaseSet& operator*() const { return *set_; }
    const ReleaseSet* operator->() const { return set_; }

   private:
    friend class LiveReleases;
    Pin(const ReleaseSet* set, std::atomic<uint64_t>* pinned) : set_(set), pinned_(pinned) {}
    const ReleaseSet* set_;
    std::atomic<uint64_t>* pinned_;
  };

  explicit LiveReleases(ReleaseSet set);
  // No pin may be left.
  ~LiveReleases() = default;
  LiveReleases(const LiveReleases&) = delete;
  LiveReleases& operator=(const LiveReleases&) = delete;

  // The set that is served now.
  Pin Get() const;

  // Serves `set` from now on, and frees what nobody holds any more of those before.
  void Swap(ReleaseSet set);

  // Frees the replaced sets that nobody holds any more; how many are left. Swap does so too, so that a call of this is
  // only needed when memory is wanted back before the next swap.
  size_t Reclaim();

 private:
  static constexpr size_t kSlots = 64;
  static constexpr size_t kPhases = 2;
  static constexpr size_t kCacheLine = 64;

  // Counts the pins of the threads that fall on it. Two counters, of which readers take one and leave the other to
  // drain, so that it comes to zero however many readers there are.
  struct alignas(kCacheLine) Slot {
    std::array<std::atomic<uint64_t>, kPhases> pinned{};
  };
  struct Retired {
    std::unique_ptr<const ReleaseSet> set;
    std::bitset<kSlots * kPhases> seen_at_zero;  // since the set was replaced
  };

  mutable std::array<Slot, kSlots> slots_;
  std::atomic<size_t> phase_{0};
  std::atomic<const ReleaseSet*> current_;

  base::Mutex mutex_;  // of writers alone
  std::unique_ptr<const ReleaseSet> owned_ NOSOGRAPH_GUARDED_BY(mutex_);
  std::vector<Retired> retired_ NOSOGRAPH_GUARDED_BY(mutex_);
};

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_LIVE_RELEASES_H_
