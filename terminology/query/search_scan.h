// The first pass of a search: how much of the query each document of a text index covers, and the best of them.
//
// Word by word, the most telling first, into an array by document; once no document without the words so far can come
// near the best, only those with one of them are read on (Turtle and Flood, Information Processing & Management 1995).
// What a title says holds for all that is below it, somewhat less. A scratch serves one search at a time.
//
//   scan.Run(index, plan, scratch);
//   for (const Candidate& candidate : scratch.candidates) ...
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_SCAN_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_SCAN_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "terminology/query/search_plan.h"
#include "terminology/snapshot/text_index.h"

namespace nosograph::query {

struct Candidate {
  uint32_t document;
  float score;
  bool complete;        // every slot found it, or another text of its concept
  bool above_complete;  // the same of the concept right above
};

// Whether a concept may be found; null for any.
using AcceptItem = std::function<bool(uint32_t item)>;

// A range of documents.
struct DocumentRange {
  uint32_t begin = 0;
  uint32_t end = 0;
};

struct ScanScratch {
  std::vector<uint8_t> of_slot;    // by document: the best that the slot at hand found
  std::vector<uint8_t> of_option;  // the same for an option of several atoms
  std::vector<uint8_t> of_atom;
  std::vector<int16_t> covered;          // by document: how much of the query's weight, kWholeCover for all of it
  std::vector<uint8_t> slots;            // by document: how many slots found it
  std::vector<uint8_t> touched;          // by block
  std::vector<uint8_t> of_slot_touched;  // by block, of the slot at hand
  std::vector<int16_t> most;             // by block: the most that a document of it covers; of touched ones
  std::vector<Candidate> candidates;
};

inline constexpr int kWholeCover = 16'000;

struct ScanResult {
  uint32_t complete = 0;  // concepts in range with a document near the best that every slot found
};

// Leaves in `scratch.candidates` the `limit` documents in `range` that score best, in no order. All of the scratch's
// arrays are zero before and after.
ScanResult ScanDocuments(const snapshot::TextIndexView& index, const Plan& plan, DocumentRange range,
                         const AcceptItem& accept, size_t limit, ScanScratch& scratch);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_SCAN_H_
