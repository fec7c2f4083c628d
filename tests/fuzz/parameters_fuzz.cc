// Any bytes as a Parameters resource: an error that says what is wrong, or parameters whose every reading ends.
#include <cstdlib>

#include "terminology/fhir/parameters.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using nosograph::fhir::Parameters;
  const auto parameters = Parameters::Read({reinterpret_cast<const char*>(data), size}, {"ValueSet", "valueSet"});
  if (!parameters.ok()) {
    if (parameters.status().message().empty()) std::abort();
    return 0;
  }
  for (const nosograph::fhir::Parameter& parameter : parameters->all()) {
    (void)parameters->Text(parameter.name);
    (void)parameters->Flag(parameter.name, false);
    (void)parameters->Number(parameter.name);
    (void)parameters->OneCoding(parameter.name);
    (void)parameters->OneCodeableConcept(parameter.name);
    (void)parameters->Texts(parameter.name);
  }
  return 0;
}
