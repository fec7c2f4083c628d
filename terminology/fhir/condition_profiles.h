// The definitions of the extensions that condition knowledge is carried in, and of the operation that drafts a
// Condition, as resources that a client or validator reads.
//
// Thread-safe: functions without state.
//
//   for (const Definition& definition : StructureDefinitions(Version::kR4)) packages.Add(definition.json);
#ifndef NOSOGRAPH_TERMINOLOGY_FHIR_CONDITION_PROFILES_H_
#define NOSOGRAPH_TERMINOLOGY_FHIR_CONDITION_PROFILES_H_

#include <string>
#include <vector>

#include "terminology/fhir/version.h"

namespace nosograph::fhir {

struct Definition {
  std::string id;
  std::string url;
  std::string name;
  std::string json;
};

// With differentials alone; whoever needs a snapshot makes it of the base of its own version.
std::vector<Definition> StructureDefinitions(Version version);
std::vector<Definition> OperationDefinitions();

inline constexpr char kDraftOperation[] = "https://nosograph.example/fhir/OperationDefinition/Condition-draft";

}  // namespace nosograph::fhir

#endif  // NOSOGRAPH_TERMINOLOGY_FHIR_CONDITION_PROFILES_H_
