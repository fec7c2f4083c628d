// Any bytes as a tabular list: an error or a code system that can be written, never a crash.
#include <cstdlib>

#include "terminology/import/icd10cm_tabular.h"
#include "terminology/snapshot/writer.h"
#include "tests/fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const nosograph::fuzz::InputFile file(data, size);
  const auto system = nosograph::import::ImportIcd10CmTabular(file.path(), "2026-04-01");
  if (!system.ok()) {
    if (system.status().message().empty()) std::abort();
    return 0;
  }
  if (!nosograph::snapshot::WriteSnapshot(*system).ok()) std::abort();
  return 0;
}
