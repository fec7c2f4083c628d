// The extensions that condition knowledge is carried in, by the names of its fields (model/condition_fields.h): what
// writes them and what defines them (condition_profiles.h) both visit the fields, so that none can be left out of one.
//
// Thread-safe: functions without state.
//
//   WriteStatement(statement, json);
#ifndef NOSOGRAPH_TERMINOLOGY_FHIR_CONDITION_EXTENSION_H_
#define NOSOGRAPH_TERMINOLOGY_FHIR_CONDITION_EXTENSION_H_

#include <string>

#include "absl/strings/string_view.h"
#include "terminology/base/json_writer.h"
#include "terminology/model/condition_knowledge.h"

namespace nosograph::fhir {

inline constexpr char kStatementExtension[] = "https://nosograph.example/fhir/StructureDefinition/condition-statement";
inline constexpr char kSourceExtension[] = "https://nosograph.example/fhir/StructureDefinition/condition-source";
inline constexpr char kDisclaimerExtension[] =
    "https://nosograph.example/fhir/StructureDefinition/condition-disclaimer";
inline constexpr char kReviewExtension[] = "https://nosograph.example/fhir/StructureDefinition/condition-review-state";
inline constexpr char kTitleExtension[] = "https://nosograph.example/fhir/StructureDefinition/condition-title";
inline constexpr char kCodeExtension[] = "https://nosograph.example/fhir/StructureDefinition/condition-code";

// "machine_translated" is "machine-translated", and each of "source_ids" a "source-id".
std::string PartName(absl::string_view field, bool list);

// An element of a list of extensions.
void WriteStatement(const model::Statement& statement, base::JsonWriter& json);
void WriteSource(const model::Source& source, base::JsonWriter& json);

}  // namespace nosograph::fhir

#endif  // NOSOGRAPH_TERMINOLOGY_FHIR_CONDITION_EXTENSION_H_
