// ValueSet $expand and $validate-code: on the value set of all codes of a system, on what is below a code, on those
// that are kept, and on those that come with the request. Each in a file of its own: expand.cc,
// value_set_validate_code.cc, batch_validate_code.cc.
//
// Thread-safe: functions without state over an immutable set.
//
//   const Reply reply = Expand(content, parameters, version);
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_VALUE_SET_OPERATIONS_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_VALUE_SET_OPERATIONS_H_

#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"
#include "terminology/operations/content.h"
#include "terminology/operations/reply.h"

namespace nosograph::operations {

// The most codes of an expansion without a count.
inline constexpr uint32_t kMostWithoutCount = 1000;

Reply Expand(const Content& content, const fhir::Parameters& parameters, fhir::Version version);
Reply ValidateInValueSet(const Content& content, const fhir::Parameters& parameters, fhir::Version version);
// $batch-validate-code: each `validation` is a Parameters resource, whose parameters go before those of the batch.
Reply ValidateBatch(const Content& content, const fhir::Parameters& parameters, fhir::Version version);
Reply ValidateBatchInCodeSystem(const Content& content, const fhir::Parameters& parameters, fhir::Version version);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_VALUE_SET_OPERATIONS_H_
