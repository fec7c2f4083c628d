// What concept maps make of a concept (FHIR R5 ConceptMap $translate), and in reverse what they make it of.
//
// Thread-safe: functions without state. Results refer into the maps: keep them as long.
//
//   const std::vector<Translation> found = Translate(maps, {.system = "urn:a", .code = "red"});
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_TRANSLATE_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_TRANSLATE_H_

#include <memory>
#include <string>
#include <vector>

#include "terminology/model/concept_map.h"

namespace nosograph::query {

struct TranslateQuery {
  std::string system = {};  // of the concept; empty for any
  std::string code = {};
  // The concept is that of a target, and what is asked for the sources.
  bool reverse = false;
  std::string other_system = {};  // what is wanted on the other side; empty for any
  std::string source_scope = {};  // value set of the source concept; empty for any
  std::string target_scope = {};
};

struct Translation {
  const model::ConceptMap* map = nullptr;
  std::string system = {};  // of the concept on the other side
  std::string version = {};
  std::string code = {};
  std::string display = {};
  model::MapRelationship relationship = model::MapRelationship::kRelatedTo;  // as asked: reverse ones are turned round
  const model::MapTarget* target = nullptr;
};

using ConceptMaps = std::vector<std::shared_ptr<const model::ConceptMap>>;

// Whether all that a target depends on is among what is known: name or URI, and system and code, or a text as code.
// What depends on a value set or on a quantity is not evaluated.
bool AreMet(const std::vector<model::MapAttribute>& depends_on, const std::vector<model::MapAttribute>& known);

// Of those of `asked` that speak of the concept, in the order of the maps. `all` is where other maps are found that an
// unmapped concept is sent on to, each once. Targets whose dependencies are not met are among them.
std::vector<Translation> Translate(const ConceptMaps& asked, const ConceptMaps& all, const TranslateQuery& query);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_TRANSLATE_H_
