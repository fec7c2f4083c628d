// A folder of authored content as a code system: an extension, with what is known about its conditions.
//
//   code-system.json   a FHIR R4 CodeSystem, content `complete`, whose concepts name in the property `extends` (a
//                      Coding) the published code that they stand under
//   conditions/*.json  condition knowledge, one file a code, as content/condition-knowledge.schema.json says
//
// Does not know which releases are loaded. Thread-safe: a function without state.
//
//   ASSIGN_OR_RETURN(model::CodeSystem extension, ImportExtensionFolder("terminology/content/dermatology"));
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_EXTENSION_FOLDER_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_EXTENSION_FOLDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "terminology/model/code_system.h"

namespace nosograph::import {

// Errors: those of reading files; InvalidArgument for a file that is no JSON, lacks a field or has one that is not
// known, for a statement whose source is not listed, and for knowledge about a code that the extension lacks; the
// message names file, place and remedy.
absl::StatusOr<model::CodeSystem> ImportExtensionFolder(const std::string& folder);

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_EXTENSION_FOLDER_H_
