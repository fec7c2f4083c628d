#include "terminology/query/search_blocks.h"

#include <algorithm>
#include <cstring>

// The choice is made by the loader, before the run time of a sanitizer stands.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define NOSOGRAPH_WIDE __attribute__((target_clones("default", "avx2")))
#else
#define NOSOGRAPH_WIDE
#endif

namespace nosograph::query {

NOSOGRAPH_WIDE void RaiseTo(uint8_t* qualities, size_t count, uint8_t least) {
  for (size_t i = 0; i < count; ++i) qualities[i] = std::max(qualities[i], least);
}

NOSOGRAPH_WIDE void AddToOption(uint8_t* __restrict of_atom, uint8_t* __restrict of_option, uint16_t part) {
  // Sixteen bits hold the products.
  for (uint32_t i = 0; i < kBlock; ++i) {
    of_option[i] = static_cast<uint8_t>(of_option[i] + (static_cast<uint16_t>(of_atom[i] * part) >> 8));
    of_atom[i] = 0;
  }
}

NOSOGRAPH_WIDE void RaiseToOption(uint8_t* __restrict of_option, uint8_t* __restrict of_slot) {
  for (uint32_t i = 0; i < kBlock; ++i) {
    of_slot[i] = std::max(of_slot[i], of_option[i]);
    of_option[i] = 0;
  }
}

NOSOGRAPH_WIDE int16_t AddToCover(uint8_t* __restrict of_slot, int16_t* __restrict covered, uint8_t* __restrict slots,
                                  uint16_t part, uint8_t found) {
  int16_t most = 0;
  for (uint32_t i = 0; i < kBlock; ++i) {
    covered[i] = static_cast<int16_t>(covered[i] + (static_cast<uint16_t>(of_slot[i] * part) >> 2));
    most = std::max(most, covered[i]);
    slots[i] = static_cast<uint8_t>(slots[i] + (of_slot[i] >= found ? 1 : 0));
    of_slot[i] = 0;
  }
  return most;
}

NOSOGRAPH_WIDE void ClearCover(int16_t* __restrict covered, uint8_t* __restrict slots) {
  // In pieces of a wide register: a whole block becomes a string instruction, which takes long to begin.
  constexpr uint32_t kPiece = 32;
  for (uint32_t i = 0; i < kBlock; i += kPiece) {
    std::memset(slots + i, 0, kPiece);
    std::memset(covered + i, 0, kPiece);
    std::memset(covered + i + kPiece / 2, 0, kPiece);
  }
}

NOSOGRAPH_WIDE uint32_t AtLeast(const int16_t* covered, int16_t least) {
  uint32_t found = 0;
  for (uint32_t i = 0; i < kGroup; ++i) found |= static_cast<uint32_t>(covered[i] >= least) << i;
  return found;
}

NOSOGRAPH_WIDE uint32_t HaveLetters(const uint32_t* sets, uint32_t wanted) {
  uint32_t found = 0;
  for (uint32_t i = 0; i < kGroup; ++i) found |= static_cast<uint32_t>((sets[i] & wanted) == wanted) << i;
  return found;
}

}  // namespace nosograph::query
