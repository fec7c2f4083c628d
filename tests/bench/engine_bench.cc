// The engine beside what it can be compared with. NOSOGRAPH_TABULAR names the tabular list to load.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/file.h"
#include "terminology/import/icd10cm_tabular.h"
#include "terminology/query/resolve.h"
#include "terminology/query/subsumes.h"
#include "terminology/query/validate_code.h"
#include "terminology/snapshot/writer.h"
#include "tests/bench/perfect_hash.h"

namespace nosograph::bench {
namespace {

using snapshot::Release;
using snapshot::ReleaseSet;
using snapshot::Snapshot;
using snapshot::Verification;

struct World {
  model::CodeSystem system;
  std::string bytes;
  std::string path;
  std::shared_ptr<const Snapshot> snapshot;
  std::unique_ptr<ReleaseSet> set;
  std::vector<std::string> shuffled;  // every code that packs into eight characters
  std::vector<std::string> broken;    // as many that are wrong in some way
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
};

World& TheWorld() {
  static World& world = *[] {
    auto* made = new World;
    const char* path = std::getenv("NOSOGRAPH_TABULAR");
    if (path == nullptr) {
      std::cerr << "NOSOGRAPH_TABULAR names no tabular list\n";
      std::exit(2);
    }
    made->system = *import::ImportIcd10CmTabular(path, "2026-04-01");
    made->bytes = *snapshot::WriteSnapshot(made->system);
    made->path = absl::StrCat("/tmp/nosograph-bench.", getpid());
    if (!base::WriteFileAtomically(made->path, made->bytes).ok()) std::exit(2);
    made->snapshot = *Snapshot::Open(made->path, Verification::kEveryByte);
    made->set = std::make_unique<ReleaseSet>(std::vector<Release>{Release{made->snapshot, "id"}});
    std::mt19937 random(1);
    for (const model::Concept& item : made->system.concepts) {
      if (item.code.size() <= 8) made->shuffled.push_back(item.code);
    }
    std::shuffle(made->shuffled.begin(), made->shuffled.end(), random);
    for (size_t i = 0; i < made->shuffled.size(); ++i) {
      std::string code = made->shuffled[i];
      switch (i % 4) {
        case 0:
          code += "9";
          break;
        case 1:
          code.pop_back();
          break;
        case 2:
          code.back() = 'Q';
          break;
        default:
          std::transform(code.begin(), code.end(), code.begin(), [](char c) { return std::tolower(c); });
      }
      made->broken.push_back(code);
    }
    const uint32_t count = made->snapshot->concept_count();
    for (size_t i = 0; i < made->shuffled.size(); ++i) made->pairs.emplace_back(random() % count, random() % count);
    return made;
  }();
  return world;
}

// Reads what a caller would show.
inline size_t ReadDisplay(absl::string_view title) { return static_cast<unsigned char>(title[title.size() / 2]); }

void BM_LookupAndDisplay_PerfectHashBaseline(benchmark::State& state) {
  World& world = TheWorld();
  static const PerfectHash& hash = *[&] {
    std::vector<uint64_t> keys;
    for (const model::Concept& item : world.system.concepts) {
      if (item.code.size() <= 8) keys.push_back(Pack(item.code));
    }
    return new PerfectHash(keys);
  }();
  std::string text;
  std::vector<std::pair<uint32_t, uint32_t>> titles;
  for (const model::Concept& item : world.system.concepts) {
    if (item.code.size() > 8) continue;
    titles.emplace_back(text.size(), item.title.size());
    text += item.title;
  }
  size_t i = 0;
  size_t sum = 0;
  for (auto _ : state) {
    const auto [offset, length] = titles[hash.Find(Pack(world.shuffled[i]))];
    sum += ReadDisplay(absl::string_view(text.data() + offset, length));
    if (++i == world.shuffled.size()) i = 0;
  }
  benchmark::DoNotOptimize(sum);
  state.counters["bytes_a_code"] = static_cast<double>(hash.bytes()) / static_cast<double>(titles.size());
}
BENCHMARK(BM_LookupAndDisplay_PerfectHashBaseline);

void BM_LookupAndDisplay_FlatHashMap(benchmark::State& state) {
  World& world = TheWorld();
  absl::flat_hash_map<std::string, std::string> map;
  for (const model::Concept& item : world.system.concepts) map.emplace(item.code, item.title);
  size_t i = 0;
  size_t sum = 0;
  for (auto _ : state) {
    sum += ReadDisplay(map.find(world.shuffled[i])->second);
    if (++i == world.shuffled.size()) i = 0;
  }
  benchmark::DoNotOptimize(sum);
}
BENCHMARK(BM_LookupAndDisplay_FlatHashMap);

void BM_LookupAndDisplay_Nosograph(benchmark::State& state) {
  World& world = TheWorld();
  size_t i = 0;
  size_t sum = 0;
  for (auto _ : state) {
    sum += ReadDisplay(world.snapshot->title(*world.snapshot->Find(world.shuffled[i])));
    if (++i == world.shuffled.size()) i = 0;
  }
  benchmark::DoNotOptimize(sum);
  state.counters["bytes_a_code"] =
      static_cast<double>(world.snapshot->index_bytes()) / static_cast<double>(world.snapshot->concept_count());
}
BENCHMARK(BM_LookupAndDisplay_Nosograph);

void BM_Subsumes(benchmark::State& state) {
  World& world = TheWorld();
  const Release* release = world.set->Active(world.snapshot->url());
  const query::Scope scope(release, {}, false);
  size_t i = 0;
  size_t found = 0;
  for (auto _ : state) {
    const auto [a, b] = world.pairs[i];
    found += query::RelationOf(scope, {release, a}, {release, b}) == query::Relation::kSubsumes;
    if (++i == world.pairs.size()) i = 0;
  }
  benchmark::DoNotOptimize(found);
}
BENCHMARK(BM_Subsumes);

void Validate(benchmark::State& state, const std::vector<std::string>& codes) {
  const query::CodeValidator validator(*TheWorld().set, {});
  size_t i = 0;
  size_t valid = 0;
  for (auto _ : state) {
    valid += validator.Validate(codes[i]).verdict == query::Verdict::kValid;
    if (++i == codes.size()) i = 0;
  }
  benchmark::DoNotOptimize(valid);
}
void BM_ValidateAllCodes(benchmark::State& state) { Validate(state, TheWorld().shuffled); }
BENCHMARK(BM_ValidateAllCodes);
void BM_ValidateBrokenCodes(benchmark::State& state) { Validate(state, TheWorld().broken); }
BENCHMARK(BM_ValidateBrokenCodes);

void BM_Resolve(benchmark::State& state) {
  World& world = TheWorld();
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(query::Resolve(*world.set, {.code = world.shuffled[i]}));
    if (++i == world.shuffled.size()) i = 0;
  }
}
BENCHMARK(BM_Resolve);

void BM_OpenAndFirstLookup(benchmark::State& state) {
  World& world = TheWorld();
  for (auto _ : state) {
    const auto snapshot = Snapshot::Open(world.path, Verification::kHeader);
    benchmark::DoNotOptimize((*snapshot)->title(*(*snapshot)->Find("L94.2")));
  }
}
BENCHMARK(BM_OpenAndFirstLookup)->Unit(benchmark::kMicrosecond);

void BM_OpenEveryByteVerified(benchmark::State& state) {
  World& world = TheWorld();
  for (auto _ : state) benchmark::DoNotOptimize(Snapshot::Open(world.path, Verification::kEveryByte));
}
BENCHMARK(BM_OpenEveryByteVerified)->Unit(benchmark::kMillisecond);

void BM_ImportFromXmlToSnapshot(benchmark::State& state) {
  const char* path = std::getenv("NOSOGRAPH_TABULAR");
  for (auto _ : state) {
    benchmark::DoNotOptimize(snapshot::WriteSnapshot(*import::ImportIcd10CmTabular(path, "2026-04-01")));
  }
}
BENCHMARK(BM_ImportFromXmlToSnapshot)->Unit(benchmark::kMillisecond);

// What a request that brings its own code system costs.
void BM_CompileFiftyConceptsInMemory(benchmark::State& state) {
  model::CodeSystem system{.url = "http://example.org/small", .version = "1"};
  for (int i = 0; i < 50; ++i) {
    system.concepts.push_back({.code = absl::StrCat("code", i), .title = absl::StrCat("Display of code ", i)});
    if (i > 0 && i % 5 != 0) system.concepts.back().parent = static_cast<uint32_t>(i - i % 5);
  }
  for (auto _ : state) {
    auto snapshot = Snapshot::FromBytes(*snapshot::WriteSnapshot(system), "small", Verification::kHeader);
    benchmark::DoNotOptimize((*snapshot)->Find("code7"));
  }
}
BENCHMARK(BM_CompileFiftyConceptsInMemory)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace nosograph::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  unlink(nosograph::bench::TheWorld().path.c_str());
  return 0;
}
