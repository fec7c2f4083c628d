// What is known of diseases, and how it is defined, as resources: ConditionDefinition (R5), Basic (R4),
// StructureDefinition and OperationDefinition; and Condition/$draft.
//
// Thread-safe: functions without state over an immutable set.
//
//   const Reply reply = SearchConditions({set, version, base}, parameters);
#ifndef NOSOGRAPH_SERVICE_REST_CONDITIONS_H_
#define NOSOGRAPH_SERVICE_REST_CONDITIONS_H_

#include "service/rest/resources.h"

namespace nosograph::rest {

operations::Reply ReadCondition(const Place& place, absl::string_view id, const fhir::Parameters& parameters);
// Parameters: code (of any of its codings; "system|code"), url, _id, title, status, and those of SearchSet.
operations::Reply SearchConditions(const Place& place, const fhir::Parameters& parameters);

operations::Reply ReadStructureDefinition(const Place& place, absl::string_view id, const fhir::Parameters& parameters);
operations::Reply SearchStructureDefinitions(const Place& place, const fhir::Parameters& parameters);
operations::Reply ReadOperationDefinition(const Place& place, absl::string_view id, const fhir::Parameters& parameters);
operations::Reply SearchOperationDefinitions(const Place& place, const fhir::Parameters& parameters);

// Parameters: code with system and version, or coding; subject, encounter, category.
operations::Reply DraftCondition(const operations::Content& content, const fhir::Parameters& parameters,
                                 fhir::Version version);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_CONDITIONS_H_
