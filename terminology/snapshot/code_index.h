// From a code to its concept in one step: a minimal-ish perfect hash over the codes of a snapshot.
//
// A code of at most eight bytes, and a number as long as most of SNOMED CT's, is its own key, packed into 64 bits, so
// that a hit needs no look at the text; a longer one is hashed. A bucket's pilot picks the hash that gives each of its
// keys a slot of its own ("hash and displace": Belazzougui, Botelho, Dietzfelbinger, ESA 2009; the pilots as in PTHash:
// Pibiri, Trani, SIGIR 2021). 12 bytes a slot, 98 % of the slots taken, two bytes a bucket of four: 12.8 bytes a code.
// Codes that crowd into few buckets, as only codes chosen to do so will, are spread by a seed of their own. All of this
// is part of the file format.
//
// Thread-safe: functions without state. Views refer into the snapshot.
//
//   ASSIGN_OR_RETURN(CodeIndex index, BuildCodeIndex(codes));
//   CodeIndexView view{index.seed, index.pilots, index.slots};
//   std::optional<CodeIndexView::Found> candidate = view.Find("L94.2");
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_CODE_INDEX_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_CODE_INDEX_H_

#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "terminology/snapshot/checksum.h"
#include "terminology/snapshot/format.h"

namespace nosograph::snapshot {

inline constexpr size_t kPackedCodeBytes = 8;

// The highest byte of the key of a hashed code, which no UTF-8 has; below it stand the length, as far as it is known,
// and 48 bits of hash.
inline constexpr uint64_t kHashedKeys = 0xFF;
inline constexpr size_t kLongestKnown = 0xFE;

// Out of line: it would crowd the registers of who looks short codes up.
uint64_t HashedCodeKey(absl::string_view code);

// Whether a code is told by its key alone.
inline bool IsExact(uint64_t key) { return key >> 56 != kHashedKeys; }

inline uint64_t CodeKey(absl::string_view code) {
  const char* data = code.data();
  const size_t size = code.size();
  if (size > kPackedCodeBytes) return HashedCodeKey(code);
  if (size >= 4) {  // two loads that may overlap: what they share is the same
    uint32_t head;
    uint32_t tail;
    std::memcpy(&head, data, 4);
    std::memcpy(&tail, data + size - 4, 4);
    return head | uint64_t{tail} << (8 * (size - 4));
  }
  if (size == 0) return 0;
  const auto byte = [&](size_t at) { return uint64_t{static_cast<unsigned char>(data[at])} << (8 * at); };
  return byte(0) | byte(size / 2) | byte(size - 1);
}

inline uint64_t MixKey(uint64_t key) {
  key ^= key >> 32;
  key *= 0x9E3779B97F4A7C15ULL;
  return key ^ (key >> 29);
}

// A number below `range`, from the upper half of a hash.
inline uint32_t ReduceHash(uint64_t hash, uint32_t range) {
  return static_cast<uint32_t>(((hash >> 32) * range) >> 32);
}

inline uint32_t BucketOf(uint64_t mixed, uint32_t buckets) {
  return ReduceHash(mixed * 0xD6E8FEB86659FD93ULL, buckets);
}

inline uint32_t SlotOf(uint64_t mixed, uint16_t pilot, uint32_t slots) {
  const uint64_t pilot_hash = (pilot + uint64_t{1}) * 0xA0761D6478BD642FULL;
  return ReduceHash((mixed ^ pilot_hash) * 0xC2B2AE3D27D4EB4FULL, slots);
}

struct CodeIndex {
  uint64_t seed = 0;
  std::vector<uint16_t> pilots;
  std::vector<IndexSlot> slots;
};

// None of `codes` is empty. Errors: InvalidArgument when two are the same; when two beyond eight bytes have the same
// key, so that they cannot stand in one snapshot (once in 2^56); when they cannot be placed, which takes codes made for
// it.
absl::StatusOr<CodeIndex> BuildCodeIndex(const std::vector<absl::string_view>& codes);

struct CodeIndexView {
  uint64_t seed = 0;
  absl::Span<const uint16_t> pilots;
  absl::Span<const IndexSlot> slots;

  struct Found {
    uint32_t item;
    bool exact;  // else another code may have the same key, so that the caller compares the text
  };

  // The only concept that may have this code.
  std::optional<Found> Find(absl::string_view code) const {
    if (slots.empty() || pilots.empty() || code.empty() || code.back() == '\0') return std::nullopt;
    const uint64_t key = CodeKey(code);
    if (code.size() == kPackedCodeBytes && key >> 56 == kHashedKeys) return std::nullopt;  // no UTF-8
    const uint64_t mixed = MixKey(key ^ seed);
    const uint16_t pilot = pilots[BucketOf(mixed, static_cast<uint32_t>(pilots.size()))];
    const IndexSlot& slot = slots[SlotOf(mixed, pilot, static_cast<uint32_t>(slots.size()))];
    if (slot.key_low != static_cast<uint32_t>(key) || slot.key_high != static_cast<uint32_t>(key >> 32)) {
      return std::nullopt;
    }
    return Found{slot.item, IsExact(key)};
  }
};

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_CODE_INDEX_H_
