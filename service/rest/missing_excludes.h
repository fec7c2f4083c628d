// Versions that a value set excludes and that are not there: without them it cannot be told whether a code is in it.
//
// Thread-safe: functions without state over an immutable set.
//
//   TellMissingExcludes(set, value_set, coding, "Coding", verdict);
#ifndef NOSOGRAPH_SERVICE_REST_MISSING_EXCLUDES_H_
#define NOSOGRAPH_SERVICE_REST_MISSING_EXCLUDES_H_

#include <string>

#include "service/rest/coding_verdict.h"
#include "service/rest/value_set.h"
#include "terminology/fhir/parameters.h"

namespace nosograph::rest {

// Tells each once, of the value set and of what it imports and needs for the code.
void TellMissingExcludes(const snapshot::ReleaseSet& set, const ValueSet& value_set, const fhir::Coding& coding,
                         const std::string& path, CodingVerdict& verdict);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_MISSING_EXCLUDES_H_
