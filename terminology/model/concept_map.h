// How the concepts of some code systems stand to those of others (FHIR R5 ConceptMap; R4's is read into the same).
//
// Plain values, built once; then immutable and thread-safe.
//
//   ConceptMap map{.url = "http://example.org/ConceptMap/colours"};
//   map.groups.push_back({.source = "urn:a", .target = "urn:b"});
#ifndef NOSOGRAPH_TERMINOLOGY_MODEL_CONCEPT_MAP_H_
#define NOSOGRAPH_TERMINOLOGY_MODEL_CONCEPT_MAP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace nosograph::model {

// http://hl7.org/fhir/concept-map-relationship
enum class MapRelationship : uint8_t { kRelatedTo, kEquivalent, kSourceIsNarrower, kSourceIsBroader, kNotRelatedTo };

// "source-is-narrower-than-target" ...: as R5 writes it.
absl::string_view MapRelationshipName(MapRelationship relationship);
// "wider", "relatedto" ...: as R4 writes it (http://hl7.org/fhir/concept-map-equivalence).
absl::string_view MapEquivalenceName(MapRelationship relationship);
// That of the target to the source.
MapRelationship Inverse(MapRelationship relationship);

// Something beside the concepts that a mapping depends on (dependsOn), or that goes with its target (product), or a
// property of the mapping.
struct MapAttribute {
  std::string name = {};       // R5's code of it; in R4 the URI
  std::string uri = {};        // what it stands for; the name where nothing else is said
  std::string type = {};       // of R5's value: "valueCoding"
  std::string json = {};       // that value
  std::string system = {};     // of a coding
  std::string code = {};       // of a coding, or the value as text
  std::string display = {};    // of a coding
  std::string value_set = {};  // canonical of what the value is to be in, which is not evaluated
};

struct MapTarget {
  std::string code = {};
  std::string display = {};
  MapRelationship relationship = MapRelationship::kRelatedTo;
  std::string equivalence = {};  // as R4 wrote it, which has finer ones; empty where R5 did
  std::string comment = {};
  std::vector<MapAttribute> depends_on = {};
  std::vector<MapAttribute> products = {};
  std::vector<MapAttribute> properties = {};
};

struct MapElement {
  std::string code = {};
  std::string display = {};
  bool no_map = false;  // it is known that there is none
  std::vector<MapTarget> targets = {};
};

// What holds for a source concept that no element has.
enum class UnmappedMode : uint8_t { kNone, kUseSourceCode, kFixed, kOtherMap };

struct MapGroup {
  std::string source = {};  // a code system, and behind a bar its version
  std::string target = {};
  std::vector<MapElement> elements = {};
  absl::flat_hash_map<std::string, std::vector<uint32_t>> by_code = {};  // elements of a source code
  UnmappedMode unmapped = UnmappedMode::kNone;
  MapTarget fixed = {};        // of kFixed; its relationship holds for kUseSourceCode too
  std::string other_map = {};  // canonical, of kOtherMap
};

struct ConceptMap {
  std::string id = {};
  std::string url = {};
  std::string version = {};
  std::string version_algorithm = {};  // a code of http://hl7.org/fhir/version-algorithm; empty where it does not say
  std::string name = {};
  std::string source_scope = {};  // canonical of a value set
  std::string target_scope = {};
  std::vector<MapGroup> groups = {};
  bool has_equivalences = false;    // written as R4 has it
  bool has_relationships = false;   // written as R5 has it
  bool lacks_relationship = false;  // a target says neither

  // "URL|VERSION", or the URL alone.
  std::string canonical() const { return version.empty() ? url : url + "|" + version; }
};

}  // namespace nosograph::model

#endif  // NOSOGRAPH_TERMINOLOGY_MODEL_CONCEPT_MAP_H_
