// What a value set holds: parts of code systems.
//
// A plain value. Thread-safe once made.
//
//   ASSIGN_OR_RETURN(const ValueSet value_set, ReadValueSet(set, parameters));
//   if (Holds(set, value_set, item)) ...
#ifndef NOSOGRAPH_SERVICE_REST_VALUE_SET_H_
#define NOSOGRAPH_SERVICE_REST_VALUE_SET_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "terminology/fhir/parameters.h"
#include "terminology/query/concept_ref.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::rest {

// Codes of one system: all, those listed, or those below a code; where several are said, what all say.
struct Include {
  std::string system;
  std::string version = {};
  std::vector<std::string> codes = {};           // in the order that they are listed, each once
  absl::flat_hash_set<std::string> listed = {};  // the same
  struct Below {
    std::string code;
    bool itself;  // is-a; else descendent-of
  };
  std::vector<Below> below = {};
};

struct ValueSet {
  std::string url = {};
  std::string version = {};
  std::string name = {};
  std::string resource = {};  // as it was posted; empty for an implicit one
  std::vector<Include> includes = {};
  std::vector<Include> excludes = {};
};

inline constexpr size_t kMostParts = 100;

// Of `url` or `valueSet`. Errors: NotFound for a canonical that is not known, InvalidArgument for what is no value set,
// Unimplemented for a composition that is not understood, which is never passed over, and ResourceExhausted for one
// with more than kMostParts includes and excludes, or filters of one.
absl::StatusOr<ValueSet> ReadValueSet(const snapshot::ReleaseSet& set, const fhir::Parameters& parameters);

// The release of an include. Errors: those of ReleaseSet::Select.
absl::StatusOr<const snapshot::Release*> ReleaseOf(const snapshot::ReleaseSet& set, const Include& include);

// Calls `take` for each concept, in the order of the system, until it says false. Errors: as of ReleaseOf.
absl::Status ForEach(const snapshot::ReleaseSet& set, const ValueSet& value_set,
                     const std::function<bool(const query::ConceptRef& item)>& take);

// Whether the value set has the concept.
bool Holds(const snapshot::ReleaseSet& set, const ValueSet& value_set, const query::ConceptRef& item);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_VALUE_SET_H_
