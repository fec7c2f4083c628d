#include "terminology/operations/validation_answer.h"

#include "terminology/fhir/parameters_writer.h"

namespace nosograph::operations {
namespace {

using fhir::Coding;
using fhir::Issue;

void WriteCoding(const Coding& coding, base::JsonWriter& json) {
  json.TextIfAny("system", coding.system)
      .TextIfAny("version", coding.version)
      .TextIfAny("code", coding.code)
      .TextIfAny("display", coding.display);
}

void WriteStatus(const query::ConceptRef& item, fhir::ParametersWriter& answer) {
  if (item.inactive()) answer.Flag("inactive", true);
  const model::ConceptStatus status = item.snapshot().status(item.item);
  if (status != model::ConceptStatus::kActive) {
    answer.ValueIfAny("status", "valueCode", model::ConceptStatusName(status));
  }
}

}  // namespace

std::string ValidationAnswer(bool result, const CodingVerdict& verdict, const std::vector<Issue>& issues,
                             const Coding& coding, const fhir::CodeableConcept* asked) {
  fhir::ParametersWriter answer;
  answer.Flag("result", result);
  // Of several codings that are all wrong none is the one.
  if (verdict.named) answer.ValueIfAny("code", "valueCode", coding.code);
  if (verdict.named) {
    answer.ValueIfAny("system", "valueUri", verdict.item ? verdict.item->snapshot().url() : coding.system);
  }
  if (verdict.item && verdict.shown) {
    answer.ValueIfAny("version", "valueString", verdict.item->snapshot().version())
        .ValueIfAny("display", "valueString", verdict.display);
    WriteStatus(*verdict.item, answer);
    if (verdict.item->code() != coding.code) answer.Value("normalized-code", "valueCode", verdict.item->code());
  } else if (verdict.item && verdict.item->inactive()) {
    WriteStatus(*verdict.item, answer);
  } else if (verdict.shown) {
    answer.ValueIfAny("version", "valueString", verdict.version);
  }
  if (!verdict.unknown_system.empty())
    answer.Value(verdict.caused ? "x-caused-by-unknown-system" : "x-unknown-system", "valueCanonical",
                 verdict.unknown_system);
  if (asked != nullptr) {
    answer.Object("codeableConcept", "valueCodeableConcept", [&](base::JsonWriter& json) {
      json.StartList("coding");
      for (const Coding& each : asked->codings) {
        json.StartObject();
        WriteCoding(each, json);
        json.EndObject();
      }
      json.EndList().TextIfAny("text", asked->text);
    });
  }
  answer.ValueIfAny("message", "valueString", fhir::MessageOf(issues));
  if (!issues.empty()) {
    answer.Object("issues", "resource", [&](base::JsonWriter& json) { fhir::WriteOutcome(issues, json); });
  }
  return answer.Take();
}

}  // namespace nosograph::operations
