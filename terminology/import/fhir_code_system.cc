#include "terminology/import/fhir_code_system.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "terminology/base/sha256.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/element_check.h"
#include "terminology/fhir/version_algorithm.h"
#include "terminology/import/concept_order.h"
#include "terminology/import/text_check.h"
#include "terminology/model/date.h"
#include "terminology/model/icd_code.h"

namespace nosograph::import {
namespace {

using model::CodeSystem;
using model::Concept;
using model::PropertyType;

constexpr size_t kMaxDepth = 16;
constexpr absl::string_view kConceptProperties = "http://hl7.org/fhir/concept-properties#";

// Elements of the resource and of concepts that say nothing about codes.
constexpr std::array kIgnoredOfResource = {"id",
                                           "meta",
                                           "implicitRules",
                                           "text",
                                           "contained",
                                           "identifier",
                                           "versionAlgorithmString",
                                           "versionAlgorithmCoding",
                                           "date",
                                           "contact",
                                           "useContext",
                                           "jurisdiction",
                                           "purpose",
                                           "copyrightLabel",
                                           "approvalDate",
                                           "lastReviewDate",
                                           "effectivePeriod",
                                           "topic",
                                           "author",
                                           "editor",
                                           "reviewer",
                                           "endorser",
                                           "relatedArtifact",
                                           "compositional",
                                           "filter",
                                           "$schema"};
constexpr std::array<absl::string_view, 4> kStatuses = {"draft", "active", "retired", "unknown"};
constexpr std::array kIgnoredOfCoding = {"id", "extension", "version", "userSelected"};
constexpr std::array kIgnoredOfConcept = {"id", "extension"};
constexpr std::array kIgnoredOfId = {"id"};

template <size_t N>
void Ignore(JsonObject& object, const std::array<const char*, N>& names) {
  simdjson::dom::element element;
  for (const char* name : names) object.Field(name, false, element);
  object.IgnoreUnderscored();
}

struct ValueName {
  const char* name;
  PropertyType type;
};
constexpr std::array kValues = {
    ValueName{"valueCode", PropertyType::kCode},       ValueName{"valueCoding", PropertyType::kCoding},
    ValueName{"valueString", PropertyType::kString},   ValueName{"valueInteger", PropertyType::kInteger},
    ValueName{"valueBoolean", PropertyType::kBoolean}, ValueName{"valueDateTime", PropertyType::kDateTime},
    ValueName{"valueDecimal", PropertyType::kDecimal}};

std::optional<PropertyType> PropertyTypeOf(absl::string_view name) {
  for (const ValueName& value : kValues) {
    if (model::PropertyTypeName(value.type) == name) return value.type;
  }
  return std::nullopt;
}

model::ConceptStatus StatusOf(absl::string_view name) {
  for (uint8_t status = 1; status <= model::kMaxConceptStatus; ++status) {
    const auto candidate = static_cast<model::ConceptStatus>(status);
    if (model::ConceptStatusName(candidate) == name) return candidate;
  }
  return model::ConceptStatus::kNotStated;
}

// A Coding of FHIR; its version and userSelected say nothing here.
void ReadCoding(JsonObject& object, const char* name, model::Coding& coding) {
  std::optional<JsonObject> found = object.Object(name, false);
  if (!found) return;
  (*found)("system", coding.system, false);
  (*found)("code", coding.code, true);
  (*found)("display", coding.display, false);
  Ignore(*found, kIgnoredOfCoding);
  object.Take(found->Finish());
}

// Of an element; what they say of how far it may be used among them.
struct Extensions {
  std::string json = {};  // the list; empty for none
  std::string standards_status = {};
};

Extensions ReadExtensions(JsonObject& object) {
  Extensions extensions;
  simdjson::dom::element element;
  simdjson::dom::array list;
  if (!object.Field("extension", false, element) || element.get(list) != simdjson::SUCCESS || list.size() == 0) {
    return extensions;
  }
  if (const absl::Status check = fhir::CheckExtensionList(element, "extension"); !check.ok()) {
    object.Fail("extension", check.message());
    return extensions;
  }
  extensions.json = simdjson::minify(element);
  for (const simdjson::dom::element each : list) {
    std::string_view url;
    std::string_view status;
    if (each["url"].get(url) == simdjson::SUCCESS &&
        absl::string_view(url.data(), url.size()) == model::kStandardsStatusUrl &&
        each["valueCode"].get(status) == simdjson::SUCCESS) {
      extensions.standards_status = std::string(status);
    }
  }
  return extensions;
}

class CodeSystemReader {
 public:
  CodeSystemReader(JsonObject root, CodeSystem& system) : root_(std::move(root)), system_(system) {
    if (system_.transient) root_.IgnoreUnknown();
  }

