// Macros that pass an absl::Status on to the caller.
//
//   ASSIGN_OR_RETURN(std::string text, ReadFile(path));
//   RETURN_IF_ERROR(writer.Close());
//
// Thread safety: none needed. Use only in functions that return absl::Status or absl::StatusOr.
#ifndef NOSOGRAPH_TERMINOLOGY_BASE_STATUS_MACROS_H_
#define NOSOGRAPH_TERMINOLOGY_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RETURN_IF_ERROR(expression)                                                         \
  do {                                                                                      \
    if (absl::Status return_if_error_status = (expression); !return_if_error_status.ok()) { \
      return return_if_error_status;                                                        \
    }                                                                                       \
  } while (false)

#define NOSOGRAPH_CONCAT_INNER(a, b) a##b
#define NOSOGRAPH_CONCAT(a, b) NOSOGRAPH_CONCAT_INNER(a, b)

#define ASSIGN_OR_RETURN(declaration, expression) \
  NOSOGRAPH_ASSIGN_OR_RETURN(NOSOGRAPH_CONCAT(status_or_, __LINE__), declaration, expression)

// A declaration cannot stand in parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define NOSOGRAPH_ASSIGN_OR_RETURN(status_or, declaration, expression) \
  auto status_or = (expression);                                       \
  if (!status_or.ok()) {                                               \
    return std::move(status_or).status();                              \
  }                                                                    \
  declaration = *std::move(status_or)
// NOLINTEND(bugprone-macro-parentheses)

#endif  // NOSOGRAPH_TERMINOLOGY_BASE_STATUS_MACROS_H_
