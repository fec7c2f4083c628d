#include "terminology/fhir/condition_profiles.h"

#include <optional>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "terminology/base/json_writer.h"
#include "terminology/fhir/condition_extension.h"
#include "terminology/model/condition_fields.h"

namespace nosograph::fhir {
namespace {

constexpr char kPublisher[] = "The Nosograph authors";
constexpr char kDate[] = "2026-11-27";

// One extension: its name, what it says, and where it may stand.
struct Extension {
  const char* url;
  const char* name;
  const char* says;
  bool basic_alone = false;  // what ConditionDefinition has an element for
};

std::string LastPart(absl::string_view url) { return std::string(url.substr(url.rfind('/') + 1)); }

class DefinitionWriter {
 public:
  DefinitionWriter(const Extension& extension, Version version) : extension_(extension) {
    json_.Text("resourceType", "StructureDefinition").Text("id", LastPart(extension.url)).Text("url", extension.url);
    json_.Text("version", "1.0.0").Text("name", extension.name).Text("title", extension.says).Text("status", "active");
    json_.Flag("experimental", false).Text("date", kDate).Text("publisher", kPublisher);
    json_.Text("description", extension.says).Text("fhirVersion", VersionNumber(version));
    json_.Text("kind", "complex-type").Flag("abstract", false).StartList("context").StartObject();
    const bool basic = version == Version::kR4 || extension.basic_alone;
    json_.Text("type", "element").Text("expression", basic ? "Basic" : "ConditionDefinition");
    json_.EndObject().EndList().Text("type", "Extension");
    json_.Text("baseDefinition", "http://hl7.org/fhir/StructureDefinition/Extension").Text("derivation", "constraint");
    json_.StartObject("differential").StartList("element");
    Start("Extension", "Extension", "", 0, "*").Text("short", extension.says).Text("definition", extension.says);
    json_.EndObject();
  }

  // A single value of that type.
  Definition Simple(const char* type) {
    Start("Extension.extension", "Extension.extension", "", 0, "0").EndObject();
    Url("Extension", "Extension", extension_.url);
    Value("Extension", "Extension", type);
    return Take();
  }

  // Parts by the fields of a struct, and `section` where it is a statement.
  template <typename T>
  Definition Complex() {
    if constexpr (std::is_same_v<T, model::Statement>) Part("section", "code", true, false);
    const T empty{};
    model::VisitFields(*this, empty);
    Url("Extension", "Extension", extension_.url);
    Start("Extension.value[x]", "Extension.value[x]", "", 0, "0").EndObject();
    return Take();
  }

  void operator()(const char* name, const std::string& /*field*/, bool required) {
    Part(PartName(name, false), "string", required, false);
  }
  void operator()(const char* name, const bool& /*field*/, bool required) {
    Part(PartName(name, false), "boolean", required, false);
  }
  void operator()(const char* name, const std::vector<std::string>& /*field*/, bool required) {
    Part(PartName(name, true), "string", required, true);
  }
  void operator()(const char* name, const model::ReviewState& /*field*/, bool required) {
    Part(PartName(name, false), "code", required, false);
  }
  void operator()(const char* name, const std::optional<model::Coding>& /*field*/, bool required) {
    Part(PartName(name, false), "Coding", required, false);
  }
  void operator()(const char* name, const std::optional<model::Range>& /*field*/, bool required) {
    Part(PartName(name, false), "Range", required, false);
  }
  template <typename T>
  void operator()(const char* name, const std::optional<T>& /*field*/, bool required) {
    const std::string part = PartName(name, false);
    const std::string id = absl::StrCat(at_, ".extension:", part);
    const std::string path = absl::StrCat(path_, ".extension");
    Start(id, path, part, required ? 1 : 0, "1").EndObject();
    const std::string outer_at = std::exchange(at_, id);
    const std::string outer_path = std::exchange(path_, path);
    const T empty{};
    model::VisitFields(*this, empty);
    Url(id, path, part);
    Start(id + ".value[x]", path + ".value[x]", "", 0, "0").EndObject();
    at_ = outer_at;
    path_ = outer_path;
  }

