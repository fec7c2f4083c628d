#include "terminology/operations/asked_codings.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/fhir/outcome.h"

namespace nosograph::operations {

using fhir::Coding;

absl::Status NothingToValidate() {
  return fhir::StatusOf(absl::StatusCode::kInvalidArgument,
                        {.code = "invalid",
                         .text = "Unable to find code to validate (looked for coding | codeableConcept | code+system "
                                 "| code+inferSystem in parameters",
                         .diagnostics = "give code and system, coding or codeableConcept"});
}

absl::StatusOr<AskedCodings> ReadCodings(const fhir::Parameters& parameters, const std::string& system,
                                         const std::string& version) {
  AskedCodings asked;
  ASSIGN_OR_RETURN(std::optional<Coding> coding, parameters.OneCoding("coding"));
  ASSIGN_OR_RETURN(asked.concepts, parameters.OneCodeableConcept("codeableConcept"));
  ASSIGN_OR_RETURN(const fhir::Parameter* const code, parameters.One("code"));
  const int ways = (coding ? 1 : 0) + (asked.concepts ? 1 : 0) + (code != nullptr ? 1 : 0);
  if (ways == 0) return NothingToValidate();
  if (ways > 1)
    return base::InvalidField("code", "", "is given in several ways", "give one of code, coding and codeableConcept");
  if (coding) {
    asked.codings.push_back(*std::move(coding));
    asked.paths.emplace_back("Coding");
  } else if (asked.concepts) {
    asked.codings = asked.concepts->codings;
    if (asked.codings.empty()) return base::InvalidField("codeableConcept.coding", "", "is empty", "give a coding");
    for (size_t i = 0; i < asked.codings.size(); ++i)
      asked.paths.push_back(absl::StrCat("CodeableConcept.coding[", i, "]"));
  } else {
    Coding plain{.system = system, .version = version};
    ASSIGN_OR_RETURN(plain.code, parameters.Text("code"));
    ASSIGN_OR_RETURN(plain.display, parameters.Text("display"));
    asked.codings.push_back(std::move(plain));
    asked.paths.emplace_back();
  }
  for (Coding& each : asked.codings) {
    if (each.system.empty()) each.system = system;
    if (each.version.empty() && each.system == system) each.version = version;
  }
  return asked;
}

}  // namespace nosograph::operations
