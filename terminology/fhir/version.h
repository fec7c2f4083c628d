// The versions of FHIR that are spoken.
#ifndef NOSOGRAPH_TERMINOLOGY_FHIR_VERSION_H_
#define NOSOGRAPH_TERMINOLOGY_FHIR_VERSION_H_

namespace nosograph::fhir {

enum class Version { kR4, kR5 };

// "4.0.1", "5.0.0".
inline const char* VersionNumber(Version version) { return version == Version::kR4 ? "4.0.1" : "5.0.0"; }
// "4.0", "5.0", as the fhirVersion parameter of a MIME type has it.
inline const char* ShortVersion(Version version) { return version == Version::kR4 ? "4.0" : "5.0"; }

}  // namespace nosograph::fhir

#endif  // NOSOGRAPH_TERMINOLOGY_FHIR_VERSION_H_
