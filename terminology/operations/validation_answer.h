// The answer of a $validate-code, of CodeSystem and ValueSet alike (FHIR R5 CodeSystem $validate-code, out parameters;
// terminology ecosystem IG).
//
// Thread-safe: a function without state.
//
//   return Reply{200, ValidationAnswer(verdict.valid, verdict, verdict.issues, coding, nullptr)};
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_VALIDATION_ANSWER_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_VALIDATION_ANSWER_H_

#include <string>
#include <vector>

#include "terminology/fhir/outcome.h"
#include "terminology/fhir/parameters.h"
#include "terminology/operations/coding_verdict.h"

namespace nosograph::operations {

// A Parameters resource in JSON. `verdict` is of the coding that counts; `asked` are
// the codings of a CodeableConcept, which is then echoed.
std::string ValidationAnswer(bool result, const CodingVerdict& verdict, const std::vector<fhir::Issue>& issues,
                             const fhir::Coding& coding, const fhir::CodeableConcept* asked);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_VALIDATION_ANSWER_H_