 private:
  // Opens an element; without a slice name and with a minimum below zero neither is written.
  base::JsonWriter& Start(const std::string& id, const std::string& path, const std::string& slice, int least,
                          const char* most) {
    json_.StartObject().Text("id", id).Text("path", path).TextIfAny("sliceName", slice);
    if (least >= 0) json_.Number("min", least);
    if (*most != '\0') json_.Text("max", most);
    return json_;
  }
  void Url(const std::string& id, const std::string& path, const std::string& url) {
    Start(id + ".url", path + ".url", "", -1, "").Text("fixedUri", url).EndObject();
  }
  void Value(const std::string& id, const std::string& path, const char* type) {
    Start(id + ".value[x]", path + ".value[x]", "", 1, "").StartList("type").StartObject().Text("code", type);
    json_.EndObject().EndList().EndObject();
  }
  void Part(const std::string& name, const char* type, bool required, bool many) {
    const std::string id = absl::StrCat(at_, ".extension:", name);
    const std::string path = absl::StrCat(path_, ".extension");
    Start(id, path, name, required ? 1 : 0, many ? "*" : "1").EndObject();
    Start(id + ".extension", path + ".extension", "", 0, "0").EndObject();
    Url(id, path, name);
    Value(id, path, type);
  }
  Definition Take() {
    json_.EndList().EndObject();
    return {LastPart(extension_.url), extension_.url, extension_.name, json_.Take()};
  }

  const Extension& extension_;
  base::JsonWriter json_;
  std::string at_ = "Extension";
  std::string path_ = "Extension";
};

void WriteOperationParameter(const char* name, const char* use, int least, const char* type, const char* documentation,
                             base::JsonWriter& json) {
  json.StartObject().Text("name", name).Text("use", use).Number("min", least).Text("max", "1");
  json.Text("documentation", documentation).Text("type", type).EndObject();
}

}  // namespace

std::vector<Definition> StructureDefinitions(Version version) {
  static constexpr Extension kStatement = {kStatementExtension, "ConditionStatement",
                                           "One statement about a disease, with its sources"};
  static constexpr Extension kSource = {kSourceExtension, "ConditionSource", "What statements about a disease rest on"};
  static constexpr Extension kDisclaimer = {kDisclaimerExtension, "ConditionDisclaimer",
                                            "What a reader of statements about a disease must know"};
  static constexpr Extension kReview = {kReviewExtension, "ConditionReviewState",
                                        "Whether statements about a disease were reviewed"};
  static constexpr Extension kTitle = {kTitleExtension, "ConditionTitle", "The title of a disease", true};
  static constexpr Extension kCode = {kCodeExtension, "ConditionCode", "The codes of a disease", true};
  std::vector<Definition> all;
  all.push_back(DefinitionWriter(kStatement, version).Complex<model::Statement>());
  all.push_back(DefinitionWriter(kSource, version).Complex<model::Source>());
  all.push_back(DefinitionWriter(kDisclaimer, version).Simple("string"));
  all.push_back(DefinitionWriter(kReview, version).Simple("code"));
  if (version == Version::kR4) {
    all.push_back(DefinitionWriter(kTitle, version).Simple("string"));
    all.push_back(DefinitionWriter(kCode, version).Simple("CodeableConcept"));
  }
  return all;
}

std::vector<Definition> OperationDefinitions() {
  constexpr char kSays[] =
      "Drafts a Condition for a named subject from a code: the published code and that of an extension where there is "
      "one. Nothing is stored, and nothing is said of the subject beyond the codes.";
  base::JsonWriter json;
  json.Text("resourceType", "OperationDefinition").Text("id", LastPart(kDraftOperation)).Text("url", kDraftOperation);
  json.Text("version", "1.0.0").Text("name", "ConditionDraft").Text("title", "Draft a Condition");
  json.Text("status", "active").Text("kind", "operation").Flag("experimental", false).Text("date", kDate);
  json.Text("publisher", kPublisher).Text("description", kSays).Flag("affectsState", false).Text("code", "draft");
  json.Texts("resource", {"Condition"}).Flag("system", false).Flag("type", true).Flag("instance", false);
  json.StartList("parameter");
  WriteOperationParameter("code", "in", 0, "code", "The code; or a coding", json);
  WriteOperationParameter("system", "in", 0, "uri", "The code system of it; whatever has the code unless given", json);
  WriteOperationParameter("version", "in", 0, "string", "The release of the code system; the active one unless given",
                          json);
  WriteOperationParameter("coding", "in", 0, "Coding", "Code, system and version together", json);
  WriteOperationParameter("subject", "in", 1, "string", "A reference to the patient: Patient/1", json);
  WriteOperationParameter("encounter", "in", 0, "string", "A reference to the encounter", json);
  WriteOperationParameter("category", "in", 0, "code", "problem-list-item or encounter-diagnosis; none unless given",
                          json);
  WriteOperationParameter("return", "out", 1, "Condition", "The draft", json);
  json.EndList();
  return {{LastPart(kDraftOperation), kDraftOperation, "ConditionDraft", json.Take()}};
}

}  // namespace nosograph::fhir
