// What a value set holds: parts of code systems.
//
// A plain value. Thread-safe once made.
//
//   ASSIGN_OR_RETURN(const ValueSet value_set, ReadValueSet(set, parameters));
//   if (Holds(set, value_set, item)) ...
#ifndef NOSOGRAPH_SERVICE_REST_VALUE_SET_H_
#define NOSOGRAPH_SERVICE_REST_VALUE_SET_H_

#include <re2/re2.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "service/rest/system_versions.h"
#include "terminology/fhir/parameters.h"
#include "terminology/query/concept_ref.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::rest {

// One filter of an include (FHIR R5 ValueSet.compose.include.filter). Immutable once made.
struct Filter {
  std::string property;
  std::string op;
  std::string value;
  absl::flat_hash_set<std::string> values = {};     // of in and not-in
  std::shared_ptr<const RE2> expression = nullptr;  // of regex, which is matched in linear time
};

struct ValueSet;

// Codes of one system: all, those listed, or those that pass filters; and of value sets that are imported. Where
// several are said, what all say.
struct Include {
  std::string system = {};   // empty where value sets alone are imported
  std::string version = {};  // as parameters of the request have it, and with wildcards perhaps
  std::string stated = {};   // as the include has it
  VersionOrigin origin = VersionOrigin::kNone;
  std::vector<std::string> codes = {};                        // in the order that they are listed, each once
  absl::flat_hash_map<std::string, std::string> listed = {};  // the same, with the display that is given, if any
  std::vector<Filter> filters = {};
  std::vector<std::shared_ptr<const ValueSet>> imports = {};
};

struct ValueSet {
  std::string url = {};
  std::string version = {};
  std::string name = {};
  std::string language = {};  // in which displays are wanted, unless a request says otherwise
  std::string status = {};
  bool experimental = false;
  std::string resource = {};  // JSON, as it was sent; empty for an implicit one
  bool contained = false;     // in the resource that imports it
  bool inactive = true;       // whether what is inactive is in it (compose.inactive)
  std::vector<Include> includes = {};
  std::vector<Include> excludes = {};

  // "URL|VERSION", or the URL alone.
  std::string canonical() const { return version.empty() ? url : url + "|" + version; }
};

inline constexpr size_t kMostParts = 100;

// How deep value sets may import each other.
inline constexpr size_t kDeepestImport = 50;
// How many imports there may be, through others too: each is asked about each concept.
inline constexpr size_t kMostImports = 200;

// Of `url` or `valueSet`, among what the request brings (tx-resource) and what is implicit in what is loaded. Errors:
// NotFound for a canonical that is not known, InvalidArgument for what is no value set or imports itself, Unimplemented
// for a composition that is not understood, which is never passed over, and ResourceExhausted for one with more than
// kMostParts includes and excludes, or filters of one, or imports deeper than kDeepestImport or more than kMostImports.
absl::StatusOr<ValueSet> ReadValueSet(const snapshot::ReleaseSet& set, const fhir::Parameters& parameters);

// The release of an include. Errors: NotFound, told as FHIR does, for a system or version that is not there.
absl::StatusOr<const snapshot::Release*> ReleaseOf(const snapshot::ReleaseSet& set, const Include& include);

// Calls `take` for each concept, in the order of the system, until it says false. Errors: as of ReleaseOf.
absl::Status ForEach(const snapshot::ReleaseSet& set, const ValueSet& value_set,
                     const std::function<bool(const query::ConceptRef& item)>& take);

// The display that the value set gives a concept; empty where it gives none.
absl::string_view DisplayIn(const ValueSet& value_set, const query::ConceptRef& item);

// The code systems that the value set and its imports speak of, each release once.
std::vector<const snapshot::Release*> ReleasesOf(const snapshot::ReleaseSet& set, const ValueSet& value_set);
// The value sets that it imports, also through others, each once.
std::vector<const ValueSet*> ImportsOf(const ValueSet& value_set);

// Whether the value set has the concept.
bool Holds(const snapshot::ReleaseSet& set, const ValueSet& value_set, const query::ConceptRef& item);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_VALUE_SET_H_
