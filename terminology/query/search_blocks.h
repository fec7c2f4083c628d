// The arithmetic of a scan, a block of documents at a time: plain loops over bytes, which the compiler turns into
// vector instructions, on x86-64 the wider ones too, chosen when the program starts. Thread-safe: functions without
// state; the arrays of one call do not overlap.
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_BLOCKS_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_BLOCKS_H_

#include <cstddef>
#include <cstdint>

namespace nosograph::query {

inline constexpr uint32_t kBlock = 256;  // documents

// Raises `count` qualities to `least`.
void RaiseTo(uint8_t* qualities, size_t count, uint8_t least);

// Adds part/256 of what an atom found to what its option did, and clears the atom.
void AddToOption(uint8_t* of_atom, uint8_t* of_option, uint16_t part);

// Raises what a slot found to what an option of it did, and clears the option.
void RaiseToOption(uint8_t* of_option, uint8_t* of_slot);

// Adds part/4 of what a slot found to what is covered, counts the slot where it found `found` or more, and clears it.
// The most that is covered now.
int16_t AddToCover(uint8_t* of_slot, int16_t* covered, uint8_t* slots, uint16_t part, uint8_t found);

// Clears what is covered, and the slots that are counted.
void ClearCover(int16_t* covered, uint8_t* slots);

// Which of kGroup documents cover `least` or more: a bit for each, the first the lowest.
inline constexpr uint32_t kGroup = 32;
uint32_t AtLeast(const int16_t* covered, int16_t least);

// Which of kGroup sets of letters have all that are wanted: a bit for each, the first the lowest.
uint32_t HaveLetters(const uint32_t* sets, uint32_t wanted);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_BLOCKS_H_
