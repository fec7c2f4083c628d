#include "terminology/import/fhir_own_code_systems.h"

#include <utility>

#include "terminology/base/status_macros.h"
#include "terminology/import/fhir_code_system.h"
#include "terminology/import/fhir_own_content.h"

namespace nosograph::import {

absl::StatusOr<std::vector<model::CodeSystem>> FhirOwnCodeSystems(const std::string& version) {
  std::vector<model::CodeSystem> systems;
  for (const char* json : {kAdministrativeGender, kPublicationStatus}) {
    ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(json, "FHIR"));
    ASSIGN_OR_RETURN(model::CodeSystem system, ReadSentCodeSystem(document));
    system.version = version;
    systems.push_back(std::move(system));
  }
  return systems;
}

}  // namespace nosograph::import
