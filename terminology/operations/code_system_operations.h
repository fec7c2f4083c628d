// CodeSystem $lookup, $validate-code and $subsumes (FHIR R4 4.8.17, R5 5.1.19; and the terminology ecosystem IG, which
// says how problems are told). Each in a file of its own: lookup.cc, code_system_validate_code.cc, subsumes.cc.
//
// Thread-safe: functions without state over an immutable set.
//
//   const Reply reply = LookUp(content, parameters, version);
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_CODE_SYSTEM_OPERATIONS_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_CODE_SYSTEM_OPERATIONS_H_

#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"
#include "terminology/operations/content.h"
#include "terminology/operations/reply.h"

namespace nosograph::operations {

Reply LookUp(const Content& content, const fhir::Parameters& parameters, fhir::Version version);
Reply ValidateCode(const Content& content, const fhir::Parameters& parameters, fhir::Version version);
Reply Subsumes(const Content& content, const fhir::Parameters& parameters, fhir::Version version);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_CODE_SYSTEM_OPERATIONS_H_
