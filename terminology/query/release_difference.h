// What changed between two releases of a code system, and what became of a code.
//
// Thread-safe: functions without state. Results refer into the releases.
//
//   for (const Change& change : Difference(*older, *newer)) std::cout << change.code();
//   std::vector<ConceptRef> now = Successors(*older, *older_item, *newer);
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_RELEASE_DIFFERENCE_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_RELEASE_DIFFERENCE_H_

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "terminology/query/concept_ref.h"

namespace nosograph::query {

struct Change {
  enum class Kind { kAdded, kRemoved, kBillableToHeader, kHeaderToBillable, kRetitled };

  Kind kind;
  std::optional<ConceptRef> from;  // absent for kAdded
  std::optional<ConceptRef> to;    // absent for kRemoved

  absl::string_view code() const { return to ? to->code() : from->code(); }
};

inline constexpr std::array kChangeKinds = {Change::Kind::kAdded, Change::Kind::kRemoved,
                                            Change::Kind::kBillableToHeader, Change::Kind::kHeaderToBillable,
                                            Change::Kind::kRetitled};

// Codes alone, not the blocks and chapters of ICD. Each code once, by its weightiest change: of one that became a
// header the two titles may differ too. A title that the other release knows as a further name is the same one. Order:
// by kind, then as in the newer release (the older one for what was removed).
std::vector<Change> Difference(const snapshot::Release& from, const snapshot::Release& to);

// The billable codes of `to` that a code of `from` became, as far as the two releases can tell, best first, at most
// `limit`: the code itself; else what stands below it now; else a code added since with the same title; else the codes
// added since under its nearest ancestor that is still there, those with the same 7th character first. Empty when none
// can be told.
std::vector<ConceptRef> Successors(const ConceptRef& retired, const snapshot::Release& to, size_t limit);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_RELEASE_DIFFERENCE_H_
