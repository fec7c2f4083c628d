#include "terminology/import/fhir_concept_map.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/version_algorithm.h"

namespace nosograph::import {
namespace {

using model::ConceptMap;
using model::MapAttribute;
using model::MapGroup;
using model::MapRelationship;
using model::MapTarget;
using model::UnmappedMode;

struct RelationshipName {
  const char* name;
  MapRelationship relationship;
};
// Of R5, then of R4.
constexpr std::array kRelationships = {
    RelationshipName{"related-to", MapRelationship::kRelatedTo},
    RelationshipName{"equivalent", MapRelationship::kEquivalent},
    RelationshipName{"source-is-narrower-than-target", MapRelationship::kSourceIsNarrower},
    RelationshipName{"source-is-broader-than-target", MapRelationship::kSourceIsBroader},
    RelationshipName{"not-related-to", MapRelationship::kNotRelatedTo},
    RelationshipName{"relatedto", MapRelationship::kRelatedTo},
    RelationshipName{"inexact", MapRelationship::kRelatedTo},
    RelationshipName{"equal", MapRelationship::kEquivalent},
    RelationshipName{"wider", MapRelationship::kSourceIsNarrower},
    RelationshipName{"subsumes", MapRelationship::kSourceIsNarrower},
    RelationshipName{"narrower", MapRelationship::kSourceIsBroader},
    RelationshipName{"specializes", MapRelationship::kSourceIsBroader},
    RelationshipName{"disjoint", MapRelationship::kNotRelatedTo}};
constexpr char kUnmatched[] = "unmatched";

struct ModeName {
  const char* name;
  UnmappedMode mode;
};
// Of R5, then of R4.
constexpr std::array kModes = {ModeName{"use-source-code", UnmappedMode::kUseSourceCode},
                               ModeName{"fixed", UnmappedMode::kFixed}, ModeName{"other-map", UnmappedMode::kOtherMap},
                               ModeName{"provided", UnmappedMode::kUseSourceCode}};

// R5's relationship in a resource of R4.
constexpr char kRelationshipExtension[] =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-ConceptMap.group.unmapped.relationship";

// What R5 may write a value as, and R4.
constexpr const char* kValueTypes[] = {"valueCode",    "valueCoding",  "valueString",   "valueBoolean", "valueQuantity",
                                       "valueInteger", "valueDecimal", "valueDateTime", "value"};

class MapReader {
 public:
  MapReader(JsonObject root, ConceptMap& map) : root_(std::move(root)), map_(map) { root_.IgnoreUnknown(); }

  absl::Status Read() {
    std::string type;
    root_("resourceType", type, true);
    if (root_.Has("resourceType") && type != "ConceptMap") {
      root_.Fail("resourceType", absl::StrCat("'", base::Excerpt(type), "' where 'ConceptMap' belongs; give one"));
    }
    root_("id", map_.id, false);
    root_("url", map_.url, false);
    root_("version", map_.version, false);
    if (root_.object()) map_.version_algorithm = fhir::VersionAlgorithmOf(*root_.object());
    root_("name", map_.name, false);
    for (const char* name : {"sourceScopeUri", "sourceScopeCanonical", "sourceUri", "sourceCanonical"}) {
      root_(name, map_.source_scope, false);
    }
    for (const char* name : {"targetScopeUri", "targetScopeCanonical", "targetUri", "targetCanonical"}) {
      root_(name, map_.target_scope, false);
    }
    for (const char* list : {"additionalAttribute", "property"}) {
      for (JsonObject& definition : root_.Objects(list, false)) {
        definition.IgnoreUnknown();
        std::string code;
        std::string uri;
        definition("code", code, false);
        definition("uri", uri, false);
        if (!uri.empty()) uris_[code] = uri;
        root_.Take(definition.Finish());
      }
    }
    for (JsonObject& group : root_.Objects("group", false)) ReadGroup(group);
    return root_.Finish();
  }

 private:
  void ReadGroup(JsonObject& object) {
    object.IgnoreUnknown();
    MapGroup group;
    object("source", group.source, false);
    object("target", group.target, false);
    // In R4 versions stand in elements of their own.
    std::string version;
    object("sourceVersion", version, false);
    if (!version.empty()) absl::StrAppend(&group.source, "|", version);
    version.clear();
    object("targetVersion", version, false);
    if (!version.empty()) absl::StrAppend(&group.target, "|", version);
    for (JsonObject& element : object.Objects("element", false)) {
      ReadElement(element, group);
      object.Take(element.Finish());
    }
    if (std::optional<JsonObject> unmapped = object.Object("unmapped", false)) {
      ReadUnmapped(*unmapped, group);
      object.Take(unmapped->Finish());
    }
    for (uint32_t i = 0; i < group.elements.size(); ++i) group.by_code[group.elements[i].code].push_back(i);
    map_.groups.push_back(std::move(group));
    root_.Take(object.Finish());
  }

  // A value set in the place of a code would have to be expanded for each question.
  static void RefuseValueSet(JsonObject& object) {
    if (object.Has("valueSet")) object.Fail("valueSet", "is not evaluated here; list the codes");
  }

  void ReadElement(JsonObject& object, MapGroup& group) {
    object.IgnoreUnknown();
    RefuseValueSet(object);
    model::MapElement element;
    object("code", element.code, false);
    object("display", element.display, false);
    object("noMap", element.no_map, false);
    for (JsonObject& target : object.Objects("target", false)) {
      std::optional<MapTarget> read = ReadTarget(target);
      if (read) {
        element.targets.push_back(*std::move(read));
      } else {
        element.no_map = true;
      }
      object.Take(target.Finish());
    }
    if (!element.code.empty()) group.elements.push_back(std::move(element));
  }

