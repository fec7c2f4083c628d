// The CodeSystems that are held, and a ValueSet of all codes of each, as FHIR resources: read, search.
//
// Thread-safe: functions without state over an immutable set.
//
//   const Reply reply = SearchCodeSystems({set, version, "http://host/r4"}, parameters);
#ifndef NOSOGRAPH_SERVICE_REST_RESOURCES_H_
#define NOSOGRAPH_SERVICE_REST_RESOURCES_H_

#include <string>

#include "service/rest/kept_resources.h"
#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"
#include "terminology/operations/reply.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::rest {

// By which a release is read: "icd-10-cm-2026-04-01". At most 64 characters; other releases have others.
std::string ResourceId(const snapshot::ReleaseSet& set, const snapshot::Release& release);
// Null where there is none.
const snapshot::Release* FindById(const snapshot::ReleaseSet& set, absl::string_view id);
// Whether it is of a CodeSystem that a client put.
bool IsKept(const snapshot::Release& release);
// The canonical of the ValueSet of all codes of a code system: its own, or "URL?fhir_vs".
std::string ValueSetUrl(const snapshot::Snapshot& snapshot);

// Where resources are asked for.
struct Place {
  const snapshot::ReleaseSet& set;
  const KeptSet* kept;  // null where nothing can be
  fhir::Version version;
  const std::string& base;  // the address that resources are read at
};

// What fits a condition, by the parameters of a search: what is kept, and the ids of what is of a release. Errors:
// InvalidArgument for a value that is none.
struct Fitting {
  std::vector<const KeptResource*> kept = {};  // of the place
  std::vector<std::string> others = {};
};
absl::StatusOr<Fitting> FindFitting(const Place& place, absl::string_view type, const fhir::Parameters& condition);

// Parameters: _summary, _elements.
operations::Reply ReadCodeSystem(const Place& place, absl::string_view id, const fhir::Parameters& parameters);
operations::Reply ReadValueSet(const Place& place, absl::string_view id, const fhir::Parameters& parameters);
// Only those that are kept.
operations::Reply ReadConceptMap(const Place& place, absl::string_view id, const fhir::Parameters& parameters);
operations::Reply SearchConceptMaps(const Place& place, const fhir::Parameters& parameters);
// Parameters: url, version, _id, name, title, status, and those of SearchSet.
operations::Reply SearchCodeSystems(const Place& place, const fhir::Parameters& parameters);
operations::Reply SearchValueSets(const Place& place, const fhir::Parameters& parameters);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_RESOURCES_H_
