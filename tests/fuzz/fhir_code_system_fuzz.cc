// Any bytes as a FHIR CodeSystem: an error or a code system, never a crash.
#include <cstdlib>

#include "terminology/import/fhir_code_system.h"
#include "terminology/snapshot/writer.h"
#include "tests/fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const nosograph::fuzz::InputFile file(data, size);
  const auto system = nosograph::import::ImportFhirCodeSystem(file.path());
  if (!system.ok()) {
    if (system.status().message().empty()) std::abort();
    return 0;
  }
  // Codes that crowd the hash may be refused here; nothing else of what was taken may be.
  const auto bytes = nosograph::snapshot::WriteSnapshot(*system);
  if (!bytes.ok() && bytes.status().message().empty()) std::abort();
  return 0;
}
