// What an operation answers. A plain value.
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_REPLY_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_REPLY_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "terminology/fhir/outcome.h"

namespace nosograph::operations {

// A resource in JSON and its HTTP status. An error is a resource too: an OperationOutcome.
struct Reply {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

inline Reply ErrorReply(const absl::Status& status) { return {fhir::HttpStatusOf(status), fhir::OutcomeOf(status)}; }
inline Reply ErrorReply(int status, const fhir::Issue& issue) { return {status, fhir::OutcomeOf({issue})}; }

// An answer, or why there is none.
inline Reply OrError(absl::StatusOr<Reply> reply) {
  return reply.ok() ? *std::move(reply) : ErrorReply(reply.status());
}

// A parameter that would change the answer is refused where it is not understood, never passed over.
inline Reply NotUnderstood(absl::string_view parameter) {
  return ErrorReply(422, {.code = "not-supported",
                          .text = absl::StrCat("the parameter ", parameter, " is not understood"),
                          .expression = std::string(parameter),
                          .diagnostics = "leave it out, and ask about what is loaded"});
}

// Where nothing is loaded yet: an outage, which says nothing of a code.
inline Reply NothingLoaded() {
  return ErrorReply(503,
                    {.code = "transient", .text = "no release is loaded yet, so that nothing can be told of a code"});
}

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_REPLY_H_
