// What there is to say about a question beside the answer: which field, which value, what about it, what to do.
//
// Plain values; not thread-safe.
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_ISSUE_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_ISSUE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace nosograph::query {

enum class Severity { kInformation, kWarning, kError };

enum class IssueKind {
  kMalformed,      // no code has this form
  kNotCanonical,   // another way to write a code
  kNotFound,       // formed as a code, but there is none
  kExtensionCode,  // not published; an extension's
  kNotBillable,    // a header
  kWrongSystem,    // a code of another system that is loaded
  kParentMissing,  // an extension's code whose published parent is not in the release
  kNotLoaded,      // what would tell is not loaded: nothing is said of the code
};

// "INFORMATION", "WARNING", "ERROR".
absl::string_view SeverityName(Severity severity);
// "MALFORMED", "NOT_CANONICAL" ...
absl::string_view IssueKindName(IssueKind kind);

struct Issue {
  Severity severity = Severity::kError;
  IssueKind kind = IssueKind::kNotFound;
  std::string field;    // of the request: "code"
  std::string value;    // what stood there, as base::Excerpt shows it
  std::string message;  // a sentence
  std::string remedy;   // what to do; never empty
};

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_ISSUE_H_
