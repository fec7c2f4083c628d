// A concept and the release that has it.
//
// A plain value that refers into a release set: keep the set as long. Thread-safe as the snapshot is.
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_CONCEPT_REF_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_CONCEPT_REF_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::query {

struct ConceptRef {
  const snapshot::Release* release;
  uint32_t item;

  const snapshot::Snapshot& snapshot() const { return *release->snapshot; }
  absl::string_view code() const { return snapshot().code(item); }
  absl::string_view title() const { return snapshot().title(item); }
  bool billable() const { return snapshot().billable(item); }
  bool inactive() const { return snapshot().inactive(item); }
  bool abstract() const { return snapshot().abstract(item); }
  // Of an edition of ICD, which knows headers and billable codes.
  bool classified() const { return snapshot().kind(item) != model::ConceptKind::kConcept; }
  bool of_extension() const { return !snapshot().extends().empty(); }

  friend bool operator==(const ConceptRef&, const ConceptRef&) = default;
};

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_CONCEPT_REF_H_
