// The second pass of a search: how well a document answers the query, weighed word by word.
//
// Counts how much of the query the text covers, by itself and with what stands above it, how much of the text the query
// covers, the order and closeness of its words, what kind of text it is, and whether it is the text asked. Not
// thread-safe; refers into index, snapshot and plan.
//
//   Ranker ranker(snapshot, plan, scratch);
//   float score = ranker.Score(document).score;
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_RANK_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_RANK_H_

#include <cstdint>
#include <vector>

#include "terminology/query/search_plan.h"
#include "terminology/snapshot/snapshot.h"

namespace nosograph::query {

struct RankScratch {
  struct Mark {
    uint32_t next;  // mark of the same term, 0 for none
    uint16_t atom;
    uint8_t quality;
    MatchReason reason;
  };
  std::vector<uint32_t> first_mark;  // by term, 0 for none; all 0 between searches
  std::vector<uint64_t> marked;      // a bit for each term that has one, so that most words need no more than that
  std::vector<Mark> marks;
  std::vector<uint8_t> marked_tails;  // by tail, 1 where a reading is a word of it; all 0 between searches
};

struct Ranked {
  float score = 0;
  bool whole = false;  // the text, with what made codes add, answers every word of the query
  bool tail = false;   // some word of the query is only in what made codes add
};

class Ranker {
 public:
  Ranker(const snapshot::Snapshot& snapshot, const Plan& plan, RankScratch& scratch);
  ~Ranker();
  Ranker(const Ranker&) = delete;
  Ranker& operator=(const Ranker&) = delete;

  Ranked Score(uint32_t document);

  // How much of the query's weight is only in the tail of a made code of the document, 0 to 1.
  float TailShare(uint32_t document, uint32_t tail);

  // A word of a document that matched.
  struct WordMatch {
    uint32_t word;  // which of the document
    uint32_t atom;
    MatchReason reason;
  };
  std::vector<WordMatch> Matches(uint32_t document) const;

 private:
  // Weights of the words of a document that any atom finds.
  struct Mass {
    float matched = 0;       // each as far as it is found
    float nonessential = 0;  // of those among them that add nothing to the name
  };
  struct Best {
    uint8_t quality = 0;
    uint8_t position = 0;
  };

  bool IsMarked(uint32_t term) const {
    return term / 64 < scratch_.marked.size() && (scratch_.marked[term / 64] >> (term % 64) & 1) != 0;
  }
  // The best that each atom finds in a document. How much of it is found.
  Mass ReadWords(uint32_t document, std::vector<Best>& best) const;
  // What the slot finds in `best`, 0 to 1; the first position into `position`, 0 for a phrase, which may stand
  // anywhere.
  float SlotValue(const Slot& slot, const std::vector<Best>& best, int* position) const;
  // The best of what stands above: titles of ancestors, and of the concept itself for another text of it.
  void ReadAbove(uint32_t document, bool title);
  void ReadTails(uint32_t item);
  void MarkTails();

  const snapshot::Snapshot& snapshot_;
  const snapshot::TextIndexView& index_;
  const Plan& plan_;
  RankScratch& scratch_;
  bool any_tail_ = false;  // has a word that is a reading
  float asked_ = 0;        // sum of the slots' weights
  std::vector<Best> own_;
  std::vector<Best> above_;
  std::vector<Best> tails_;
  uint32_t above_document_ = snapshot::kNone;  // the title that `above_` begins with
};

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_RANK_H_