  absl::Status Read() {
    std::string type;
    root_("resourceType", type, true);
    if (root_.Has("resourceType") && type != "CodeSystem") {
      root_.Fail("resourceType", absl::StrCat("'", base::Excerpt(type), "' where 'CodeSystem' belongs; give one"));
    }
    root_("url", system_.url, true);
    root_("version", system_.version, !system_.transient);
    root_("title", system_.title, false);
    root_("name", system_.name, false);
    if (system_.title.empty() && !system_.transient) system_.title = system_.name;
    root_("publisher", system_.publisher, false);
    root_.Prose("copyright", system_.copyright);
    root_.Prose("description", system_.description);
    root_("language", system_.language, false);
    root_("status", system_.status, false);
    if (root_.Has("status") && std::find(kStatuses.begin(), kStatuses.end(), system_.status) == kStatuses.end()) {
      root_.Fail("status", absl::StrCat("'", base::Excerpt(system_.status),
                                        "' is no status; write draft, active, retired or unknown"));
    }
    root_("experimental", system_.experimental, false);
    system_.standards_status = ReadExtensions(root_).standards_status;
    root_("hierarchyMeaning", system_.hierarchy_meaning, false);
    if (root_.object()) system_.version_algorithm = fhir::VersionAlgorithmOf(*root_.object());
    root_("versionNeeded", system_.version_needed, false);
    root_("valueSet", system_.value_set, false);
    root_("caseSensitive", system_.case_sensitive, false);
    Ignore(root_, kIgnoredOfResource);
    ReadContent();
    for (JsonObject& definition : root_.Objects("property", false)) ReadDefinition(definition);
    double count = 0;
    root_("count", count, false);
    // A description alone, which clients put, may have none.
    for (JsonObject& item : root_.Objects("concept", !system_.transient)) ReadConcept(item, std::nullopt, 0);
    if (root_.Has("count") && !system_.transient && !system_.fragment && system_.supplements.empty() &&
        count != static_cast<double>(system_.concepts.size())) {
      root_.Fail("count", absl::StrCat(count, ", but there are ", system_.concepts.size(), " concepts; correct it"));
    }
    RETURN_IF_ERROR(root_.Finish());
    return PutParentsFirst(edges_, system_);
  }

 private:
  void ReadContent() {
    std::string content;
    root_("content", content, true);
    std::string supplements;
    root_("supplements", supplements, content == "supplement");
    if (content == "supplement") {
      const size_t bar = supplements.find('|');
      system_.supplements = supplements.substr(0, bar);
      if (bar != std::string::npos) system_.supplements_version = supplements.substr(bar + 1);
    } else if (!supplements.empty()) {
      root_.Fail("supplements", "given, but content is not 'supplement'; correct one of the two");
    }
    system_.fragment = content == "fragment";
    if (root_.Has("content") && content != "complete" && content != "fragment" && content != "supplement") {
      root_.Fail("content", absl::StrCat("'", base::Excerpt(content),
                                         "': only complete, fragment and supplement have concepts to load; give the "
                                         "code system with its concepts"));
    }
  }

  void ReadDefinition(JsonObject& object) {
    model::PropertyDefinition definition;
    object("code", definition.code, true);
    object("uri", definition.uri, false);
    object.Prose("description", definition.description);
    std::string type;
    object("type", type, true);
    Ignore(object, kIgnoredOfConcept);
    const std::optional<PropertyType> known = PropertyTypeOf(type);
    if (known) {
      definition.type = *known;
    } else if (object.Has("type")) {
      object.Fail("type", absl::StrCat("'", base::Excerpt(type), "' is no type of a property; correct it"));
    }
    definitions_.emplace(definition.code, static_cast<uint32_t>(system_.properties.size()));
    system_.properties.push_back(std::move(definition));
    root_.Take(object.Finish());
  }

