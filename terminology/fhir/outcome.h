// OperationOutcome: what went wrong, or what there is to say beside an answer.
//
// Thread-safe: functions without state. Codes are those of http://hl7.org/fhir/issue-type and, for `about`, of
// http://hl7.org/fhir/tools/CodeSystem/tx-issue-type.
//
//   const std::string body = OutcomeOf(status);
#ifndef NOSOGRAPH_TERMINOLOGY_FHIR_OUTCOME_H_
#define NOSOGRAPH_TERMINOLOGY_FHIR_OUTCOME_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "terminology/base/json_writer.h"

namespace nosograph::fhir {

struct Issue {
  const char* severity = "error";   // fatal, error, warning, information
  const char* code = "processing";  // "not-found", "code-invalid" ...
  const char* about = "";           // "invalid-code", "not-in-vs" ...; empty: none
  const char* message_id = "";      // of the wording that terminology servers share; empty: none
  std::string text = {};
  std::string expression = {};   // where in the request, as FHIRPath; empty: all of it
  std::string diagnostics = {};  // what more there is to say, for a person
};

// The fields of an OperationOutcome into `json`, whose object is open.
void WriteOutcome(const std::vector<Issue>& issues, base::JsonWriter& json);
std::string OutcomeOf(const std::vector<Issue>& issues);

// A status that is told as this issue, with its codes and wording, and no other words. `expression` and `diagnostics`
// may be empty.
absl::Status StatusOf(absl::StatusCode code, const Issue& issue);

// An error of the engine or of reading a request. A field error (base::FieldError) names its field as expression.
Issue IssueOf(const absl::Status& status);
std::string OutcomeOf(const absl::Status& status);

// The HTTP status for it: 400 for what the client did wrong, 404 for what is not there, 422 for what cannot be told,
// 503 for what passes.
int HttpStatusOf(const absl::Status& status);

// Texts of the errors among them, of warnings about the coding itself, and of what is said of its display, parted by
// "; "; of all warnings where there is no error.
std::string MessageOf(const std::vector<Issue>& issues);
bool HasError(const std::vector<Issue>& issues);

}  // namespace nosograph::fhir

#endif  // NOSOGRAPH_TERMINOLOGY_FHIR_OUTCOME_H_
