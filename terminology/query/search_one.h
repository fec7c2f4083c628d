// One search in one snapshot: the concepts found, best first, and what of their texts matched.
//
// Not thread-safe; refers into the snapshot, the words and the scratch.
//
//   SearchOne search(snapshot, words, {0, snapshot.concept_count()}, nullptr, 20, scratch, scratch.rank.front());
//   for (const FoundConcept& found : search.found()) ...
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_ONE_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_ONE_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "terminology/base/words.h"
#include "terminology/query/search.h"
#include "terminology/query/search_plan.h"
#include "terminology/query/search_rank.h"
#include "terminology/query/search_scan.h"
#include "terminology/snapshot/snapshot.h"

namespace nosograph::query {

struct SearchScratch {
  ScanScratch scan;
  std::deque<RankScratch> rank;  // one for each snapshot of a search
  base::Stemmer stemmer;
};

struct ItemRange {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// Codes that are made of a concept: all of them, of the snapshot, or some.
class MadeCodes {
 public:
  MadeCodes() = default;
  explicit MadeCodes(absl::Span<const snapshot::MadeRecord> all) : all_(all) {}
  explicit MadeCodes(std::vector<uint32_t> some) : some_(std::move(some)) {}

  bool empty() const { return size() == 0; }
  size_t size() const { return some_.empty() ? all_.size() : some_.size(); }
  uint32_t operator[](size_t i) const { return some_.empty() ? all_[i].item : some_[i]; }

 private:
  absl::Span<const snapshot::MadeRecord> all_;
  std::vector<uint32_t> some_;
};

struct FoundConcept {
  uint32_t item;
  uint32_t document;  // the text of it that answers best
  float score;
  bool further;         // not weighed: stands behind all that were
  bool above_complete;  // the concept right above is found too, here or behind what was weighed
  bool whole;           // a text of it, with what made codes add, answers every word of the query
  MadeCodes made;       // those that the query is about where it says so
};

// Whether codes are made of the concept.
bool HasMade(const snapshot::Snapshot& snapshot, uint32_t item);
// Those, with their tails; empty where none are.
absl::Span<const snapshot::MadeRecord> MadeOf(const snapshot::Snapshot& snapshot, uint32_t item);

class SearchOne {
 public:
  // All that is found, or those that are best: then total() tells how many there are, and `wanted` of them are there at
  // least. What is given stands in the same order either way.
  SearchOne(const snapshot::Snapshot& snapshot, const std::vector<base::Word>& words, ItemRange range,
            const AcceptItem& accept, size_t wanted, bool all, SearchScratch& scratch, RankScratch& rank);

  // Once: what is found is handed over.
  std::vector<FoundConcept> TakeFound() { return std::move(found_); }
  uint32_t total() const { return total_; }

  const snapshot::Snapshot& snapshot() const { return snapshot_; }

  // Fills in which text matched and where. `made` is the code below the document's concept that the hit shows, kNone
  // for none.
  void Describe(uint32_t document, uint32_t made, SearchHit& hit) const;
  // What the document's words show to have been misspelled.
  void AddCorrections(uint32_t document, std::vector<Correction>& corrections) const;

 private:
  void Find(const AcceptItem& accept, DocumentRange range, size_t wanted, bool all);
  // `tail`: some word of the query is only in what made codes add.
  void FindMade(bool tail, FoundConcept& found);
  absl::string_view TextOf(uint32_t document) const;

  const snapshot::Snapshot& snapshot_;
  const snapshot::TextIndexView& index_;
  SearchScratch& scratch_;
  RankScratch& rank_;
  Plan plan_;
  std::unique_ptr<Ranker> ranker_;
  std::vector<FoundConcept> found_;
  uint32_t total_ = 0;
};

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_ONE_H_
