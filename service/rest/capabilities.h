// What the REST facade says of itself: CapabilityStatement, TerminologyCapabilities, the versions of FHIR it speaks.
//
// Generated from kOperations, which the router routes by, and from what is loaded. Thread-safe: functions without
// state.
#ifndef NOSOGRAPH_SERVICE_REST_CAPABILITIES_H_
#define NOSOGRAPH_SERVICE_REST_CAPABILITIES_H_

#include <array>
#include <string>

#include "service/rest/reply.h"
#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::rest {

struct Operation {
  const char* type;  // "" for the system
  const char* name;  // without the dollar
  const char* definition;
  Reply (*answer)(const snapshot::ReleaseSet& set, const fhir::Parameters& parameters);
};

Reply Versions(const snapshot::ReleaseSet& set, const fhir::Parameters& parameters);

// The operations that there are.
const std::array<Operation, 6>& Operations();

// `base` is the address that it is asked at; `program` the version of the program.
Reply CapabilityStatement(fhir::Version version, const std::string& base, const std::string& program);
Reply TerminologyCapabilities(const snapshot::ReleaseSet& set, fhir::Version version, const std::string& base,
                              const std::string& program);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_CAPABILITIES_H_
