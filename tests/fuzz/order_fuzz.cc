// Any bytes as an order file: an error or lines with a code and a title, never a crash.
#include <cstdlib>

#include "terminology/import/icd10cm_order.h"
#include "tests/fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const nosograph::fuzz::InputFile file(data, size);
  const auto order = nosograph::import::ReadIcd10CmOrder(file.path());
  if (!order.ok()) {
    if (order.status().message().empty()) std::abort();
    return 0;
  }
  for (const nosograph::import::OrderLine& line : order->lines) {
    if (line.code.empty() || line.long_title.empty()) std::abort();
  }
  return 0;
}
