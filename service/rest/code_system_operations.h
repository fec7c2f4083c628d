// CodeSystem $lookup, $validate-code and $subsumes (FHIR R4 4.8.17, R5 5.1.19; and the terminology ecosystem IG, which
// says how problems are told). Each in a file of its own: lookup.cc, code_system_validate_code.cc, subsumes.cc.
//
// Thread-safe: functions without state over an immutable set.
//
//   const Reply reply = LookUp(*live->Get(), parameters);
#ifndef NOSOGRAPH_SERVICE_REST_CODE_SYSTEM_OPERATIONS_H_
#define NOSOGRAPH_SERVICE_REST_CODE_SYSTEM_OPERATIONS_H_

#include "service/rest/content.h"
#include "service/rest/reply.h"
#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"

namespace nosograph::rest {

Reply LookUp(const Content& content, const fhir::Parameters& parameters, fhir::Version version);
Reply ValidateCode(const Content& content, const fhir::Parameters& parameters, fhir::Version version);
Reply Subsumes(const Content& content, const fhir::Parameters& parameters, fhir::Version version);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_CODE_SYSTEM_OPERATIONS_H_
