// The baseline of lookup: a bare perfect hash over packed codes. It takes for granted that every code asked is there
// and packs into eight bytes, and compares nothing.
#ifndef NOSOGRAPH_TESTS_BENCH_PERFECT_HASH_H_
#define NOSOGRAPH_TESTS_BENCH_PERFECT_HASH_H_

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "absl/strings/string_view.h"
#include "terminology/snapshot/code_index.h"

namespace nosograph::bench {

// At most eight characters in a number, by the engine's own packing.
inline uint64_t Pack(absl::string_view code) { return snapshot::CodeKey(code); }

class PerfectHash {
 public:
  explicit PerfectHash(const std::vector<uint64_t>& keys)
      : buckets_(static_cast<uint32_t>(keys.size() / 4 + 1)), slots_(static_cast<uint32_t>(keys.size() * 51 / 50 + 8)) {
    pilots_.assign(buckets_, 0);
    slots_of_.assign(slots_, {0, 0, 0});
    std::vector<std::vector<uint32_t>> members(buckets_);
    for (uint32_t i = 0; i < keys.size(); ++i) members[Bucket(keys[i])].push_back(i);
    std::vector<uint32_t> order(buckets_);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return members[a].size() > members[b].size(); });
    std::vector<bool> taken(slots_, false);
    std::vector<uint32_t> placed;
    for (const uint32_t bucket : order) {
      for (uint32_t pilot = 0;; ++pilot) {
        placed.clear();
        for (const uint32_t i : members[bucket]) {
          const uint32_t slot = Slot(keys[i], pilot);
          if (taken[slot] || std::find(placed.begin(), placed.end(), slot) != placed.end()) break;
          placed.push_back(slot);
        }
        if (placed.size() != members[bucket].size()) continue;
        for (size_t k = 0; k < placed.size(); ++k) {
          taken[placed[k]] = true;
          const uint64_t key = keys[members[bucket][k]];
          slots_of_[placed[k]] = {static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32), members[bucket][k]};
        }
        pilots_[bucket] = static_cast<uint16_t>(pilot);
        break;
      }
    }
  }

  uint32_t Find(uint64_t key) const {
    const snapshot::IndexSlot& slot = slots_of_[Slot(key, pilots_[Bucket(key)])];
    return (slot.key_low | uint64_t{slot.key_high} << 32) == key ? slot.item : 0;
  }
  size_t bytes() const { return pilots_.size() * 2 + slots_of_.size() * sizeof(snapshot::IndexSlot); }

 private:
  static uint64_t Mix(uint64_t x) {
    x ^= x >> 32;
    x *= 0x9E3779B97F4A7C15ULL;
    return x ^ (x >> 29);
  }
  static uint32_t Reduce(uint64_t hash, uint32_t range) { return static_cast<uint32_t>(((hash >> 32) * range) >> 32); }
  uint32_t Bucket(uint64_t key) const { return Reduce(Mix(key) * 0xD6E8FEB86659FD93ULL, buckets_); }
  uint32_t Slot(uint64_t key, uint32_t pilot) const {
    return Reduce((Mix(key) ^ (pilot + uint64_t{1}) * 0xA0761D6478BD642FULL) * 0xC2B2AE3D27D4EB4FULL, slots_);
  }

  uint32_t buckets_;
  uint32_t slots_;
  std::vector<uint16_t> pilots_;
  std::vector<snapshot::IndexSlot> slots_of_;
};

}  // namespace nosograph::bench

#endif  // NOSOGRAPH_TESTS_BENCH_PERFECT_HASH_H_
