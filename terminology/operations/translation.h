// ConceptMap $translate (FHIR R4 4.11, R5 4.10), in both directions.
//
// Thread-safe: functions without state over immutable content.
//
//   const Reply reply = TranslateConcept(content, parameters, version);
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_TRANSLATION_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_TRANSLATION_H_

#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"
#include "terminology/operations/content.h"
#include "terminology/operations/reply.h"

namespace nosograph::operations {

// The concept is named by sourceCode and sourceSystem (R4: code and system), sourceCoding (coding) or
// sourceCodeableConcept (codeableConcept), and in reverse by those of the target, or by R4's `reverse`. Matches tell
// R5's relationship or R4's equivalence, and the map as originMap.
Reply TranslateConcept(const Content& content, const fhir::Parameters& parameters, fhir::Version version);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_TRANSLATION_H_
