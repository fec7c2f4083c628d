// ValueSet $expand and $validate-code: on the value set of all codes of a system, on what is below a code, and on a
// posted one that includes systems, codes and is-a filters.
//
// Thread-safe: functions without state over an immutable set.
//
//   const Reply reply = Expand(set, parameters);
#ifndef NOSOGRAPH_SERVICE_REST_VALUE_SET_OPERATIONS_H_
#define NOSOGRAPH_SERVICE_REST_VALUE_SET_OPERATIONS_H_

#include "service/rest/reply.h"
#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::rest {

// The most codes of an expansion without a count.
inline constexpr uint32_t kMostWithoutCount = 1000;

Reply Expand(const snapshot::ReleaseSet& set, const fhir::Parameters& parameters, fhir::Version version);
Reply ValidateInValueSet(const snapshot::ReleaseSet& set, const fhir::Parameters& parameters, fhir::Version version);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_VALUE_SET_OPERATIONS_H_
