// The CodeSystems that are held, and a ValueSet of all codes of each, as FHIR resources: read, search.
//
// Thread-safe: functions without state over an immutable set.
//
//   const Reply reply = SearchCodeSystems(set, version, "http://host/r4", parameters);
#ifndef NOSOGRAPH_SERVICE_REST_RESOURCES_H_
#define NOSOGRAPH_SERVICE_REST_RESOURCES_H_

#include <string>

#include "service/rest/reply.h"
#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::rest {

// By which a release is read: "icd-10-cm-2026-04-01". At most 64 characters; other releases have others.
std::string ResourceId(const snapshot::ReleaseSet& set, const snapshot::Release& release);
// Null where there is none.
const snapshot::Release* FindById(const snapshot::ReleaseSet& set, absl::string_view id);
// The canonical of the ValueSet of all codes of a code system: its own, or "URL?fhir_vs".
std::string ValueSetUrl(const snapshot::Snapshot& snapshot);

enum class ResourceType { kCodeSystem, kValueSet };

Reply ReadResource(const snapshot::ReleaseSet& set, ResourceType type, absl::string_view id);
// Parameters: url, version, _id, name, title, status, _summary=count, _count, _offset. `base` is the address that
// resources are read at.
Reply SearchResources(const snapshot::ReleaseSet& set, ResourceType type, const std::string& base,
                      const fhir::Parameters& parameters);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_RESOURCES_H_
