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
#include "terminology/import/fhir_code_system.h"
#include "terminology/import/json_reader.h"
#include "terminology/import/text_check.h"

namespace nosograph::import {
namespace {

using model::CodeSystem;
using model::Concept;

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
  const std::string path = absl::StrCat(folder, "/code-system.json");
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Read(path));
  ASSIGN_OR_RETURN(CodeSystem system, ReadFhirCodeSystem(document));
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
  system.source = {SourceName(folder), base::Sha256Hex(digests)};
  RETURN_IF_ERROR(model::CheckCodeSystem(system));
  return system;
}

}  // namespace nosograph::import
