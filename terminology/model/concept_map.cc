#include "terminology/model/concept_map.h"

namespace nosograph::model {

absl::string_view MapRelationshipName(MapRelationship relationship) {
  switch (relationship) {
    case MapRelationship::kRelatedTo:
      return "related-to";
    case MapRelationship::kEquivalent:
      return "equivalent";
    case MapRelationship::kSourceIsNarrower:
      return "source-is-narrower-than-target";
    case MapRelationship::kSourceIsBroader:
      return "source-is-broader-than-target";
    case MapRelationship::kNotRelatedTo:
      return "not-related-to";
  }
  return "related-to";
}

absl::string_view MapEquivalenceName(MapRelationship relationship) {
  switch (relationship) {
    case MapRelationship::kRelatedTo:
      return "relatedto";
    case MapRelationship::kEquivalent:
      return "equivalent";
    case MapRelationship::kSourceIsNarrower:
      return "wider";
    case MapRelationship::kSourceIsBroader:
      return "narrower";
    case MapRelationship::kNotRelatedTo:
      return "disjoint";
  }
  return "relatedto";
}

MapRelationship Inverse(MapRelationship relationship) {
  if (relationship == MapRelationship::kSourceIsNarrower) return MapRelationship::kSourceIsBroader;
  if (relationship == MapRelationship::kSourceIsBroader) return MapRelationship::kSourceIsNarrower;
  return relationship;
}

}  // namespace nosograph::model
