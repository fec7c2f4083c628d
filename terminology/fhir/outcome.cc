#include "terminology/fhir/outcome.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "terminology/base/field_error.h"

namespace nosograph::fhir {
namespace {

constexpr char kIssueTypes[] = "http://hl7.org/fhir/tools/CodeSystem/tx-issue-type";
constexpr char kMessageId[] = "http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id";

constexpr char kIssuePayload[] = "nosograph.fhir.issue";

// The same text, for as long as the program runs: there are few of them.
const char* Known(const std::string& text) {
  static std::mutex mutex;
  static std::set<std::string> texts;
  const std::lock_guard<std::mutex> lock(mutex);
  return texts.insert(text).first->c_str();
}

bool IsOf(const Issue& issue, absl::string_view severity) {
  return issue.severity == severity || (severity == "error" && absl::string_view(issue.severity) == "fatal");
}

const char* CodeOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return "invalid";
    case absl::StatusCode::kNotFound:
      return "not-found";
    case absl::StatusCode::kUnimplemented:
      return "not-supported";
    case absl::StatusCode::kResourceExhausted:
      return "too-costly";
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return "transient";
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return "security";
    default:
      return "processing";
  }
}

}  // namespace

void WriteOutcome(const std::vector<Issue>& issues, base::JsonWriter& json) {
  json.Text("resourceType", "OperationOutcome").StartList("issue");
  for (const Issue& issue : issues) {
    json.StartObject();
    if (*issue.message_id != '\0') {
      json.StartList("extension")
          .StartObject()
          .Text("url", kMessageId)
          .Text("valueString", issue.message_id)
          .EndObject()
          .EndList();
    }
    json.Text("severity", issue.severity).Text("code", issue.code).StartObject("details");
    if (*issue.about != '\0') {
      json.StartList("coding")
          .StartObject()
          .Text("system", kIssueTypes)
          .Text("code", issue.about)
          .EndObject()
          .EndList();
    }
    json.Text("text", issue.text).EndObject().TextIfAny("diagnostics", issue.diagnostics);
    if (!issue.expression.empty()) {
      json.Texts("expression", {issue.expression});
    }
    json.EndObject();
  }
  json.EndList();
}

std::string OutcomeOf(const std::vector<Issue>& issues) {
  base::JsonWriter json;
  WriteOutcome(issues, json);
  return json.Take();
}

absl::Status StatusOf(absl::StatusCode code, const Issue& issue) {
  absl::Status status(code, issue.text);
  const std::string payload = absl::StrJoin({std::string(issue.code), std::string(issue.about),
                                             std::string(issue.message_id), issue.expression, issue.diagnostics},
                                            "\n");
  // Of a view: what takes a string has another name in the library than clang gives it.
  status.SetPayload(kIssuePayload, absl::Cord(absl::string_view(payload)));
  return status;
}

Issue IssueOf(const absl::Status& status) {
  if (const auto payload = status.GetPayload(kIssuePayload)) {
    const std::string text(*payload);
    const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('\n', 4));
    Issue told{.text = std::string(status.message()), .expression = parts[3], .diagnostics = parts[4]};
    told.code = Known(parts[0]);
    told.about = Known(parts[1]);
    told.message_id = Known(parts[2]);
    return told;
  }
  Issue issue{.code = CodeOf(status.code()), .text = std::string(status.message())};
  if (absl::IsNotFound(status)) issue.about = "not-found";
  if (const std::optional<base::FieldErrorParts> parts = base::ReadFieldError(status)) issue.expression = parts->field;
  return issue;
}

std::string OutcomeOf(const absl::Status& status) { return OutcomeOf({IssueOf(status)}); }

int HttpStatusOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kResourceExhausted:
      return 422;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return 503;
    default:
      return 500;
  }
}

bool HasError(const std::vector<Issue>& issues) {
  return std::any_of(issues.begin(), issues.end(), [](const Issue& issue) { return IsOf(issue, "error"); });
}

std::string MessageOf(const std::vector<Issue>& issues) {
  const bool has_error = HasError(issues);
  std::string message;
  for (const Issue& issue : issues) {
    const absl::string_view about = issue.about;
    const absl::string_view message_id = issue.message_id;
    const bool of_coding =
        about == "invalid-display" || about == "invalid-data" || about == "code-comment" || about == "display-comment";
    const bool of_coding_alone =
        message_id != "UNKNOWN_CODE_IN_FRAGMENT" && message_id != "CONCEPT_DEPRECATED_IN_VALUESET";
    const bool warning = IsOf(issue, "warning") && of_coding_alone && (of_coding || !has_error);
    const bool of_display = IsOf(issue, "information") && about == "invalid-display";
    if (!IsOf(issue, "error") && !warning && !of_display) continue;
    absl::StrAppend(&message, message.empty() ? "" : "; ", issue.text);
  }
  return message;
}

}  // namespace nosograph::fhir
