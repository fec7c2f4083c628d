// Times of single searches in the engine: each query once after all were asked once, so that nothing but memory is
// warm.
//
//   NOSOGRAPH_TABULAR=FILE search_bench QUERIES     a query a line: its class, a tab, its words
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "terminology/import/icd10cm_tabular.h"
#include "terminology/import/synonyms.h"
#include "terminology/query/search.h"
#include "terminology/snapshot/writer.h"

namespace nosograph::bench {
namespace {

int Run(const char* tabular, const char* queries) {
  absl::StatusOr<model::CodeSystem> system = import::ImportIcd10CmTabular(tabular, "2026-04-01");
  if (!system.ok()) {
    std::cerr << system.status() << "\n";
    return 1;
  }
  system->synonyms = import::DefaultSynonyms();
  const absl::StatusOr<std::string> bytes = snapshot::WriteSnapshot(*system);
  if (!bytes.ok()) return 1;
  const auto opened = snapshot::Snapshot::FromBytes(*bytes, tabular, snapshot::Verification::kHeader);
  if (!opened.ok()) return 1;
  const snapshot::ReleaseSet set({snapshot::Release{.snapshot = *opened, .id = "bench"}});
  std::cout << "text index: " << (*opened)->text_index().bytes() << " of " << bytes->size() << " bytes\n";

  std::vector<std::pair<std::string, std::string>> asked;
  std::ifstream file(queries);
  for (std::string line; std::getline(file, line);) {
    const size_t tab = line.find('\t');
    if (tab != std::string::npos) asked.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  }
  for (const auto& [kind, text] : asked) (void)query::Search(set, {.text = text});
  std::map<std::string, std::vector<double>> times;
  for (const auto& [kind, text] : asked) {
    const auto begin = std::chrono::steady_clock::now();
    const absl::StatusOr<query::SearchAnswer> answer = query::Search(set, {.text = text});
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    if (answer.ok()) times[kind].push_back(took.count());
  }
  for (auto& [kind, of] : times) {
    std::sort(of.begin(), of.end());
    std::cout << kind << ": " << of.size() << " queries, median " << of[of.size() / 2] << " us, p99 "
              << of[of.size() * 99 / 100] << " us\n";
  }
  return 0;
}

}  // namespace
}  // namespace nosograph::bench

int main(int argc, char** argv) {
  const char* tabular = std::getenv("NOSOGRAPH_TABULAR");
  if (argc != 2 || tabular == nullptr) {
    std::cerr << "usage: NOSOGRAPH_TABULAR=FILE search_bench QUERIES\n";
    return 2;
  }
  return nosograph::bench::Run(tabular, argv[1]);
}
