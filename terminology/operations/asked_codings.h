// The codings that a $validate-code asks about, of CodeSystem and ValueSet alike.
//
// Thread-safe: functions without state.
//
//   ASSIGN_OR_RETURN(AskedCodings asked, ReadCodings(parameters, system, version));
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_ASKED_CODINGS_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_ASKED_CODINGS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "terminology/fhir/parameters.h"

namespace nosograph::operations {

// The codings that a $validate-code asks about, with their paths.
struct AskedCodings {
  std::vector<fhir::Coding> codings = {};
  std::vector<std::string> paths = {};
  std::optional<fhir::CodeableConcept> concepts = {};
};
// Errors: InvalidArgument where none is given, or in several ways at once.
absl::StatusOr<AskedCodings> ReadCodings(const fhir::Parameters& parameters, const std::string& system,
                                         const std::string& version);

// Of a request that gives no code, or one that means nothing by itself.
absl::Status NothingToValidate();

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_ASKED_CODINGS_H_
