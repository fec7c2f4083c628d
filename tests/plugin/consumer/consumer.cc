// A program of a user's own in C++, built against what is installed: prints the display of a code.
//
//   consumer CONNINFO CODE
#include <nosograph.h>

#include <cstring>
#include <iostream>
#include <memory>
#include <string_view>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  noso_terminology* terminology = nullptr;
  size_t size = 0;
  if (noso_open(argv[1], std::strlen(argv[1]), &terminology) != NOSO_OK) {
    const char* message = noso_last_error(&size);
    std::cerr << std::string_view(message, size) << "\n";
    return 3;
  }
  noso_result* raw = nullptr;
  noso_lookup(terminology, nullptr, argv[2], std::strlen(argv[2]), &raw);
  const std::unique_ptr<noso_result, decltype(&noso_result_free)> answer(raw, &noso_result_free);
  const char* display = noso_result_get(answer.get(), NOSO_LIST_MATCHED, 0, NOSO_FIELD_DISPLAY, &size);
  std::cout << std::string_view(display, size) << "\n";
  noso_close(terminology);
  return noso_result_outcome(answer.get()) == NOSO_VALID ? 0 : 1;
}
