#include "terminology/import/extension_folder.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/file.h"
#include "terminology/base/sha256.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/import/condition_file.h"
#include "terminology/import/json_reader.h"

namespace nosograph::import {
namespace {

using model::CodeSystem;
using model::Concept;

constexpr char kExtendsProperty[] = "extends";
constexpr size_t kMaxDepth = 16;
constexpr size_t kMaxNameBytes = 255;

// A Coding of FHIR; its version and userSelected say nothing here.
model::Coding ReadCoding(JsonObject& property) {
  model::Coding coding;
  simdjson::dom::element element;
  if (property.Field("valueCoding", true, element)) property("valueCoding", coding, true);
  return coding;
}

class CodeSystemReader {
 public:
  CodeSystemReader(JsonObject root, CodeSystem& system) : root_(std::move(root)), system_(system) {}

  absl::Status Read() {
    ExpectText("resourceType", "CodeSystem");
    ExpectText("content", "complete");
    root_("url", system_.url, true);
    root_("version", system_.version, true);
    root_("title", system_.title, true);
    root_("publisher", system_.publisher, false);
    root_("copyright", system_.copyright, false);
    for (const char* ignored : {"id", "name", "status", "experimental", "date", "description", "caseSensitive",
                                "hierarchyMeaning", "property", "language", "contact", "$schema"}) {
      simdjson::dom::element element;
      root_.Field(ignored, false, element);
    }
    double count = 0;
    root_("count", count, false);
    for (JsonObject& item : root_.Objects("concept", true)) ReadConcept(item, std::nullopt, 0);
    if (root_.Has("count") && count != static_cast<double>(system_.concepts.size())) {
      root_.Fail("count", absl::StrCat(count, ", but there are ", system_.concepts.size(), " concepts; correct it"));
    }
    return root_.Finish();
  }

 private:
  void ExpectText(const char* name, absl::string_view expected) {
    std::string value;
    root_(name, value, true);
    if (root_.Has(name) && value != expected) {
      root_.Fail(name, absl::StrCat("'", base::Excerpt(value), "' where '", expected, "' belongs; correct it"));
    }
  }

  void ReadConcept(JsonObject& object, std::optional<uint32_t> parent, size_t depth) {
    const auto index = static_cast<uint32_t>(system_.concepts.size());
    Concept item{.code = "", .parent = parent};
    object("code", item.code, true);
    object("display", item.title, true);
    object("definition", item.definition, false);
    for (JsonObject& designation : object.Objects("designation", false)) {
      item.designations.push_back(ReadDesignation(designation));
      object.Take(designation.Finish());
    }
    for (JsonObject& property : object.Objects("property", false)) {
      ReadProperty(property, item);
      object.Take(property.Finish());
    }
    system_.concepts.push_back(std::move(item));
    if (depth >= kMaxDepth) {
      object.Fail("concept", absl::StrCat("nested deeper than ", kMaxDepth, "; flatten the hierarchy"));
    } else {
      for (JsonObject& child : object.Objects("concept", false)) ReadConcept(child, index, depth + 1);
    }
    root_.Take(object.Finish());
  }

  static model::Designation ReadDesignation(JsonObject& object) {
    model::Designation designation;
    object("language", designation.language, false);
    object("value", designation.value, true);
    if (simdjson::dom::element element; object.Field("use", false, element)) {
      model::Coding use;
      object("use", use, false);
      designation.use = use.code;
    }
    return designation;
  }

  void ReadProperty(JsonObject& object, Concept& item) {
    std::string code;
    object("code", code, true);
    if (code != kExtendsProperty) {
      return object.Fail("code", absl::StrCat("property '", base::Excerpt(code),
                                              "' is not known; an extension's concepts have 'extends' alone"));
    }
    item.extends = ReadCoding(object);
    if (system_.extends.empty()) system_.extends = item.extends->system;
    if (item.extends->system != system_.extends) {
      object.Fail("valueCoding/system",
                  absl::StrCat("'", base::Excerpt(item.extends->system), "' and '", system_.extends,
                               "': one extension extends one code system; part "
                               "them"));
    }
  }

  JsonObject root_;
  CodeSystem& system_;
};

// The paths of the knowledge files in order of their names; none when there is no such folder.
absl::StatusOr<std::vector<std::string>> ConditionFiles(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) return paths;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() != ".json") {
      return absl::InvalidArgumentError(absl::StrCat(base::Excerpt(entry->path().string(), 255),
                                                     ": no .json file, so that it would be lost; remove or rename it"));
    }
    paths.push_back(entry->path().string());
  }
  if (error) return base::FileError(error.value(), "list the folder", folder);
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

absl::StatusOr<CodeSystem> ImportExtensionFolder(const std::string& folder) {
  CodeSystem system;
  const std::string path = absl::StrCat(folder, "/code-system.json");
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Read(path));
  RETURN_IF_ERROR(CodeSystemReader(document.root(), system).Read());
  if (system.extends.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path,
                                                   ": no concept has the property 'extends', so that it is no "
                                                   "extension; add it to each concept"));
  }
  std::string digests = base::Sha256Hex(document.text());

  absl::flat_hash_map<std::string, size_t> index;
  for (size_t i = 0; i < system.concepts.size(); ++i) index.emplace(system.concepts[i].code, i);
  ASSIGN_OR_RETURN(const std::vector<std::string> files, ConditionFiles(absl::StrCat(folder, "/conditions")));
  for (const std::string& file : files) {
    ASSIGN_OR_RETURN(const JsonDocument condition, JsonDocument::Read(file));
    ASSIGN_OR_RETURN(model::ConditionKnowledge knowledge, ReadCondition(condition));
    const auto found = index.find(knowledge.code);
    if (found == index.end()) {
      return absl::InvalidArgumentError(absl::StrCat(file, ": /code: '", base::Excerpt(knowledge.code),
                                                     "' is no code of ", path, "; add the concept or remove the file"));
    }
    Concept& item = system.concepts[found->second];
    if (item.knowledge) {
      return absl::InvalidArgumentError(
          absl::StrCat(file, ": /code: another file describes '", knowledge.code, "' already; join the two"));
    }
    item.knowledge = std::move(knowledge);
    absl::StrAppend(&digests, " ", file.substr(file.find_last_of('/') + 1), " ", base::Sha256Hex(condition.text()));
  }
  const absl::string_view bare = absl::string_view(folder).substr(0, folder.find_last_not_of('/') + 1);
  const size_t slash = bare.find_last_of('/');
  system.source = {base::Excerpt(slash == absl::string_view::npos ? bare : bare.substr(slash + 1), kMaxNameBytes),
                   base::Sha256Hex(digests)};
  RETURN_IF_ERROR(model::CheckCodeSystem(system));
  return system;
}

}  // namespace nosograph::import
