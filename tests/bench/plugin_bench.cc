// The C library in the caller's own process. NOSOGRAPH_DATA names the data folder to open.
#include <benchmark/benchmark.h>
#include <nosograph.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace nosograph::bench {
namespace {

std::string Conninfo() {
  const char* data = std::getenv("NOSOGRAPH_DATA");
  return std::string("snapshot:") + (data == nullptr ? "" : data);
}

noso_terminology* Open() {
  const std::string conninfo = Conninfo();
  noso_terminology* terminology = nullptr;
  if (noso_open(conninfo.data(), conninfo.size(), &terminology) != NOSO_OK) {
    size_t size = 0;
    std::cerr << std::string(noso_last_error(&size)) << "\n";
    std::exit(2);
  }
  return terminology;
}

// Every code of ICD-10-CM, in an order that no cache knows.
const std::vector<std::string>& Codes() {
  static const std::vector<std::string> codes = [] {
    noso_terminology* terminology = Open();
    std::vector<std::string> found;
    std::vector<std::string> waiting;
    for (int chapter = 1; chapter <= 22; ++chapter) waiting.push_back("chapter-" + std::to_string(chapter));
    while (!waiting.empty()) {
      const std::string code = waiting.back();
      waiting.pop_back();
      noso_result* result = nullptr;
      noso_lookup(terminology, nullptr, code.data(), code.size(), &result);
      for (size_t i = 0; i < noso_result_count(result, NOSO_LIST_CHILDREN); ++i) {
        size_t size = 0;
        const char* child = noso_result_get(result, NOSO_LIST_CHILDREN, i, NOSO_FIELD_CODE, &size);
        waiting.emplace_back(child, size);
      }
      found.push_back(code);
      noso_result_free(result);
    }
    noso_close(terminology);
    std::shuffle(found.begin(), found.end(), std::mt19937(1));
    return found;
  }();
  return codes;
}

// Asks for one code after the other and reads something of each answer.
template <typename Ask, typename Read>
void EachCode(benchmark::State& state, const Ask& ask, const Read& read) {
  noso_terminology* terminology = Open();
  const std::vector<std::string>& codes = Codes();
  size_t next = 0;
  for (auto _ : state) {
    const std::string& code = codes[next++ % codes.size()];
    noso_result* result = nullptr;
    ask(terminology, nullptr, code.data(), code.size(), &result);
    benchmark::DoNotOptimize(read(result));
    noso_result_free(result);
  }
  noso_close(terminology);
}

void LookupDisplay(benchmark::State& state) {
  EachCode(state, noso_lookup, [](const noso_result* result) {
    size_t size = 0;
    return noso_result_get(result, NOSO_LIST_MATCHED, 0, NOSO_FIELD_DISPLAY, &size);
  });
}
BENCHMARK(LookupDisplay);

void ValidateCode(benchmark::State& state) { EachCode(state, noso_validate_code, noso_result_outcome); }
BENCHMARK(ValidateCode);

void ResolveAll(benchmark::State& state) {
  EachCode(state, noso_resolve,
           [](const noso_result* result) { return noso_result_count(result, NOSO_LIST_ANCESTORS); });
}
BENCHMARK(ResolveAll);

void OpenAndClose(benchmark::State& state) {
  for (auto _ : state) noso_close(Open());
}
BENCHMARK(OpenAndClose)->Unit(benchmark::kMicrosecond);

// What the process has in memory of its own beside what it had before.
long AnonymousKilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("RssAnon:", 0) == 0) return std::atol(line.c_str() + 8);
  }
  return 0;
}

void Memory(benchmark::State& state) {
  const std::vector<std::string>& codes = Codes();
  for (auto _ : state) {
    const long before = AnonymousKilobytes();
    noso_terminology* terminology = Open();
    for (const std::string& code : codes) {
      noso_result* result = nullptr;
      noso_lookup(terminology, nullptr, code.data(), code.size(), &result);
      noso_result_free(result);
    }
    state.counters["added_kB"] = static_cast<double>(AnonymousKilobytes() - before);
    noso_close(terminology);
  }
}
BENCHMARK(Memory)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace nosograph::bench

int main(int argc, char** argv) {
  // Before anything else is in memory: opening pays for whatever of the libraries it touches first.
  const long before = nosograph::bench::AnonymousKilobytes();
  noso_terminology* terminology = nosograph::bench::Open();
  noso_result* result = nullptr;
  noso_lookup(terminology, nullptr, "L94.2", 5, &result);
  std::cout << "first open and lookup: " << nosograph::bench::AnonymousKilobytes() - before
            << " kB of anonymous memory added\n";
  noso_result_free(result);
  noso_close(terminology);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
