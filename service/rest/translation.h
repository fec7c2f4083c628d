// ConceptMap $translate (FHIR R4 4.11, R5 4.10), in both directions.
//
// Thread-safe: functions without state over immutable content.
//
//   const Reply reply = TranslateConcept(content, parameters, version);
#ifndef NOSOGRAPH_SERVICE_REST_TRANSLATION_H_
#define NOSOGRAPH_SERVICE_REST_TRANSLATION_H_

#include "service/rest/content.h"
#include "service/rest/reply.h"
#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"

namespace nosograph::rest {

// The concept is named by sourceCode and sourceSystem (R4: code and system), sourceCoding (coding) or
// sourceCodeableConcept (codeableConcept), and in reverse by those of the target, or by R4's `reverse`. Matches tell
// R5's relationship or R4's equivalence, and the map as originMap.
Reply TranslateConcept(const Content& content, const fhir::Parameters& parameters, fhir::Version version);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_TRANSLATION_H_
