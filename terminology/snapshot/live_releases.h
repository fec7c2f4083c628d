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
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "terminology/base/mutex.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::snapshot {

template <typename Set>
class Live {
 public:
  // Keeps a set alive. Movable; what was moved from holds nothing.
  class Pin {
   public:
    Pin(Pin&& other) noexcept : set_(std::exchange(other.set_, nullptr)), pinned_(other.pinned_) {}
    Pin& operator=(Pin&&) = delete;
    ~Pin() {
      if (set_ != nullptr) pinned_->fetch_sub(1, std::memory_order_release);
    }

    const Set& operator*() const { return *set_; }
    const Set* operator->() const { return set_; }

   private:
    friend class Live;
    Pin(const Set* set, std::atomic<uint64_t>* pinned) : set_(set), pinned_(pinned) {}
    const Set* set_;
    std::atomic<uint64_t>* pinned_;
  };

  explicit Live(Set set) : current_(nullptr), owned_(std::make_unique<const Set>(std::move(set))) {
    current_ = owned_.get();
  }
  // No pin may be left.
  ~Live() = default;
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  // The set that is served now.
  Pin Get() const;

  // Whether nobody holds a set. Only of use where nobody can begin to.
  bool Idle() const {
    for (const Slot& slot : slots_) {
      for (const std::atomic<uint64_t>& pinned : slot.pinned) {
        if (pinned.load() != 0) return false;
      }
    }
    return true;
  }

  // Serves `set` from now on, and frees what nobody holds any more of those before.
  void Swap(Set set);

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
    std::unique_ptr<const Set> set;
    std::bitset<kSlots * kPhases> seen_at_zero;  // since the set was replaced
  };

  // Spreads threads over slots; the same thread always has the same.
  static size_t SlotOfThisThread() {
    const uint64_t mixed = std::hash<std::thread::id>()(std::this_thread::get_id()) * 0x9E3779B97F4A7C15ULL;
    return static_cast<size_t>(mixed >> 32) % kSlots;
  }

  mutable std::array<Slot, kSlots> slots_;
  std::atomic<size_t> phase_{0};
  std::atomic<const Set*> current_;

  base::Mutex mutex_;  // of writers alone
  std::unique_ptr<const Set> owned_ NOSOGRAPH_GUARDED_BY(mutex_);
  std::vector<Retired> retired_ NOSOGRAPH_GUARDED_BY(mutex_);
};

// Why this is safe. All operations here but the release of a pin are sequentially consistent, so that they have one
// order. A reader counts itself and then loads the current set; a writer replaces the set and then looks at the
// counters. Had the reader loaded the replaced set, it was counted before the replacement, so that its counter is not
// seen at zero after it until the pin is released. Hence a set is free of readers once each counter was seen at zero
// after the set was replaced, at whatever moment each. Which of its two counters a reader takes does not matter to
// this.
template <typename Set>
typename Live<Set>::Pin Live<Set>::Get() const {
  Slot& slot = slots_[SlotOfThisThread()];
  std::atomic<uint64_t>& pinned = slot.pinned[phase_.load(std::memory_order_relaxed) % kPhases];
  pinned.fetch_add(1);
  return Pin(current_.load(), &pinned);
}

template <typename Set>
void Live<Set>::Swap(Set set) {
  auto next = std::make_unique<const Set>(std::move(set));
  {
    const base::MutexLock lock(mutex_);
    current_.store(next.get());
    retired_.push_back({std::exchange(owned_, std::move(next)), {}});
  }
  Reclaim();
}

template <typename Set>
size_t Live<Set>::Reclaim() {
  std::vector<Retired> free;  // destroyed without the lock: it may unmap files
  const base::MutexLock lock(mutex_);
  for (size_t round = 0; round < kPhases && !retired_.empty(); ++round) {
    // What readers leave from now on drains.
    phase_.store(phase_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    for (size_t i = 0; i < kSlots * kPhases; ++i) {
      if (slots_[i / kPhases].pinned[i % kPhases].load() != 0) continue;
      for (Retired& retired : retired_) retired.seen_at_zero.set(i);
    }
    for (size_t i = retired_.size(); i-- > 0;) {
      if (!retired_[i].seen_at_zero.all()) continue;
      free.push_back(std::move(retired_[i]));
      retired_.erase(retired_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return retired_.size();
}

// What a service serves.
using LiveReleases = Live<ReleaseSet>;

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_LIVE_RELEASES_H_
