// A FHIR ConceptMap resource (R4 or R5, JSON).
//
// Thread-safe: functions without state.
//
//   ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(json, "ConceptMap"));
//   ASSIGN_OR_RETURN(const model::ConceptMap map, ReadFhirConceptMap(document));
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_FHIR_CONCEPT_MAP_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_FHIR_CONCEPT_MAP_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "terminology/import/json_reader.h"
#include "terminology/model/concept_map.h"

namespace nosograph::import {

// What says nothing of codes is passed over. Of R4 `equivalence` is read as the relationship it comes to, where
// "unmatched" means that there is none. Errors: InvalidArgument, with the place, for what is no ConceptMap, a
// relationship or mode that is not known, a value set in the place of a code. A target without a code is passed over.
absl::StatusOr<model::ConceptMap> ReadFhirConceptMap(const JsonDocument& document);
// The same from JSON, to be shared. Errors: those of JsonDocument::Parse besides.
absl::StatusOr<std::shared_ptr<const model::ConceptMap>> ReadFhirConceptMap(absl::string_view json);

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_FHIR_CONCEPT_MAP_H_
