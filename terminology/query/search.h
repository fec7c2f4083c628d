// Search: words as a coder, a clinician or a hurried typist writes them, to the concepts they mean.
//
// Looks into titles, inclusion terms, designations and what notes call a concept; each word may be a beginning, another
// form, a synonym or a misspelling; words of the ancestors count. Codes that are made of the code above them (7th
// characters) are shown under it. Thread-safe: keeps scratch memory between calls, which no two calls share.
//
//   ASSIGN_OR_RETURN(SearchAnswer answer, Search(set, {.text = "frac nec fem"}));
//   for (const SearchHit& hit : answer.hits) std::cout << hit.item.code() << "\n";
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "terminology/query/concept_ref.h"
#include "terminology/query/search_plan.h"
#include "terminology/snapshot/format.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::query {

// Whether made codes stand under the code that they are made of, as one hit with their number.
enum class Fold : uint8_t {
  kWhenMany,  // unless all that was found fits on the page
  kAlways,
  kNever,
};

inline constexpr size_t kLongestQuery = 1'000;  // bytes
inline constexpr uint32_t kMostHits = 1'000;    // of one page
inline constexpr uint32_t kUsualHits = 20;

struct SearchQuery {
  absl::string_view text;
  absl::string_view system = {};  // canonical URI; empty for all that are loaded
  snapshot::ReleaseSelector release = {};
  bool with_extensions = true;   // also in what extends the system; its codes are none of the system's
  bool billable_only = false;    // a header that is called what is asked stands for its billable codes then
  absl::string_view under = {};  // a code, block or chapter: only what is below it, and itself
  Fold fold = Fold::kWhenMany;
  uint32_t count = kUsualHits;
  absl::string_view page_token = {};  // of the answer before; the rest of the query is to be the same
};

// "exact", "stem", "prefix", "synonym", "spelling"; empty for what is none.
absl::string_view MatchReasonName(MatchReason reason);
// "title", "inclusion term", "includes", "designation", "synonym", "reference"; empty for what is none.
absl::string_view TextKindName(snapshot::DocumentKind kind);

// A part of a text that matched a word of the query.
struct TextMatch {
  uint32_t begin;  // bytes of SearchHit::text
  uint32_t end;
  uint32_t query_begin;  // bytes of SearchQuery::text
  uint32_t query_end;
  MatchReason reason;
};

struct SearchHit {
  ConceptRef item;
  snapshot::DocumentKind kind;  // which of its texts matched best
  std::string text;             // that text; of a billable code perhaps what a header above it is called
  std::vector<TextMatch> matches;
  float score;
  // How many codes below it the hit stands for; 0 where it stands for itself alone.
  uint32_t folded_codes = 0;
};

// A word of the query that no text has, and what it was read as in the best hit.
struct Correction {
  std::string written;
  std::string read_as;
};

struct SearchAnswer {
  std::vector<SearchHit> hits;
  uint32_t total = 0;                // hits on all pages
  std::string next_page_token = {};  // empty on the last page
  std::vector<Correction> corrections = {};
  std::vector<const snapshot::Release*> releases = {};  // that were searched
};

// Errors: InvalidArgument for text that is not UTF-8, is longer than kLongestQuery or has neither letter nor digit, for
// a page that holds none or more than kMostHits, for `under` that is no code, and for a page token of another query or
// release; those of ScopesOf. That nothing is found is an answer.
absl::StatusOr<SearchAnswer> Search(const snapshot::ReleaseSet& set, const SearchQuery& query);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_H_
