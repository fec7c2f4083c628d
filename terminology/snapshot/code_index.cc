#include "terminology/snapshot/code_index.h"

#include <algorithm>
#include <limits>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::snapshot {
namespace {

constexpr uint32_t kKeysABucket = 4;
constexpr uint32_t kSlotsAFreeOne = 50;
constexpr uint32_t kFreeSlots = 8;  // at least, so that small systems are quick to place
// Of a billion random codes no bucket of four on average comes near this.
constexpr uint32_t kMostKeysABucket = 48;
constexpr int kDoublings = 3;
constexpr uint64_t kSeeds = 16;

// The keys of each bucket, one bucket behind the other, and the buckets from the fullest to the emptiest.
struct Buckets {
  std::vector<uint32_t> begin;    // by bucket, and one behind
  std::vector<uint32_t> members;  // indices of codes
  std::vector<uint32_t> order;
  uint32_t largest = 0;
};

Buckets Distribute(const std::vector<uint64_t>& mixed, uint32_t count) {
  Buckets buckets{std::vector<uint32_t>(count + 1), std::vector<uint32_t>(mixed.size()), std::vector<uint32_t>(count),
                  0};
  for (const uint64_t key : mixed) ++buckets.begin[BucketOf(key, count) + 1];
  uint32_t& largest = buckets.largest;
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

// Errors when two keys are the same.
absl::Status CheckKeys(const std::vector<absl::string_view>& codes, const std::vector<uint64_t>& keys) {
  std::vector<uint64_t> sorted = keys;
  std::sort(sorted.begin(), sorted.end());
  const auto same = std::adjacent_find(sorted.begin(), sorted.end());
  if (same == sorted.end()) return absl::OkStatus();
  const auto first = std::find(keys.begin(), keys.end(), *same);
  const auto second = std::find(first + 1, keys.end(), *same);
  const absl::string_view a = codes[static_cast<size_t>(first - keys.begin())];
  const absl::string_view b = codes[static_cast<size_t>(second - keys.begin())];
  if (a == b) {
    return absl::InvalidArgumentError(absl::StrCat("code ", base::Excerpt(a), " stands twice; remove one of the two"));
  }
  return absl::InvalidArgumentError(absl::StrCat("codes ", base::Excerpt(a), " and ", base::Excerpt(b),
                                                 " cannot be told apart by their hash; give one another code"));
}

}  // namespace

uint64_t HashedCodeKey(absl::string_view code) {
  constexpr uint64_t kHashBits = (uint64_t{1} << 48) - 1;
  const uint64_t length = std::min(code.size(), kLongestKnown + 1);  // beyond: not known
  return (Checksum(code) & kHashBits) | length << 48 | kHashedKeys << 56;
}

absl::StatusOr<CodeIndex> BuildCodeIndex(const std::vector<absl::string_view>& codes) {
  const auto count = static_cast<uint32_t>(codes.size());
  std::vector<uint64_t> keys(count);
  for (uint32_t i = 0; i < count; ++i) keys[i] = CodeKey(codes[i]);
  RETURN_IF_ERROR(CheckKeys(codes, keys));

  CodeIndex index;
  const uint32_t bucket_count = count / kKeysABucket + 1;
  std::vector<uint64_t> mixed(count);
  std::vector<uint32_t> slot_of(count);
  for (uint64_t attempt = 0; attempt < kSeeds; ++attempt) {
    // From the codes themselves: who changes them to fit the seed changes the seed.
    index.seed = attempt == 0 ? 0
                              : attempt + Checksum(absl::string_view(reinterpret_cast<const char*>(keys.data()),
                                                                     keys.size() * sizeof(uint64_t)));
    for (uint32_t i = 0; i < count; ++i) mixed[i] = MixKey(keys[i] ^ index.seed);
    const Buckets buckets = Distribute(mixed, bucket_count);
    if (buckets.largest > kMostKeysABucket) continue;
    uint32_t free = count / kSlotsAFreeOne + kFreeSlots;
    for (int doubling = 0; doubling <= kDoublings; ++doubling, free *= 2) {
      index.pilots.assign(bucket_count, 0);
      index.slots.assign(count + free, IndexSlot{0, 0, kNone});
      if (!Place(mixed, buckets, index, slot_of)) continue;
      for (uint32_t i = 0; i < count; ++i) {
        index.slots[slot_of[i]] = {static_cast<uint32_t>(keys[i]), static_cast<uint32_t>(keys[i] >> 32), i};
      }
      return index;
    }
  }
  return absl::InvalidArgumentError("the codes fall on each other whatever the hash; are they made for that?");
}

}  // namespace nosograph::snapshot
