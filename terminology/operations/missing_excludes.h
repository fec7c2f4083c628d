// Versions that a value set excludes and that are not there: without them it cannot be told whether a code is in it.
//
// Thread-safe: functions without state over an immutable set.
//
//   TellMissingExcludes(set, value_set, coding, "Coding", verdict);
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_MISSING_EXCLUDES_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_MISSING_EXCLUDES_H_

#include <string>

#include "terminology/fhir/parameters.h"
#include "terminology/operations/coding_verdict.h"
#include "terminology/operations/value_set.h"

namespace nosograph::operations {

// Tells each once, of the value set and of what it imports and needs for the code.
void TellMissingExcludes(const snapshot::ReleaseSet& set, const ValueSet& value_set, const fhir::Coding& coding,
                         const std::string& path, CodingVerdict& verdict);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_MISSING_EXCLUDES_H_
