// $batch-validate-code of ValueSet and CodeSystem.
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/fhir/parameters_writer.h"
#include "terminology/operations/code_system_operations.h"
#include "terminology/operations/display_languages.h"
#include "terminology/operations/parameter_names.h"
#include "terminology/operations/request_content.h"
#include "terminology/operations/value_set.h"
#include "terminology/operations/value_set_operations.h"

namespace nosograph::operations {
namespace {

constexpr char kValidation[] = "validation";
constexpr size_t kMostValidations = 1000;

// What one of a batch is asked with: its own parameters, and those of the whole batch that it does not give itself.
fhir::Parameters Merged(const fhir::Parameters& own, const fhir::Parameters& batch) {
  fhir::Parameters merged = own;
  for (const fhir::Parameter& parameter : batch.all()) {
    if (parameter.name != kValidation && !own.Has(parameter.name)) merged.Add(parameter);
  }
  return merged;
}

Reply Batch(const Content& content, const fhir::Parameters& parameters, fhir::Version version,
            Reply (*validate_one)(const Content&, const fhir::Parameters&, fhir::Version)) {
  fhir::ParametersWriter answer;
  size_t asked = 0;
  for (const fhir::Parameter& parameter : parameters.all()) {
    if (parameter.name != kValidation) continue;
    if (++asked > kMostValidations) {
      return ErrorReply(422, {.code = "too-costly",
                              .text = absl::StrCat("the batch has more than ", kMostValidations, " validations"),
                              .expression = kValidation,
                              .diagnostics = "send them in several batches"});
    }
    const auto validate = [&]() -> absl::StatusOr<Reply> {
      ASSIGN_OR_RETURN(fhir::Parameters own, fhir::Parameters::Read(parameter.resource));
      if (own.Has(kExcludeSystem)) return NotUnderstood(kExcludeSystem);
      // Where nothing is asked that comes first.
      const bool asks = own.Has("code") || own.Has("coding") || own.Has("codeableConcept");
      if (std::optional<Reply> mistaken = asks ? RefuseMistaken(own) : std::nullopt) return *std::move(mistaken);
      own.Remove(kAcceptLanguage);  // of the whole request
      if (validate_one == ValidateInValueSet) own.Remove(kAskedCodeSystem);
      const fhir::Parameters merged = Merged(own, parameters);
      // What the batch brings is there already.
      if (!HasRequestContent(own)) return validate_one(content, merged, version);
      ASSIGN_OR_RETURN(const Content more, WithRequestContent(content, merged));
      return validate_one(more, merged, version);
    };
    const Reply reply = OrError(validate());
    answer.Parameter(kValidation, [&](base::JsonWriter& json) { json.Raw("resource", reply.body); });
  }
  if (asked == 0) {
    return ErrorReply(base::InvalidField(kValidation, "", "is not given", "give a Parameters resource for each code"));
  }
  return {200, answer.Take()};
}

}  // namespace

Reply ValidateBatch(const Content& content, const fhir::Parameters& parameters, fhir::Version version) {
  return Batch(content, parameters, version, ValidateInValueSet);
}

Reply ValidateBatchInCodeSystem(const Content& content, const fhir::Parameters& parameters, fhir::Version version) {
  return Batch(content, parameters, version, ValidateCode);
}

}  // namespace nosograph::operations
