// FHIR resources out of a file, however they are put together: one resource, a Bundle, NDJSON (a resource a line), or a
// FHIR package (a .tgz, of which the resources of its folder `package` count).
//
// Thread-safe: a function without state.
//
//   ASSIGN_OR_RETURN(const std::vector<FhirFile> files, ReadFhirFiles("hl7.fhir.r4.core-4.0.1.tgz"));
#ifndef NOSOGRAPH_SERVICE_FHIR_FILES_H_
#define NOSOGRAPH_SERVICE_FHIR_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace nosograph::service {

struct FhirFile {
  std::string name = {};  // where it was found: "package/ValueSet-x.json", "line 3", "entry 3"
  std::string type = {};  // resourceType
  std::string id = {};    // empty where it has none
  std::string json = {};
  std::string fhir_version = {};  // "4.0.1": of a package that says it; else empty
};

// In the order of the file; what has no resourceType is left out. What is no JSON at all comes as it is, without a
// type. Errors: those of reading a file; InvalidArgument for what is none of these, has JSON that is none, with its
// place, or is a package without a resource; ResourceExhausted for a package of more than 4 GiB.
absl::StatusOr<std::vector<FhirFile>> ReadFhirFiles(const std::string& path);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_FHIR_FILES_H_
