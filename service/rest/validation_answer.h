// The answer of a $validate-code, of CodeSystem and ValueSet alike (FHIR R5 CodeSystem $validate-code, out parameters;
// terminology ecosystem IG).
//
// Thread-safe: a function without state.
#ifndef NOSOGRAPH_SERVICE_REST_VALIDATION_ANSWER_H_
#define NOSOGRAPH_SERVICE_REST_VALIDATION_ANSWER_H_

#include <string>
#include <vector>

#include "service/rest/coding_verdict.h"
#include "terminology/fhir/outcome.h"
#include "terminology/fhir/parameters.h"

namespace nosograph::rest {

// A Parameters resource in JSON. `verdict` is of the coding that counts; `asked` are
// the codings of a CodeableConcept, which is then echoed.
std::string ValidationAnswer(bool result, const CodingVerdict& verdict, const std::vector<fhir::Issue>& issues,
                             const fhir::Coding& coding, const fhir::CodeableConcept* asked);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_VALIDATION_ANSWER_H_
