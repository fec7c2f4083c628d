// What a code system says of one coding: whether it has the code, its status, its display, and what is wrong with its
// system and version (FHIR R5 CodeSystem $validate-code; the terminology ecosystem IG says how problems are told).
//
// Thread-safe: functions without state over an immutable set.
//
//   const CodingVerdict verdict = CheckCoding(set, coding, "Coding", day, languages);
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_CODING_CHECK_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_CODING_CHECK_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "terminology/fhir/outcome.h"
#include "terminology/fhir/parameters.h"
#include "terminology/operations/coding_verdict.h"
#include "terminology/operations/content.h"
#include "terminology/operations/display_languages.h"
#include "terminology/operations/system_versions.h"
#include "terminology/query/concept_ref.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::operations {

// `path` is how issues name the coding: "", "Coding", "CodeableConcept.coding[0]". Without a system whatever has the
// code. `day` asks the release that was valid on it, where the coding names no version; empty: the active one.
CodingVerdict CheckCoding(const snapshot::ReleaseSet& set, const fhir::Coding& coding, const std::string& path,
                          const std::string& day = {}, const DisplayLanguages& languages = {});

// Groups others: chapters and blocks do, besides what the code system says so of.
bool IsAbstract(const query::ConceptRef& item);

// A code as its code system writes it, where that does not tell cases apart; else as it is.
std::string InRightCase(const snapshot::ReleaseSet& set, absl::string_view system, absl::string_view version,
                        absl::string_view code);

// That a code without a system is told for one system alone. Errors: InvalidArgument where several have it.
absl::Status CheckSystemIsClear(const snapshot::ReleaseSet& set, absl::string_view system, const std::string& code);

// A version of a system that check-system-version does not allow; `at` is the place of it.
fhir::Issue WrongVersion(const std::string& system, absl::string_view version, const std::string& required,
                         const std::string& at);

// What is wrong with the version of a concept that was found; nothing where check-system-version allows it.
std::optional<fhir::Issue> WrongVersionOf(const SystemVersions& versions, const query::ConceptRef& item);

// Says that the system of a coding is not loaded, or not in its version.
void AddUnknownSystem(const snapshot::ReleaseSet& set, const fhir::Coding& coding, const std::string& path,
                      CodingVerdict& verdict);

// Says instead that its system is a value set, where it is one and nothing else.
void TellValueSetAsSystem(const Content& content, const fhir::Coding& coding, CodingVerdict& verdict);

// That a coding has no system, which nothing can be told of.
fhir::Issue NoSystem(const std::string& path);

// Says that nobody states the version of a code that means little without one (FHIR R5 CodeSystem.versionNeeded).
void TellVersionNeeded(const snapshot::Release& release, const std::string& at, CodingVerdict& verdict);

// Says that its code is abstract where none is wanted.
void TellAbstract(const fhir::Coding& coding, const std::string& path, CodingVerdict& verdict);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_CODING_CHECK_H_
