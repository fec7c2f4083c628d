// An error of a request that names the field, the value and the remedy, for a person in its message and for a program
// in its payloads.
//
// Thread-safe: functions without state. Texts are UTF-8; a value is an excerpt (base::Excerpt), never a whole input.
//
//   return FieldError(absl::StatusCode::kInvalidArgument, "max_repairs", "5000",
//                     "5000 is not between 0 and 1000", "give a number in between");
//   // message: "max_repairs: 5000 is not between 0 and 1000; give a number in between"
#ifndef NOSOGRAPH_TERMINOLOGY_BASE_FIELD_ERROR_H_
#define NOSOGRAPH_TERMINOLOGY_BASE_FIELD_ERROR_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace nosograph::base {

struct FieldErrorParts {
  std::string field;    // as the request names it: "release.date"
  std::string value;    // what stood there, an excerpt
  std::string problem;  // what is wrong with it
  std::string remedy;   // what to do
};

absl::Status FieldError(absl::StatusCode code, absl::string_view field, absl::string_view value,
                        absl::string_view problem, absl::string_view remedy);

// The same for a value that the caller got wrong: InvalidArgument, of which an excerpt is taken here.
absl::Status InvalidField(absl::string_view field, absl::string_view value, absl::string_view problem,
                          absl::string_view remedy);

// What FieldError was given; none for a status of another origin.
std::optional<FieldErrorParts> ReadFieldError(const absl::Status& status);

}  // namespace nosograph::base

#endif  // NOSOGRAPH_TERMINOLOGY_BASE_FIELD_ERROR_H_
