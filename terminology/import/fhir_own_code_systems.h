// Code systems of FHIR itself that resources of every kind are coded by, in the version of FHIR that defines them:
// administrative-gender and publication-status, whose codes are the same in R4 and R5.
//
// Thread-safe: a function without state.
//
//   ASSIGN_OR_RETURN(const std::vector<model::CodeSystem> own, FhirOwnCodeSystems("5.0.0"));
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_FHIR_OWN_CODE_SYSTEMS_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_FHIR_OWN_CODE_SYSTEMS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "terminology/model/code_system.h"

namespace nosograph::import {

// Errors: those of reading a CodeSystem, if the program was built with content that is none.
absl::StatusOr<std::vector<model::CodeSystem>> FhirOwnCodeSystems(const std::string& version);

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_FHIR_OWN_CODE_SYSTEMS_H_
