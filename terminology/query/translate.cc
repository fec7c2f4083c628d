#include "terminology/query/translate.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace nosograph::query {
namespace {

using model::ConceptMap;
using model::MapElement;
using model::MapGroup;
using model::MapTarget;
using model::UnmappedMode;

std::pair<std::string, std::string> Part(const std::string& canonical) {
  return absl::StrSplit(canonical, absl::MaxSplits('|', 1));
}

// Whether a canonical that is asked for is this one; a version counts where both have one.
bool Fits(const std::string& asked, const std::string& canonical) {
  if (asked.empty()) return true;
  const auto [wanted, wanted_version] = Part(asked);
  const auto [known, known_version] = Part(canonical);
  return wanted == known && (wanted_version.empty() || known_version.empty() || wanted_version == known_version);
}

class Translator {
 public:
  Translator(const ConceptMaps& all, const TranslateQuery& query) : all_(all), query_(query) {}

  void Ask(const ConceptMap& map) {
    if (std::find(asked_.begin(), asked_.end(), &map) != asked_.end()) return;
    asked_.push_back(&map);
    if (!Fits(query_.source_scope, map.source_scope) || !Fits(query_.target_scope, map.target_scope)) return;
    for (const MapGroup& group : map.groups) {
      const std::string& here = query_.reverse ? group.target : group.source;
      const std::string& there = query_.reverse ? group.source : group.target;
      if (!Fits(query_.system, here) || !Fits(query_.other_system, there)) continue;
      query_.reverse ? AskBack(map, group) : AskOn(map, group);
    }
  }

  std::vector<Translation> Take() { return std::move(found_); }

 private:
  void Add(const ConceptMap& map, const std::string& canonical, const std::string& code, const std::string& display,
           model::MapRelationship relationship, const MapTarget* target) {
    auto [system, version] = Part(canonical);
    found_.push_back({&map, std::move(system), std::move(version), code, display, relationship, target});
  }

  void AskOn(const ConceptMap& map, const MapGroup& group) {
    const auto known = group.by_code.find(query_.code);
    if (known != group.by_code.end()) {
      for (const uint32_t index : known->second) {
        const MapElement& element = group.elements[index];
        for (const MapTarget& target : element.targets) {
          if (!target.code.empty()) {
            Add(map, group.target, target.code, target.display, target.relationship, &target);
          }
        }
      }
      return;
    }
    switch (group.unmapped) {
      case UnmappedMode::kNone:
        break;
      case UnmappedMode::kUseSourceCode:
        Add(map, group.target, query_.code, "", group.fixed.relationship, nullptr);
        break;
      case UnmappedMode::kFixed:
        Add(map, group.target, group.fixed.code, group.fixed.display, group.fixed.relationship, nullptr);
        break;
      case UnmappedMode::kOtherMap: {
        const auto other = std::find_if(all_.begin(), all_.end(),
                                        [&](const auto& each) { return Fits(group.other_map, each->canonical()); });
        if (!group.other_map.empty() && other != all_.end()) Ask(**other);
        break;
      }
    }
  }

  void AskBack(const ConceptMap& map, const MapGroup& group) {
    for (const MapElement& element : group.elements) {
      for (const MapTarget& target : element.targets) {
        if (target.code != query_.code) continue;
        Add(map, group.source, element.code, element.display, Inverse(target.relationship), &target);
      }
    }
  }

  const ConceptMaps& all_;
  const TranslateQuery& query_;
  std::vector<const ConceptMap*> asked_;
  std::vector<Translation> found_;
};

}  // namespace

bool AreMet(const std::vector<model::MapAttribute>& depends_on, const std::vector<model::MapAttribute>& known) {
  return std::all_of(depends_on.begin(), depends_on.end(), [&](const model::MapAttribute& needed) {
    if (needed.code.empty()) return false;
    return std::any_of(known.begin(), known.end(), [&](const model::MapAttribute& given) {
      const bool same = given.name == needed.name || given.name == needed.uri;
      const bool of_system = needed.system.empty() || given.system.empty() || given.system == needed.system;
      return same && of_system && given.code == needed.code;
    });
  });
}

std::vector<Translation> Translate(const ConceptMaps& asked, const ConceptMaps& all, const TranslateQuery& query) {
  Translator translator(all, query);
  for (const std::shared_ptr<const ConceptMap>& map : asked) translator.Ask(*map);
  return translator.Take();
}

}  // namespace nosograph::query
