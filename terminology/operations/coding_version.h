// In which version of its code system a coding is judged by a value set (FHIR R5 ValueSet $validate-code; terminology
// ecosystem IG, issues "vs-invalid" and "version-error").
//
// Thread-safe: functions without state over an immutable set.
//
//   ChooseVersion(set, value_set, versions, languages, coding, "Coding", verdict);
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_CODING_VERSION_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_CODING_VERSION_H_

#include <string>
#include <vector>

#include "terminology/fhir/parameters.h"
#include "terminology/operations/coding_verdict.h"
#include "terminology/operations/display_languages.h"
#include "terminology/operations/system_versions.h"
#include "terminology/operations/value_set.h"

namespace nosograph::operations {

// The version in which a coding is judged: what the include of its system says, else its own. Puts it into the coding,
// and says where the two do not go together, or a check of versions does not allow it.
void ChooseVersion(const snapshot::ReleaseSet& set, const ValueSet& value_set, const SystemVersions& versions,
                   const DisplayLanguages& languages, fhir::Coding& coding, const std::string& path,
                   CodingVerdict& verdict);

// Whether a version that the value set asks for is not there, so that nothing could be looked up in it.
bool HasUnknownVersion(const std::vector<fhir::Issue>& issues);

// Whether somebody says which version of its code system is meant wherever a code may be included: an include, the
// request, or a day.
bool StatesVersion(const ValueSet& value_set, const query::ConceptRef& item);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_CODING_VERSION_H_
