// What a value set holds: parts of code systems.
//
// A plain value. Thread-safe once made.
//
//   ASSIGN_OR_RETURN(const ValueSet value_set, ReadValueSet(content, parameters, versions, purpose));
//   if (Holds(set, value_set, item)) ...
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_VALUE_SET_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_VALUE_SET_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "terminology/fhir/parameters.h"
#include "terminology/operations/content.h"
#include "terminology/operations/system_versions.h"
#include "terminology/operations/value_set_definition.h"
#include "terminology/query/concept_ref.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::operations {

struct ValueSet;

// Codes of one system: all, those listed, or those that pass filters; and of value sets that are imported. Where
// several are said, what all say.
struct Include {
  std::shared_ptr<const IncludeDefinition> said;
  std::string version = {};  // as parameters of the request have it, and with wildcards perhaps
  VersionOrigin origin = VersionOrigin::kNone;
  std::vector<std::shared_ptr<const ValueSet>> imports = {};

  const std::string& system() const { return said->system; }  // empty where value sets alone are imported
  const std::string& stated() const { return said->version; }
  const std::vector<std::string>& codes() const { return said->codes; }
  const absl::flat_hash_map<std::string, ListedConcept>& listed() const { return said->listed; }
  const std::vector<Filter>& filters() const { return said->filters; }
};

struct ValueSet {
  std::string url = {};
  std::string version = {};
  std::shared_ptr<const ValueSetDefinition> definition = nullptr;  // null for an implicit one
  bool contained = false;                                          // in the resource that imports it
  bool pinned = false;                                             // its version is that of default-valueset-version
  std::vector<Include> includes = {};
  std::vector<Include> excludes = {};
  // Code systems that a request wants left out (exclude-system), and which version of each; empty for all. What is said
  // of them is not among the includes any more, neither here nor in what is imported.
  std::vector<std::pair<std::string, std::string>> left_out = {};

  const ValueSetDefinition& about() const {
    static const ValueSetDefinition kNothing;
    return definition == nullptr ? kNothing : *definition;
  }
  // Whether a code of several versions of its system counts once, the latest, and is excluded whatever the version.
  // Unless it is said, excluding a code means all of its versions.
  bool merges() const { return about().versions_match.value_or(!about().excludes.empty()); }
  // "URL|VERSION", or the URL alone.
  std::string canonical() const { return version.empty() ? url : url + "|" + version; }
};

// The parameter of $expand that leaves code systems out.
inline constexpr char kExcludeSystem[] = "exclude-system";

// How deep value sets may import each other.
inline constexpr size_t kDeepestImport = 50;
// How many imports there may be, through others too: each is asked about each concept.
inline constexpr size_t kMostImports = 200;

// Of `url` or `valueSet`, among what the request brings (tx-resource) and what is implicit in what is loaded. Errors:
// NotFound for a canonical that is not known, InvalidArgument for what is no value set or imports itself, Unimplemented
// for a composition that is not understood, which is never passed over, and ResourceExhausted for one with more than
// kMostParts includes and excludes, or filters of one, or imports deeper than kDeepestImport or more than kMostImports.
// `versions` are those that the parameters say; `purpose` is how what is missing is told; `exclude-system` counts in
// expansions alone.
enum class Purpose { kExpansion, kValidation };
absl::StatusOr<ValueSet> ReadValueSet(const Content& content, const fhir::Parameters& parameters,
                                      const SystemVersions& versions, Purpose purpose);

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

// That the code systems know the properties that filters ask for. Errors: InvalidArgument, told as FHIR does, for one
// that is neither theirs, nor their active supplements', nor one that FHIR defines for all.
absl::Status CheckFilters(const snapshot::ReleaseSet& set, const ValueSet& value_set);
// That what is excluded can be known, also what excluded imports include. Errors: NotFound, told as FHIR does, for an
// exclude of a code system or version that is not there, since without it too much would be listed.
absl::Status CheckExcludes(const snapshot::ReleaseSet& set, const ValueSet& value_set);

// What the value set, and what it imports, include of a code system, by its canonical. Imports beside a system narrow
// what is included of it, and bring nothing of their own.
std::vector<const Include*> IncludesOf(const ValueSet& value_set, absl::string_view system);
// Whether there is any.
bool Includes(const ValueSet& value_set, absl::string_view system);

// Whether the value set has the concept.
bool Holds(const snapshot::ReleaseSet& set, const ValueSet& value_set, const query::ConceptRef& item);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_VALUE_SET_H_
