// A FHIR CodeSystem resource (R4 or R5, JSON): complete, a fragment, or a supplement.
//
// Hierarchies may be nested, given by the properties `parent` and `child`, or both; a concept may have several parents.
// Thread-safe: functions without state.
//
//   ASSIGN_OR_RETURN(model::CodeSystem system, ImportFhirCodeSystem("CodeSystem-colours.json"));
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_FHIR_CODE_SYSTEM_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_FHIR_CODE_SYSTEM_H_

#include <string>

#include "absl/status/statusor.h"
#include "terminology/import/json_reader.h"
#include "terminology/model/code_system.h"

namespace nosograph::import {

// Concepts stand parents before children, else in the order of the file. A property `extends` of type Coding makes the
// code system an extension of the one it names. Errors: those of reading JSON; InvalidArgument for what is no
// CodeSystem with concepts of its own, for an unknown field, parent or child, for a cycle; the message names file, JSON
// pointer or code, and remedy.
absl::StatusOr<model::CodeSystem> ReadFhirCodeSystem(const JsonDocument& document);

// One that a client put: also without a version; what is not known here is passed over. Errors: as above.
absl::StatusOr<model::CodeSystem> ReadKeptCodeSystem(const JsonDocument& document);

// The same of one that was sent with a request, and is not searched.
absl::StatusOr<model::CodeSystem> ReadSentCodeSystem(const JsonDocument& document);

// The same from a file, which is named as the source.
absl::StatusOr<model::CodeSystem> ImportFhirCodeSystem(const std::string& path);

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_FHIR_CODE_SYSTEM_H_
