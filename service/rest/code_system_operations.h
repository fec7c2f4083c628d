// CodeSystem $lookup, $validate-code and $subsumes (FHIR R4 4.8.17, R5 5.1.19; and the terminology ecosystem IG, which
// says how problems are told).
//
// Thread-safe: functions without state over an immutable set.
//
//   const Reply reply = LookUp(*live->Get(), parameters);
#ifndef NOSOGRAPH_SERVICE_REST_CODE_SYSTEM_OPERATIONS_H_
#define NOSOGRAPH_SERVICE_REST_CODE_SYSTEM_OPERATIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "service/rest/content.h"
#include "service/rest/display_languages.h"
#include "service/rest/reply.h"
#include "service/rest/system_versions.h"
#include "terminology/fhir/outcome.h"
#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"
#include "terminology/query/concept_ref.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::rest {

// Groups others: chapters and blocks do, besides what the code system says so of.
bool IsAbstract(const query::ConceptRef& item);

// What is found out of one coding.
struct CodingVerdict {
  std::optional<query::ConceptRef> item = {};  // the concept, where there is one in the system asked
  bool valid = false;
  std::vector<fhir::Issue> issues = {};
  std::string unknown_system = {};  // that is not loaded, or not in that version
  bool caused = false;              // other versions of it are, or a value set asks for it
  std::string version = {};         // in which it was looked for, where it is not there
  std::string display = {};         // of the concept, in the language wanted
  bool named = true;                // whether the answer tells code and system
  bool shown = true;                // whether it tells version and display
};

// A code as its code system writes it, where that does not tell cases apart; else as it is.
std::string InRightCase(const snapshot::ReleaseSet& set, absl::string_view system, absl::string_view version,
                        absl::string_view code);

// That a code without a system is told for one system alone. Errors: InvalidArgument where several have it.
absl::Status CheckSystemIsClear(const snapshot::ReleaseSet& set, absl::string_view system, const std::string& code);

// A wrong display is only warned of.
void ForgiveDisplay(CodingVerdict& verdict);

// A version of a system that check-system-version does not allow; `at` is the place of it.
fhir::Issue WrongVersion(const std::string& system, absl::string_view version, const std::string& required,
                         const std::string& at);

// What is wrong with the version of a concept that was found; nothing where check-system-version allows it.
std::optional<fhir::Issue> WrongVersionOf(const SystemVersions& versions, const query::ConceptRef& item);

// "A, B or C".
std::string OneOf(std::vector<std::string> choices);

// Says that the system of a coding is not loaded, or not in its version.
void AddUnknownSystem(const snapshot::ReleaseSet& set, const fhir::Coding& coding, const std::string& path,
                      CodingVerdict& verdict);

// Says instead that its system is a value set, where it is one and nothing else.
void TellValueSetAsSystem(const Content& content, const fhir::Coding& coding, CodingVerdict& verdict);

// Where a field stands: "Coding.code", or the field alone where `path` is empty.
std::string Path(const std::string& path, absl::string_view field);

// That a coding has no system, which nothing can be told of.
fhir::Issue NoSystem(const std::string& path);

// Of a request that gives no code, or one that means nothing by itself.
absl::Status NothingToValidate();

// Says that nobody states the version of a code that means little without one (FHIR R5 CodeSystem.versionNeeded).
void TellVersionNeeded(const snapshot::Release& release, const std::string& at, CodingVerdict& verdict);

// Says that its code is abstract where none is wanted.
void TellAbstract(const fhir::Coding& coding, const std::string& path, CodingVerdict& verdict);

// `path` is how issues name the coding: "", "Coding", "CodeableConcept.coding[0]". Without a system whatever has the
// code. `day` asks the release that was valid on it, where the coding names no version; empty: the active one.
CodingVerdict CheckCoding(const snapshot::ReleaseSet& set, const fhir::Coding& coding, const std::string& path,
                          const std::string& day = {}, const DisplayLanguages& languages = {});

// The answer of a $validate-code, of CodeSystem and ValueSet alike. `verdict` is of the coding that counts; `asked` are
// the codings of a CodeableConcept, which is then echoed.
std::string ValidationAnswer(bool result, const CodingVerdict& verdict, const std::vector<fhir::Issue>& issues,
                             const fhir::Coding& coding, const fhir::CodeableConcept* asked);

// The codings that a $validate-code asks about, with their paths. Errors: InvalidArgument where none is given, or in
// several ways at once.
struct AskedCodings {
  std::vector<fhir::Coding> codings = {};
  std::vector<std::string> paths = {};
  std::optional<fhir::CodeableConcept> concepts = {};
};
absl::StatusOr<AskedCodings> ReadCodings(const fhir::Parameters& parameters, const std::string& system,
                                         const std::string& version);

// The day that a `date` asks about; empty for none. Errors: InvalidArgument for what is no date.
absl::StatusOr<std::string> ReadDay(const fhir::Parameters& parameters);

Reply LookUp(const Content& content, const fhir::Parameters& parameters, fhir::Version version);
Reply ValidateCode(const Content& content, const fhir::Parameters& parameters, fhir::Version version);
Reply Subsumes(const Content& content, const fhir::Parameters& parameters, fhir::Version version);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_CODE_SYSTEM_OPERATIONS_H_
