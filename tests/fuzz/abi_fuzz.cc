// Any bytes as calls of the C ABI: a status that says what is wrong, or an answer, never a crash; and no error that
// reads as a wrong code. NOSOGRAPH_DATA names the data folder that is open.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "plugin/include/nosograph.h"

namespace {

noso_terminology* Open() {
  const char* data = std::getenv("NOSOGRAPH_DATA");
  const std::string conninfo = std::string("snapshot:") + (data == nullptr ? "" : data);
  noso_terminology* terminology = nullptr;
  if (noso_open(conninfo.data(), conninfo.size(), &terminology) != NOSO_OK) std::abort();
  return terminology;
}

void ReadAll(const noso_result* result, noso_status status) {
  if (status != NOSO_OK && noso_result_outcome(result) != NOSO_UNDETERMINED) std::abort();
  size_t size = 0;
  if (status != NOSO_OK && (noso_last_error(&size), size == 0)) std::abort();
  for (noso_list list = -1; list <= NOSO_LIST_CORRECTIONS + 1; ++list) {
    const size_t count = noso_result_count(result, list);
    for (size_t index = 0; index <= count && index < 50; ++index) {
      for (noso_field field = 0; field <= NOSO_FIELD_QUERY_END + 1; ++field) {
        const char* text = noso_result_get(result, list, index, field, &size);
        if (text == nullptr || (size > 0 && static_cast<unsigned char>(text[size - 1]) == 0)) std::abort();
      }
      for (noso_flag flag = -1; flag < 40; ++flag) noso_result_flag(result, list, index, flag);
    }
  }
  noso_result_release(result, &size);
  noso_result_message(result, &size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static noso_terminology* const open = Open();
  FuzzedDataProvider input(data, size);
  noso_terminology* terminology =
      input.ConsumeBool() ? open : reinterpret_cast<noso_terminology*>(input.ConsumeIntegral<uintptr_t>());
  if (terminology != open && noso_close(terminology) == NOSO_OK && terminology != nullptr) std::abort();
  const std::string system =
      input.ConsumeBool() ? "http://hl7.org/fhir/sid/icd-10-cm" : input.ConsumeRandomLengthString(60);
  const std::string version = input.ConsumeBool() ? "" : input.ConsumeRandomLengthString(20);
  const std::string date = input.ConsumeBool() ? "" : input.ConsumeRandomLengthString(20);
  noso_request request = NOSO_REQUEST_INIT;
  if (input.ConsumeIntegralInRange(0, 9) == 0) request.size = input.ConsumeIntegralInRange<size_t>(0, sizeof(request));
  request.system = {system.data(), system.size()};
  request.version = {version.data(), version.size()};
  request.date = {date.data(), date.size()};
  request.form = input.ConsumeIntegralInRange<int32_t>(-1, 2);
  request.on_miss = input.ConsumeIntegralInRange<int32_t>(-1, 2);
  request.use = input.ConsumeIntegralInRange<int32_t>(-1, 2);
  request.max_repairs = input.ConsumeIntegralInRange<int32_t>(-1, 1001);
  const noso_request* asked = input.ConsumeBool() ? &request : nullptr;
  const int verb = input.ConsumeIntegralInRange(0, 6);
  const std::string conninfo = input.ConsumeRandomLengthString(80);
  const std::string code = input.ConsumeRandomLengthString(200);
  noso_result* result = nullptr;
  noso_status status = NOSO_OK;
  switch (verb) {
    case 0:
      status = noso_resolve(terminology, asked, code.data(), code.size(), &result);
      break;
    case 1:
      status = noso_lookup(terminology, asked, code.data(), code.size(), &result);
      break;
    case 2:
      status = noso_validate_code(terminology, asked, code.data(), code.size(), &result);
      break;
    case 3:
      status = noso_subsumes(terminology, asked, code.data(), code.size(), conninfo.data(), conninfo.size(), &result);
      break;
    case 4: {
      std::vector<noso_text> codes(input.ConsumeIntegralInRange<size_t>(0, 8), {code.data(), code.size()});
      status = noso_batch(terminology, asked, input.ConsumeIntegralInRange<int32_t>(-1, 5), codes.data(), codes.size(),
                          &result);
      for (size_t i = 0; i <= noso_result_item_count(result); ++i) {
        const noso_result* item = noso_result_item(result, i);
        if (item != nullptr && noso_result_status(item) == NOSO_OK) ReadAll(item, NOSO_OK);
      }
      break;
    }
    case 5: {
      noso_search_options options = NOSO_SEARCH_OPTIONS_INIT;
      options.under = {conninfo.data(), conninfo.size()};
      options.page_token = {version.data(), version.size()};
      options.billable_only = input.ConsumeIntegralInRange<int32_t>(-1, 2);
      options.fold = input.ConsumeIntegralInRange<int32_t>(-1, 3);
      options.count = input.ConsumeIntegralInRange<int32_t>(-1, 1001);
      status =
          noso_search(terminology, asked, input.ConsumeBool() ? &options : nullptr, code.data(), code.size(), &result);
      break;
    }
    default: {
      noso_terminology* other = nullptr;
      status = noso_open(conninfo.data(), conninfo.size(), &other);
      if ((status == NOSO_OK) != (other != nullptr)) std::abort();
      noso_close(other);
    }
  }
  if (verb < 6) ReadAll(result, status);
  noso_result_free(result);
  return 0;
}
