// How a resource says that its versions are ordered (FHIR R5 versionAlgorithm[x]; in R4 an extension).
//
// Thread-safe: a function without state.
//
//   system.version_algorithm = VersionAlgorithmOf(resource);
#ifndef NOSOGRAPH_TERMINOLOGY_FHIR_VERSION_ALGORITHM_H_
#define NOSOGRAPH_TERMINOLOGY_FHIR_VERSION_ALGORITHM_H_

#include <simdjson.h>

#include <string>
#include <string_view>

namespace nosograph::fhir {

inline constexpr std::string_view kVersionAlgorithmSystem = "http://hl7.org/fhir/version-algorithm";
// How R4 says it.
inline constexpr std::string_view kVersionAlgorithmExtension =
    "http://hl7.org/fhir/StructureDefinition/artifact-versionAlgorithm";

// The code of http://hl7.org/fhir/version-algorithm, as model::IsLaterVersion takes it; empty where none is stated, or
// a FHIRPath expression, which is not evaluated.
std::string VersionAlgorithmOf(const simdjson::dom::object& resource);

}  // namespace nosograph::fhir

#endif  // NOSOGRAPH_TERMINOLOGY_FHIR_VERSION_ALGORITHM_H_
