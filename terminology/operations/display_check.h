// Whether the display that a coding gives is a name of its concept (FHIR R5 ValueSet $validate-code, `display`;
// terminology ecosystem IG, issues "invalid-display" and "display-comment").
//
// Thread-safe: functions without state over an immutable set.
//
//   CheckDisplay(set, item, coding, "Coding", languages, verdict);
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_DISPLAY_CHECK_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_DISPLAY_CHECK_H_

#include <string>

#include "terminology/fhir/parameters.h"
#include "terminology/operations/coding_verdict.h"
#include "terminology/operations/display_languages.h"
#include "terminology/query/concept_ref.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::operations {

// Adds what is wrong with the display to the verdict. It is right where it is one of the concept's names in the
// languages wanted. A name without a language is of each; where there is none in "de-AT", one in "de" will do.
void CheckDisplay(const snapshot::ReleaseSet& set, const query::ConceptRef& item, const fhir::Coding& coding,
                  const std::string& path, const DisplayLanguages& languages, CodingVerdict& verdict);

// A wrong display is only warned of.
void ForgiveDisplay(CodingVerdict& verdict);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_DISPLAY_CHECK_H_
