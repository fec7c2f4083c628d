// A resource as it is kept: with the id, and the version and time of its last change in `meta`.
//
// What else it says stays as it was written, numbers digit by digit. Thread-safe: a function without state.
//
//   ASSIGN_OR_RETURN(const std::string kept, Stamp(json, {.id = "colours", .version_id = 2, .updated = now}));
#ifndef NOSOGRAPH_TERMINOLOGY_FHIR_STAMP_H_
#define NOSOGRAPH_TERMINOLOGY_FHIR_STAMP_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace nosograph::fhir {

struct ResourceStamp {
  std::string id = {};
  int64_t version_id = 1;
  std::string updated = {};  // an instant
};

// Errors: InvalidArgument for what is no JSON object.
absl::StatusOr<std::string> Stamp(const std::string& json, const ResourceStamp& stamp);

}  // namespace nosograph::fhir

#endif  // NOSOGRAPH_TERMINOLOGY_FHIR_STAMP_H_
