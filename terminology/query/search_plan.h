// What a search asks, read against one text index: which terms each word may mean, and how well they mean it.
//
// An atom is one word with its readings: the term itself, terms of its stem, terms that begin with it, terms that it
// may be a misspelling of. A slot is what the query asks for once: a word or a phrase, as it stands or as a synonym of
// it, each an option of atoms. Not thread-safe while it is made; then plain values.
//
//   const Plan plan = MakePlan(index, base::WordsOf("heart attack"), stemmer);
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_PLAN_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "terminology/base/words.h"
#include "terminology/snapshot/text_index.h"

namespace nosograph::query {

// How a word of a text came to match. In the order of how well it does.
enum class MatchReason : uint8_t { kExact, kStem, kPrefix, kSynonym, kSpelling };

struct Reading {
  uint32_t term;
  uint8_t quality;  // 255 is the word itself
  MatchReason reason;
};

struct Atom {
  std::string word = {};  // folded
  uint32_t begin = 0;     // bytes of the query that it was read from; of a synonym those of the phrase
  uint32_t end = 0;
  absl::InlinedVector<Reading, 6> readings = {};
  uint32_t postings = 0;  // how many documents the readings have together, counted by term
  uint8_t weight = 0;     // snapshot::TermWeight
  bool known = false;     // a term, or of the stem of one
};

struct Option {
  absl::InlinedVector<uint32_t, 4> atoms;
  uint8_t quality;
};

struct Slot {
  absl::InlinedVector<Option, 2> options;
  uint32_t weight = 0;
  bool little = false;  // "of", "the": ranks, but selects nothing
};

struct Plan {
  std::vector<Atom> atoms;
  std::vector<Slot> slots;
};

// The most words that a query is read to; further ones count for nothing.
inline constexpr size_t kMostQueryWords = 32;

Plan MakePlan(const snapshot::TextIndexView& index, const std::vector<base::Word>& words, base::Stemmer& stemmer);

// Adds to the atoms of the query's words what they may be misspelled from: those that no term begins with, or with
// `all` also those that are no word. Whether any was added.
bool AddSpellings(const snapshot::TextIndexView& index, bool all, Plan& plan);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_PLAN_H_
