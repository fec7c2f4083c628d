// The rows of an answer to a search, and how a long list of them becomes one to go down into.
//
// Thread-safe: functions without state; the rows are the caller's.
//
//   const Gathering gathering = GatherRows(20, rows);
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_GATHER_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_GATHER_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "terminology/query/concept_ref.h"
#include "terminology/query/search_one.h"
#include "terminology/snapshot/format.h"

namespace nosograph::query {

struct SearchRow {
  ConceptRef item{};
  const SearchOne* search = nullptr;  // null where the code itself was asked
  uint32_t document = 0;
  float score = 0;
  bool whole = false;
  MadeCodes made = {};
  bool above_complete = false;          // as of FoundConcept
  uint32_t gathered = snapshot::kNone;  // the concept that stands for this row and others below it
  uint32_t gathered_codes = 0;
};

struct Gathering {
  // Concepts that stand for others, by release and index: what is found of them elsewhere is not shown again.
  absl::flat_hash_set<std::pair<const snapshot::Release*, uint32_t>> stand_for_others = {};
  uint32_t fewer = 0;  // hits
};

// Where more rows answer the whole query than a page holds, the best stay as they are, and the others are gathered
// under the concept right above them, those first that hold the most.
Gathering GatherRows(size_t page, std::vector<SearchRow>& given);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_GATHER_H_
