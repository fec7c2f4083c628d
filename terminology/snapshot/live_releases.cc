#include "terminology/snapshot/live_releases.h"

#include <functional>
#include <thread>

namespace nosograph::snapshot {
namespace {

// Spreads threads over slots; the same thread always has the same.
size_t SlotOfThisThread(size_t slots) {
  const uint64_t mixed = std::hash<std::thread::id>()(std::this_thread::get_id()) * 0x9E3779B97F4A7C15ULL;
  return static_cast<size_t>(mixed >> 32) % slots;
}

}  // namespace

LiveReleases::LiveReleases(ReleaseSet set)
    : current_(nullptr), owned_(std::make_unique<const ReleaseSet>(std::move(set))) {
  current_ = owned_.get();
}

// Why this is safe. All operations here but the release of a pin are sequentially consistent, so that they have one
// order. A reader counts itself and then loads the current set; a writer replaces the set and then looks at the
// counters. Had the reader loaded the replaced set, it was counted before the replacement, so that its counter is not
// seen at zero after it until the pin is released. Hence a set is free of readers once each counter was seen at zero
// after the set was replaced, at whatever moment each. Which of its two counters a reader takes does not matter to
// this.
LiveReleases::Pin LiveReleases::Get() const {
  Slot& slot = slots_[SlotOfThisThread(kSlots)];
  std::atomic<uint64_t>& pinned = slot.pinned[phase_.load(std::memory_order_relaxed) % kPhases];
  pinned.fetch_add(1);
  return Pin(current_.load(), &pinned);
}

void LiveReleases::Swap(ReleaseSet set) {
  auto next = std::make_unique<const ReleaseSet>(std::move(set));
  {
    const base::MutexLock lock(mutex_);
    current_.store(next.get());
    retired_.push_back({std::exchange(owned_, std::move(next)), {}});
  }
  Reclaim();
}

size_t LiveReleases::Reclaim() {
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

}  // namespace nosograph::snapshot
