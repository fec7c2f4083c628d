#include "terminology/query/issue.h"

namespace nosograph::query {

absl::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kInformation:
      return "INFORMATION";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kError:
      break;
  }
  return "ERROR";
}

absl::string_view IssueKindName(IssueKind kind) {
  switch (kind) {
    case IssueKind::kMalformed:
      return "MALFORMED";
    case IssueKind::kNotCanonical:
      return "NOT_CANONICAL";
    case IssueKind::kNotFound:
      return "NOT_FOUND";
    case IssueKind::kExtensionCode:
      return "EXTENSION_CODE";
    case IssueKind::kNotBillable:
      return "NOT_BILLABLE";
    case IssueKind::kWrongSystem:
      return "WRONG_SYSTEM";
    case IssueKind::kParentMissing:
      return "PARENT_MISSING";
    case IssueKind::kNotLoaded:
      return "NOT_LOADED";
  }
  return "UNSPECIFIED";
}

}  // namespace nosograph::query