  void ReadConcept(JsonObject& object, std::optional<uint32_t> parent, size_t depth) {
    const auto index = static_cast<uint32_t>(system_.concepts.size());
    Concept item{.code = "", .kind = model::ConceptKind::kConcept};
    object("code", item.code, true);
    // A string of FHIR may have several lines.
    system_.transient ? object.Prose("display", item.title) : object("display", item.title, false);
    object.Prose("definition", item.definition);
    Extensions extensions = ReadExtensions(object);
    if (extensions.standards_status == "deprecated") item.status = model::ConceptStatus::kDeprecated;
    item.extensions = std::move(extensions.json);
    Ignore(object, kIgnoredOfId);
    if (parent) edges_.push_back({index, system_.concepts[*parent].code, object.path(), ConceptEdge::Kind::kNested});
    for (JsonObject& designation : object.Objects("designation", false)) {
      item.designations.push_back(ReadDesignation(designation));
      object.Take(designation.Finish());
    }
    for (JsonObject& property : object.Objects("property", false)) {
      ReadProperty(property, index, item);
      object.Take(property.Finish());
    }
    system_.concepts.push_back(std::move(item));
    if (depth >= kMaxDepth) {
      if (object.Has("concept")) {
        object.Fail("concept", absl::StrCat("nested deeper than ", kMaxDepth, "; use the property 'parent' instead"));
      }
    } else {
      for (JsonObject& child : object.Objects("concept", false)) ReadConcept(child, index, depth + 1);
    }
    root_.Take(object.Finish());
  }

  static model::Designation ReadDesignation(JsonObject& object) {
    model::Designation designation;
    object("language", designation.language, false);
    object.Prose("value", designation.value);
    if (designation.value.empty()) object.Fail("value", "missing or empty; say something");
    ReadCoding(object, "use", designation.use);
    simdjson::dom::element element;
    object.Field("additionalUse", false, element);
    designation.extensions = ReadExtensions(object).json;
    Ignore(object, kIgnoredOfId);
    return designation;
  }

  // The value of a property as text, with the type that its name tells; nothing, with an error, where there is none.
  static std::optional<PropertyType> ReadValue(JsonObject& object, model::Property& property) {
    for (const ValueName& value : kValues) {
      if (!object.Has(value.name)) continue;
      double number = 0;
      bool flag = false;
      model::Coding coding;
      switch (value.type) {
        case PropertyType::kInteger:
        case PropertyType::kDecimal: {
          object(value.name, number, true);
          std::array<char, 32> digits{};
          const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
          property.value.assign(digits.data(), end);
          break;
        }
        case PropertyType::kBoolean:
          object(value.name, flag, true);
          property.value = flag ? "true" : "false";
          break;
        case PropertyType::kCoding:
          ReadCoding(object, value.name, coding);
          property.value = coding.code;
          property.coding_system = coding.system;
          property.coding_display = coding.display;
          break;
        case PropertyType::kCode:
        case PropertyType::kDateTime:
          object(value.name, property.value, true);
          break;
        case PropertyType::kString:
          object.Prose(value.name, property.value);
          break;
      }
      return value.type;
    }
    object.Fail("value[x]", "missing; add one");
    return std::nullopt;
  }

  // The name by which FHIR knows the property: from its URI where that is one of FHIR's (the code system
  // concept-properties), else its code.
  static absl::string_view KnownAs(const model::PropertyDefinition& definition) {
    constexpr absl::string_view kOfFhir[] = {
        "parent",         "child",         "status", "inactive", "notSelectable", "deprecated", "deprecationDate",
        "retirementDate", "effectiveDate", "partOf", "synonym",  "comment",       "itemWeight"};
    absl::string_view name = definition.uri;
    const bool known = absl::ConsumePrefix(&name, kConceptProperties) &&
                       std::find(std::begin(kOfFhir), std::end(kOfFhir), name) != std::end(kOfFhir);
    return known ? name : absl::string_view(definition.code);
  }

