#include "terminology/base/field_error.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/unicode.h"

namespace nosograph::base {
namespace {

constexpr char kField[] = "nosograph/field";
constexpr char kValue[] = "nosograph/value";
constexpr char kProblem[] = "nosograph/problem";
constexpr char kRemedy[] = "nosograph/remedy";

std::string Payload(const absl::Status& status, absl::string_view name) {
  const absl::optional<absl::Cord> payload = status.GetPayload(name);
  return payload ? std::string(*payload) : "";
}

}  // namespace

absl::Status FieldError(absl::StatusCode code, absl::string_view field, absl::string_view value,
                        absl::string_view problem, absl::string_view remedy) {
  absl::Status status(code, absl::StrCat(field, ": ", problem, "; ", remedy));
  status.SetPayload(kField, absl::Cord(field));
  status.SetPayload(kValue, absl::Cord(value));
  status.SetPayload(kProblem, absl::Cord(problem));
  status.SetPayload(kRemedy, absl::Cord(remedy));
  return status;
}

absl::Status InvalidField(absl::string_view field, absl::string_view value, absl::string_view problem,
                          absl::string_view remedy) {
  return FieldError(absl::StatusCode::kInvalidArgument, field, Excerpt(value), problem, remedy);
}

std::optional<FieldErrorParts> ReadFieldError(const absl::Status& status) {
  if (!status.GetPayload(kField)) return std::nullopt;
  return FieldErrorParts{.field = Payload(status, kField),
                         .value = Payload(status, kValue),
                         .problem = Payload(status, kProblem),
                         .remedy = Payload(status, kRemedy)};
}

}  // namespace nosograph::base
