// What a value set holds: parts of code systems.
//
// A plain value. Thread-safe once made.
//
//   ASSIGN_OR_RETURN(const ValueSet value_set, ReadValueSet(set, parameters, Purpose::kValidation));
//   if (Holds(set, value_set, item)) ...
#ifndef NOSOGRAPH_SERVICE_REST_VALUE_SET_H_
#define NOSOGRAPH_SERVICE_REST_VALUE_SET_H_

#include <re2/re2.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "service/rest/system_versions.h"
#include "terminology/fhir/parameters.h"
#include "terminology/model/code_system.h"
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

// What a value set says of a concept that it lists (FHIR R5 ValueSet.compose.include.concept).
struct ListedConcept {
  std::string display = {};
  std::string extensions = {};  // FHIR extensions, a JSON list; empty for none
  bool deprecated = false;      // as they say
  std::vector<model::Designation> designations = {};
};

// Codes of one system: all, those listed, or those that pass filters; and of value sets that are imported. Where
// several are said, what all say.
struct Include {
  std::string system = {};   // empty where value sets alone are imported
  std::string version = {};  // as parameters of the request have it, and with wildcards perhaps
  std::string stated = {};   // as the include has it
  VersionOrigin origin = VersionOrigin::kNone;
  std::vector<std::string> codes = {};                          // in the order that they are listed, each once
  absl::flat_hash_map<std::string, ListedConcept> listed = {};  // the same, with what is said of them
  std::vector<Filter> filters = {};
  std::vector<std::shared_ptr<const ValueSet>> imports = {};
};

struct ValueSet {
  std::string url = {};
  std::string version = {};
  std::string name = {};
  std::string language = {};  // in which displays are wanted, unless a request says otherwise
  std::string status = {};
  std::string standards_status = {};  // "deprecated", "withdrawn" ...: of the extension of that name
  bool experimental = false;
  std::string resource = {};  // JSON, as it was sent; empty for an implicit one
  bool contained = false;     // in the resource that imports it
  bool pinned = false;        // its version is that of default-valueset-version
  bool inactive = true;       // whether what is inactive is in it (compose.inactive)
  // Whether a code of several versions of its system counts once, the latest, and is excluded whatever the version.
  std::optional<bool> versions_match = {};
  std::vector<Include> includes = {};
  std::vector<Include> excludes = {};

  // Unless it is said, excluding a code means all of its versions.
  bool merges() const { return versions_match.value_or(!excludes.empty()); }

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
// `purpose` is how what is missing is told.
enum class Purpose { kExpansion, kValidation };
absl::StatusOr<ValueSet> ReadValueSet(const snapshot::ReleaseSet& set, const fhir::Parameters& parameters,
                                      Purpose purpose);

// The release of an include. Errors: NotFound, told as FHIR does, for a system or version that is not there.
absl::StatusOr<const snapshot::Release*> ReleaseOf(const snapshot::ReleaseSet& set, const Include& include);

// Calls `take` for each concept, in the order of the system, until it says false. Errors: as of ReleaseOf.
absl::Status ForEach(const snapshot::ReleaseSet& set, const ValueSet& value_set,
                     const std::function<bool(const query::ConceptRef& item)>& take);

// What the value set, or else one that it imports, says of a concept that it lists; null where it does not list it.
const ListedConcept* ListedIn(const ValueSet& value_set, const query::ConceptRef& item);

// "URL|VERSION" of a code system, or the URL alone where it has no version.
std::string CanonicalOf(const snapshot::Release& release);

// The code systems that the value set and its imports speak of, each release once.
std::vector<const snapshot::Release*> ReleasesOf(const snapshot::ReleaseSet& set, const ValueSet& value_set);
// The value sets that it imports, also through others, each once.
std::vector<const ValueSet*> ImportsOf(const ValueSet& value_set);

// Whether the value set has the concept.
bool Holds(const snapshot::ReleaseSet& set, const ValueSet& value_set, const query::ConceptRef& item);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_VALUE_SET_H_