  void ReadProperty(JsonObject& object, uint32_t index, Concept& item) {
    std::string code;
    object("code", code, true);
    Ignore(object, kIgnoredOfConcept);
    model::Property property;
    const std::optional<PropertyType> type = ReadValue(object, property);
    if (!type) return;
    const auto [known, added] = definitions_.emplace(code, static_cast<uint32_t>(system_.properties.size()));
    if (added) system_.properties.push_back({.code = code, .type = *type});
    property.definition = known->second;
    const model::PropertyDefinition& definition = system_.properties[property.definition];
    if (definition.type != *type) {
      return object.Fail("code", absl::StrCat("property '", base::Excerpt(code), "' is defined as ",
                                              model::PropertyTypeName(definition.type), ", and here is ",
                                              model::PropertyTypeName(*type), "; correct one of the two"));
    }
    const absl::string_view name = KnownAs(definition);
    if (name == "parent" || name == "child") {
      if (*type != PropertyType::kCode) {
        return object.Fail("code", absl::StrCat("property '", code, "' is a ", model::PropertyTypeName(*type),
                                                "; the hierarchy is told by codes: make it a valueCode"));
      }
      const auto kind = name == "parent" ? ConceptEdge::Kind::kParent : ConceptEdge::Kind::kChild;
      edges_.push_back({index, property.value, object.path(), kind});
      return;  // the hierarchy has it
    }
    if (name == "extends" && *type == PropertyType::kCoding) return ReadExtends(object, property, item);
    if (name == "status" && item.status == model::ConceptStatus::kNotStated) item.status = StatusOf(property.value);
    if (name == "inactive" && property.value == "true") item.inactive = true;
    if (name == "notSelectable" && property.value == "true") item.abstract = true;
    if (item.status == model::ConceptStatus::kRetired || item.status == model::ConceptStatus::kInactive) {
      item.inactive = true;
    }
    item.properties.push_back(std::move(property));
  }

  void ReadExtends(JsonObject& object, const model::Property& property, Concept& item) {
    item.extends = model::Coding{property.coding_system, property.value, property.coding_display};
    if (system_.extends.empty()) system_.extends = item.extends->system;
    if (item.extends->system != system_.extends) {
      object.Fail("valueCoding/system",
                  absl::StrCat("'", base::Excerpt(item.extends->system), "' and '", system_.extends,
                               "': one extension extends one code system; part them"));
    }
  }

  JsonObject root_;
  CodeSystem& system_;
  absl::flat_hash_map<std::string, uint32_t> definitions_;  // by code: index into the properties
  std::vector<ConceptEdge> edges_;
};

}  // namespace

absl::StatusOr<CodeSystem> ReadSentCodeSystem(const JsonDocument& document) {
  ASSIGN_OR_RETURN(CodeSystem system, ReadKeptCodeSystem(document));
  system.searchable = false;
  return system;
}

absl::StatusOr<CodeSystem> ReadKeptCodeSystem(const JsonDocument& document) {
  CodeSystem system;
  system.transient = true;
  RETURN_IF_ERROR(CodeSystemReader(document.root(), system).Read());
  RETURN_IF_ERROR(model::CheckCodeSystem(system));
  return system;
}

absl::StatusOr<CodeSystem> ReadFhirCodeSystem(const JsonDocument& document) {
  CodeSystem system;
  RETURN_IF_ERROR(CodeSystemReader(document.root(), system).Read());
  if (system.extends.empty() && model::GrammarOf(system.url) != model::Grammar::kAny) {
    return absl::InvalidArgumentError(
        absl::StrCat(system.url,
                     ": an edition of ICD is not imported from FHIR, which tells nothing of headers, notes and 7th "
                     "characters; import the files of its publisher (for ICD-10-CM: nosograph import icd10cm)"));
  }
  // An extension's concepts are codes of the published classification's form; what says so is kept apart.
  if (!system.extends.empty()) {
    for (Concept& item : system.concepts) item.kind = model::ConceptKind::kSubcategory;
  }
  return system;
}

absl::StatusOr<CodeSystem> ImportFhirCodeSystem(const std::string& path) {
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Read(path));
  ASSIGN_OR_RETURN(CodeSystem system, ReadFhirCodeSystem(document));
  system.source = {SourceName(path), base::Sha256Hex(document.text())};
  RETURN_IF_ERROR(model::CheckCodeSystem(system));
  return system;
}

}  // namespace nosograph::import
