#include "terminology/operations/content.h"

#include <algorithm>

#include "terminology/model/version_order.h"

namespace nosograph::operations {

std::shared_ptr<const ValueSetDefinition> Content::FindValueSet(const std::string& url,
                                                                const std::string& version) const {
  for (const CanonicalResources* resources : {&sent, kept.get()}) {
    if (resources == nullptr) continue;
    const auto found = resources->value_sets.find(url);
    if (found == resources->value_sets.end()) continue;
    std::shared_ptr<const ValueSetDefinition> best;
    for (const std::shared_ptr<const ValueSetDefinition>& each : found->second) {
      if (!version.empty() && !model::FitsVersion(version, each->version)) continue;
      if (best == nullptr ||
          model::IsLaterVersion(each->version_algorithm, each->version, best->version_algorithm, best->version))
        best = each;
    }
    if (best != nullptr) return best;
  }
  return nullptr;
}

std::vector<std::shared_ptr<const model::ConceptMap>> Content::ConceptMaps() const {
  std::vector<std::shared_ptr<const model::ConceptMap>> maps = sent.concept_maps;
  if (kept == nullptr) return maps;
  for (const std::shared_ptr<const model::ConceptMap>& each : kept->concept_maps) {
    const bool hidden = std::any_of(sent.concept_maps.begin(), sent.concept_maps.end(), [&](const auto& known) {
      return known->url == each->url && known->version == each->version;
    });
    if (!hidden) maps.push_back(each);
  }
  return maps;
}

}  // namespace nosograph::operations
