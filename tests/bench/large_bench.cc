// A code system of 1,000,000 concepts and 3,000,000 designations, made up as it is streamed into the writer: what
// SNOMED CT and its like will cost. Build time and peak memory, then lookups beside absl's flat_hash_map of the same
// size.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "terminology/snapshot/snapshot.h"
#include "terminology/snapshot/writer.h"

namespace nosograph::bench {
namespace {

using snapshot::Snapshot;

constexpr uint32_t kConcepts = 1'000'000;
constexpr std::array kSites = {"heart", "lung", "kidney", "liver", "skin", "bone", "brain", "eye"};
constexpr std::array kFindings = {"inflammation", "neoplasm", "injury", "infection", "malformation", "degeneration"};

// Eight digits, which the index packs as they are, or nine, as SNOMED CT's shorter identifiers have; no order in them.
std::string Code(int digits, uint32_t number) {
  return digits == 8 ? absl::StrCat(10'000'000 + number * uint64_t{7919} % 89'999'999)
                     : absl::StrCat(100'000'000 + number * uint64_t{7919} % 899'999'963);
}

std::string Name(uint32_t number, const char* manner) {
  return absl::StrCat(manner, " ", kFindings[number % kFindings.size()], " of ", kSites[number / 7 % kSites.size()],
                      ", form ", number);
}

struct World {
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<std::string> shuffled;
  double seconds = 0;
  double peak_megabytes = 0;
  double file_megabytes = 0;
};

// The first use builds it, before anything else takes memory.
template <int kDigits>
World& TheWorld() {
  static World& world = *[] {
    auto* made = new World;
    const auto begin = std::chrono::steady_clock::now();
    const model::CodeSystem system{.url = "http://example.org/large", .version = "1"};
    std::string bytes;
    {
      snapshot::SnapshotWriter writer(system);
      for (uint32_t i = 0; i < kConcepts; ++i) {
        model::Concept item{.code = Code(kDigits, i), .kind = model::ConceptKind::kConcept, .title = Name(i, "acute")};
        if (i > 0) item.parent = (i - 1) / 8;
        if (i > 100 && i % 4 == 0) item.other_parents = {i / 16};
        item.designations = {{.language = "en", .value = Name(i, "sudden")},
                             {.language = "de", .value = Name(i, "akute")},
                             {.language = "fr", .value = Name(i, "aigu")}};
        if (!writer.Add(item).ok()) std::exit(2);
      }
      absl::StatusOr<std::string> written = writer.Finish();
      if (!written.ok()) {
        std::cerr << written.status() << "\n";
        std::exit(2);
      }
      bytes = *std::move(written);
    }
    made->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    made->peak_megabytes = static_cast<double>(usage.ru_maxrss) / 1024;
    made->file_megabytes = static_cast<double>(bytes.size()) / (1 << 20);
    made->snapshot = *Snapshot::FromBytes(std::move(bytes), "large", snapshot::Verification::kEveryByte);
    for (uint32_t i = 0; i < kConcepts; ++i) made->shuffled.push_back(Code(kDigits, i));
    std::shuffle(made->shuffled.begin(), made->shuffled.end(), std::mt19937(1));
    return made;
  }();
  return world;
}

inline size_t ReadDisplay(absl::string_view title) { return static_cast<unsigned char>(title[title.size() / 2]); }

void BM_BuildAMillionConcepts(benchmark::State& state) {
  const World& world = TheWorld<8>();
  for (auto _ : state) state.SetIterationTime(world.seconds);
  state.counters["peak_MB"] = world.peak_megabytes;
  state.counters["file_MB"] = world.file_megabytes;
}
BENCHMARK(BM_BuildAMillionConcepts)->Iterations(1)->UseManualTime()->Unit(benchmark::kSecond);

template <int kDigits>
void BM_LookupAndDisplay_FlatHashMap(benchmark::State& state) {
  const World& world = TheWorld<kDigits>();
  absl::flat_hash_map<std::string, std::string> map;
  for (uint32_t i = 0; i < kConcepts; ++i) map.emplace(Code(kDigits, i), Name(i, "acute"));
  size_t i = 0;
  size_t sum = 0;
  for (auto _ : state) {
    sum += ReadDisplay(map.find(world.shuffled[i])->second);
    if (++i == world.shuffled.size()) i = 0;
  }
  benchmark::DoNotOptimize(sum);
}
BENCHMARK(BM_LookupAndDisplay_FlatHashMap<8>);
BENCHMARK(BM_LookupAndDisplay_FlatHashMap<9>);

template <int kDigits>
void BM_LookupAndDisplay_Nosograph(benchmark::State& state) {
  const World& world = TheWorld<kDigits>();
  size_t i = 0;
  size_t sum = 0;
  for (auto _ : state) {
    sum += ReadDisplay(world.snapshot->title(*world.snapshot->Find(world.shuffled[i])));
    if (++i == world.shuffled.size()) i = 0;
  }
  benchmark::DoNotOptimize(sum);
}
BENCHMARK(BM_LookupAndDisplay_Nosograph<8>);
BENCHMARK(BM_LookupAndDisplay_Nosograph<9>);

void BM_IsAbove_SeveralParents(benchmark::State& state) {
  const World& world = TheWorld<8>();
  std::mt19937 random(1);
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (int i = 0; i < 1'000'000; ++i) pairs.emplace_back(random() % kConcepts, random() % kConcepts);
  size_t i = 0;
  size_t sum = 0;
  for (auto _ : state) {
    sum += world.snapshot->IsAbove(pairs[i].first, pairs[i].second) ? 1 : 0;
    if (++i == pairs.size()) i = 0;
  }
  benchmark::DoNotOptimize(sum);
}
BENCHMARK(BM_IsAbove_SeveralParents);

}  // namespace
}  // namespace nosograph::bench

BENCHMARK_MAIN();
