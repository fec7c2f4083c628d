#include "terminology/snapshot/code_index.h"

#include <algorithm>
#include <limits>

#include "absl/container/inlined_vector.h"

namespace nosograph::snapshot {
namespace {

constexpr uint32_t kKeysABucket = 4;
constexpr uint32_t kSlotsAFreeOne = 50;
constexpr uint32_t kFreeSlots = 8;  // at least, so that small systems are quick to place

// The keys of each bucket, one bucket behind the other, and the buckets from the fullest to the emptiest.
struct Buckets {
  std::vector<uint32_t> begin;    // by bucket, and one behind
  std::vector<uint32_t> members;  // indices of codes
  std::vector<uint32_t> order;
};

Buckets Distribute(const std::vector<uint64_t>& mixed, uint32_t count) {
  Buckets buckets{std::vector<uint32_t>(count + 1), std::vector<uint32_t>(mixed.size()), std::vector<uint32_t>(count)};
  for (const uint64_t key : mixed) ++buckets.begin[BucketOf(key, count) + 1];
  uint32_t largest = 0;
  for (uint32_t b = 0; b < count; ++b) {
    largest = std::max(largest, buckets.begin[b + 1]);
    buckets.begin[b + 1] += buckets.begin[b];
  }
  std::vector<uint32_t> next(buckets.begin.begin(), buckets.begin.end() - 1);
  for (uint32_t i = 0; i < mixed.size(); ++i) buckets.members[next[BucketOf(mixed[i], count)]++] = i;
  // Counting sort by size, the largest first; of one size in the order of the buckets.
  std::vector<uint32_t> place(largest + 2);
  const auto size_of = [&](uint32_t b) { return buckets.begin[b + 1] - buckets.begin[b]; };
  for (uint32_t b = 0; b < count; ++b) ++place[largest - size_of(b) + 1];
  for (uint32_t s = 0; s <= largest; ++s) place[s + 1] += place[s];
  for (uint32_t b = 0; b < count; ++b) buckets.order[place[largest - size_of(b)]++] = b;
  return buckets;
}

// False when a bucket finds no pilot: there are too few free slots.
bool Place(const std::vector<uint64_t>& mixed, const Buckets& buckets, CodeIndex& index,
           std::vector<uint32_t>& slot_of) {
  const auto slots = static_cast<uint32_t>(index.slots.size());
  std::vector<bool> taken(slots);
  absl::InlinedVector<uint32_t, 16> placed;
  for (const uint32_t bucket : buckets.order) {
    const uint32_t begin = buckets.begin[bucket];
    const uint32_t end = buckets.begin[bucket + 1];
    if (begin == end) break;  // the rest is empty
    uint32_t pilot = 0;
    for (;; ++pilot) {
      if (pilot > std::numeric_limits<uint16_t>::max()) return false;
      placed.clear();
      for (uint32_t i = begin; i < end; ++i) {
        const uint32_t slot = SlotOf(mixed[buckets.members[i]], static_cast<uint16_t>(pilot), slots);
        if (taken[slot] || std::find(placed.begin(), placed.end(), slot) != placed.end()) break;
        placed.push_back(slot);
      }
      if (placed.size() == end - begin) break;
    }
    index.pilots[bucket] = static_cast<uint16_t>(pilot);
    for (uint32_t i = begin; i < end; ++i) {
      taken[placed[i - begin]] = true;
      slot_of[buckets.members[i]] = placed[i - begin];
    }
  }
  return true;
}

}  // namespace

std::optional<CodeIndex> BuildCodeIndex(const std::vector<absl::string_view>& codes) {
  const auto count = static_cast<uint32_t>(codes.size());
  std::vector<uint64_t> keys(count);
  std::vector<uint64_t> mixed(count);
  bool hashed = false;
  for (uint32_t i = 0; i < count; ++i) {
    keys[i] = CodeKey(codes[i]);
    mixed[i] = MixKey(keys[i]);
    hashed |= codes[i].size() > kPackedCodeBytes;
  }
  if (hashed) {  // only hashed keys can be the same
    std::vector<uint64_t> sorted = keys;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return std::nullopt;
  }
  CodeIndex index;
  const uint32_t bucket_count = count / kKeysABucket + 1;
  const Buckets buckets = Distribute(mixed, bucket_count);
  std::vector<uint32_t> slot_of(count);
  for (uint32_t free = count / kSlotsAFreeOne + kFreeSlots;; free *= 2) {
    index.pilots.assign(bucket_count, 0);
    index.slots.assign(count + free, IndexSlot{0, 0, kNone});
    if (Place(mixed, buckets, index, slot_of)) break;
  }
  for (uint32_t i = 0; i < count; ++i) {
    index.slots[slot_of[i]] = {static_cast<uint32_t>(keys[i]), static_cast<uint32_t>(keys[i] >> 32), i};
  }
  return index;
}

}  // namespace nosograph::snapshot
