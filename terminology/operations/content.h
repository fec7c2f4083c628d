// What a question is answered from: the releases, and the value sets and concept maps beside them, those that are kept
// and those that came with the request, which go before.
//
// Immutable once made. Thread-safe.
//
//   if (std::shared_ptr<const ValueSetDefinition> definition = content.FindValueSet(url, "")) ...
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_CONTENT_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_CONTENT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "terminology/model/concept_map.h"
#include "terminology/operations/compiled_resources.h"
#include "terminology/operations/value_set_definition.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::operations {

// Resources beside code systems, by their canonical URLs.
struct CanonicalResources {
  absl::flat_hash_map<std::string, std::vector<std::shared_ptr<const ValueSetDefinition>>> value_sets = {};
  std::vector<std::shared_ptr<const model::ConceptMap>> concept_maps = {};
};

struct Content {
  snapshot::ReleaseSet releases = {};
  std::shared_ptr<const CanonicalResources> kept = nullptr;  // null for none
  CanonicalResources sent = {};                              // with the request
  std::shared_ptr<CompiledResources> compiled = nullptr;     // what came before, so that it is not read again; or null

  // The one of that version, the latest where none is asked for; null where there is none. What was sent goes before.
  std::shared_ptr<const ValueSetDefinition> FindValueSet(const std::string& url, const std::string& version) const;
  // All, those that were sent first; a kept one of the same url and version as a sent one is not among them.
  std::vector<std::shared_ptr<const model::ConceptMap>> ConceptMaps() const;
};

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_CONTENT_H_
