// FHIR extensions of a concept and what they become in an expansion: some are copied, some are properties there
// (FHIR R5 ValueSet.expansion.contains.property; terminology ecosystem IG).
//
// Thread-safe: functions without state over an immutable set.
//
//   const ConceptExtensions extensions = ExtensionsOf(item, supplements, listed);
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_CONCEPT_EXTENSIONS_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_CONCEPT_EXTENSIONS_H_

#include <string>
#include <vector>

#include "terminology/operations/value_set.h"
#include "terminology/query/concept_ref.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::operations {

inline constexpr char kConceptProperties[] = "http://hl7.org/fhir/concept-properties#";

// A property that an expansion tells of a concept without being asked.
struct ExtensionProperty {
  std::string code = {};   // "order"
  std::string uri = {};    // "http://hl7.org/fhir/concept-properties#order"
  std::string field = {};  // "valueDecimal"
  std::string value = {};  // JSON
};

struct ConceptExtensions {
  std::vector<std::string> copied = {};  // JSON, one each
  std::vector<ExtensionProperty> properties = {};
};

// Those of the code system, of its active supplements, and of the value set, where that lists the concept (else null);
// the later one counts.
ConceptExtensions ExtensionsOf(const query::ConceptRef& item, const std::vector<const snapshot::Release*>& supplements,
                               const ListedConcept* listed);

// Of a designation: those that are copied, as a JSON list; empty for none.
std::string CopiedExtensions(absl::string_view extensions);

// What the extension structuredefinition-standards-status among them says; empty for nothing.
std::string StandardsStatusOf(absl::string_view extensions);
// Whether it leaves a name in use: one that is withdrawn or deprecated is no name any more.
bool IsInUse(absl::string_view extensions);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_CONCEPT_EXTENSIONS_H_