  // Nothing where it says that there is no target.
  std::optional<MapTarget> ReadTarget(JsonObject& object) {
    object.IgnoreUnknown();
    RefuseValueSet(object);
    MapTarget target;
    std::string relationship;
    object("code", target.code, false);
    object("display", target.display, false);
    object.Prose("comment", target.comment);
    object("relationship", relationship, false);
    map_.has_relationships = map_.has_relationships || !relationship.empty();
    object("equivalence", target.equivalence, false);
    map_.has_equivalences = map_.has_equivalences || !target.equivalence.empty();
    if (!target.equivalence.empty()) relationship = target.equivalence;
    map_.lacks_relationship = map_.lacks_relationship || relationship.empty();
    target.depends_on = ReadAttributes(object, "dependsOn");
    target.products = ReadAttributes(object, "product");
    target.properties = ReadAttributes(object, "property");
    if (relationship == kUnmatched) return std::nullopt;
    ReadRelationship(object, relationship, target);
    return target;
  }

  std::vector<MapAttribute> ReadAttributes(JsonObject& target, const char* list) const {
    std::vector<MapAttribute> attributes;
    for (JsonObject& object : target.Objects(list, false)) {
      object.IgnoreUnknown();
      MapAttribute& attribute = attributes.emplace_back();
      // Of R4 a URI, of R5 a code that the map says the URI of.
      for (const char* name : {"property", "attribute", "code"}) object(name, attribute.name, false);
      const auto uri = uris_.find(attribute.name);
      attribute.uri = uri == uris_.end() ? attribute.name : uri->second;
      object("system", attribute.system, false);
      object("display", attribute.display, false);
      object("valueSet", attribute.value_set, false);
      for (const char* type : kValueTypes) ReadValue(object, type, attribute);
      target.Take(object.Finish());
    }
    return attributes;
  }

  static void ReadValue(JsonObject& object, const char* type, MapAttribute& attribute) {
    simdjson::dom::element value;
    if (!object.Field(type, false, value)) return;
    attribute.json = simdjson::minify(value);
    const bool of_r4 = absl::string_view(type) == "value";
    attribute.type = of_r4 ? "valueString" : type;
    if (attribute.type == "valueQuantity") return;  // its code is that of a unit
    std::string_view text;
    if (value.is_string()) {
      attribute.code = std::string(value.get_string().value_unsafe());
    } else if (value.is_object()) {
      if (value.at_key("system").get(text) == simdjson::SUCCESS) attribute.system = std::string(text);
      if (value.at_key("code").get(text) == simdjson::SUCCESS) attribute.code = std::string(text);
      if (value.at_key("display").get(text) == simdjson::SUCCESS) attribute.display = std::string(text);
    } else {
      attribute.code = attribute.json;
    }
    if (of_r4 && !value.is_string()) object.Fail(type, "is no text; give a string");
  }

  static void ReadRelationship(JsonObject& object, const std::string& name, MapTarget& target) {
    if (name.empty()) return;
    for (const RelationshipName& known : kRelationships) {
      if (name != known.name) continue;
      target.relationship = known.relationship;
      return;
    }
    object.Fail("relationship", absl::StrCat("'", base::Excerpt(name), "' is none; see concept-map-relationship"));
  }

  static void ReadUnmapped(JsonObject& object, MapGroup& group) {
    object.IgnoreUnknown();
    RefuseValueSet(object);
    std::string mode;
    std::string relationship;
    object("mode", mode, true);
    object("code", group.fixed.code, false);
    object("display", group.fixed.display, false);
    object("relationship", relationship, false);
    for (JsonObject& extension : object.Objects("extension", false)) {
      extension.IgnoreUnknown();
      std::string url;
      extension("url", url, false);
      if (url == kRelationshipExtension) extension("valueCode", relationship, false);
    }
    for (const char* name : {"otherMap", "url"}) object(name, group.other_map, false);
    ReadRelationship(object, relationship, group.fixed);
    if (mode == "fixed" && group.fixed.code.empty()) object.Fail("code", "is not given; say which code is fixed");
    for (const ModeName& known : kModes) {
      if (mode == known.name) group.unmapped = known.mode;
    }
    if (group.unmapped == UnmappedMode::kNone && !mode.empty()) {
      object.Fail("mode",
                  absl::StrCat("'", base::Excerpt(mode), "' is none; write use-source-code, fixed or other-map"));
    }
  }

  JsonObject root_;
  ConceptMap& map_;
  absl::flat_hash_map<std::string, std::string> uris_;  // of attributes and properties, by their codes
};

}  // namespace

absl::StatusOr<ConceptMap> ReadFhirConceptMap(const JsonDocument& document) {
  ConceptMap map;
  RETURN_IF_ERROR(MapReader(document.root(), map).Read());
  return map;
}

absl::StatusOr<std::shared_ptr<const ConceptMap>> ReadFhirConceptMap(absl::string_view json) {
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(std::string(json), "ConceptMap"));
  ASSIGN_OR_RETURN(ConceptMap map, ReadFhirConceptMap(document));
  return std::make_shared<const ConceptMap>(std::move(map));
}

}  // namespace nosograph::import
