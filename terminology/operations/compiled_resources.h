// Resources that came with requests, compiled, by what they are: clients send the same ones again and again.
//
// By SHA-256 of their JSON, so that nobody can put another's in their place. Bounded in number and bytes; the ones not
// asked for longest go first. Thread-safe; nobody waits: who finds it busy compiles for itself.
//
//   if (std::shared_ptr<const CompiledResource> known = compiled.Find(key)) ...
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_COMPILED_RESOURCES_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_COMPILED_RESOURCES_H_

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "terminology/model/concept_map.h"
#include "terminology/operations/value_set_definition.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::operations {

// One of the three.
struct CompiledResource {
  std::optional<snapshot::Release> release = {};
  std::shared_ptr<const ValueSetDefinition> value_set = nullptr;
  std::shared_ptr<const model::ConceptMap> concept_map = nullptr;
};

class CompiledResources {
 public:
  static constexpr size_t kMost = 1000;
  static constexpr size_t kMostBytes = 64 << 20;  // of all, as they were sent
  static constexpr size_t kLargest = 1 << 20;     // a larger one is not kept

  // Null where it is not there, or another is looking right now.
  std::shared_ptr<const CompiledResource> Find(const std::string& sha256);
  void Add(const std::string& sha256, std::shared_ptr<const CompiledResource> resource, size_t bytes);

 private:
  struct Entry {
    std::string sha256;
    std::shared_ptr<const CompiledResource> resource;
    size_t bytes;
  };

  std::mutex mutex_;          // only ever tried
  std::list<Entry> entries_;  // the one that was asked for last comes first
  absl::flat_hash_map<std::string, std::list<Entry>::iterator> by_key_;
  size_t bytes_ = 0;
};

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_COMPILED_RESOURCES_H_
