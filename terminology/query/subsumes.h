// Is one code the other's ancestor. Constant time, whatever the depth; with several parents a binary search.
//
// Thread-safe: a function without state over an immutable set.
//
//   ASSIGN_OR_RETURN(Subsumption answer, Subsumes(set, {.code_a = "L94", .code_b = "L94.21"}));
//   // answer.relation == Relation::kSubsumes
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_SUBSUMES_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_SUBSUMES_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "terminology/query/resolve.h"
#include "terminology/query/scope.h"

namespace nosograph::query {

// The outcomes of FHIR's CodeSystem $subsumes, and what it answers with an error: a code that there is not, and one of
// which that cannot be told, because its system is not loaded, or only an excerpt of it.
enum class Relation { kEquivalent, kSubsumes, kSubsumedBy, kNotSubsumed, kUnknownCode, kUndetermined };

// "equivalent", "subsumes", "subsumed-by", "not-subsumed", "unknown-code", "undetermined".
absl::string_view RelationName(Relation relation);

struct SubsumesQuery {
  absl::string_view system = {};  // canonical URI; empty for whatever has the codes
  absl::string_view code_a;
  absl::string_view code_b;
  snapshot::ReleaseSelector release = {};
  Form form = Form::kLenient;
};

struct Subsumption {
  Relation relation = Relation::kUnknownCode;
  std::optional<ConceptRef> a = {};  // absent where there is no such code
  std::optional<ConceptRef> b = {};
  const snapshot::Release* release = nullptr;  // what was asked first: the published release, or the extension
};

// Whether a concept stands below another of its snapshot, and is a kind of it: what is part of another thing is none
// (FHIR R5 CodeSystem.hierarchyMeaning).
bool IsKindOf(const ConceptRef& item, uint32_t above);

// Between two concepts of one scope.
Relation RelationOf(const Scope& scope, const ConceptRef& a, const ConceptRef& b);

// Errors: those of ScopesOf and CheckCodeLength.
absl::StatusOr<Subsumption> Subsumes(const snapshot::ReleaseSet& set, const SubsumesQuery& query);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_SUBSUMES_H_
