#include "terminology/operations/concept_extensions.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace nosograph::operations {
namespace {

using query::ConceptRef;
using snapshot::Release;

constexpr absl::string_view kStructureDefinitions = "http://hl7.org/fhir/StructureDefinition/";

// Extensions that say how a concept or a name is shown or meant, wherever it is told.
constexpr const char* kCopied[] = {
    "rendering-style",       "rendering-xhtml",
    "rendering-markdown",    "rendering-styleSensitive",
    "translation",           "alternate-code-use",
    "alternate-code-status", "coding-sctdescid",
    "valueset-deprecated",   "valueset-concept-definition",
};
// One that a code system's concepts have as their status, and is copied from elsewhere.
constexpr char kStandardsStatus[] = "structuredefinition-standards-status";

struct AsProperty {
  const char* extension;
  const char* code;
  const char* uri;  // behind kConceptProperties
  const char* field;
};
constexpr AsProperty kAsProperties[] = {
    {"codesystem-label", "label", "label", "valueString"},
    {"valueset-label", "label", "label", "valueString"},
    {"codesystem-conceptOrder", "order", "order", "valueDecimal"},
    {"valueset-conceptOrder", "order", "order", "valueDecimal"},
    {"itemWeight", "weight", "itemWeight", "valueDecimal"},
};

bool IsCopied(absl::string_view name, bool with_status) {
  if (with_status && name == kStandardsStatus) return true;
  return std::any_of(std::begin(kCopied), std::end(kCopied), [&](const char* known) { return name == known; });
}

// Calls `take` with the name of each of FHIR's own extensions, and the extension.
template <typename Take>
void ForEachKnown(absl::string_view json, const Take& take) {
  if (json.empty()) return;
  simdjson::dom::parser parser;
  simdjson::dom::array list;
  if (parser.parse(json.data(), json.size()).get(list) != simdjson::SUCCESS) return;
  for (const simdjson::dom::element each : list) {
    std::string_view url;
    if (each["url"].get(url) != simdjson::SUCCESS) continue;
    absl::string_view name(url.data(), url.size());
    if (absl::ConsumePrefix(&name, kStructureDefinitions)) take(name, each);
  }
}

// The value[x] as JSON; empty where there is none.
std::string ValueOf(simdjson::dom::element extension) {
  simdjson::dom::object object;
  if (extension.get(object) != simdjson::SUCCESS) return "";
  for (const auto& [key, value] : object) {
    if (absl::StartsWith({key.data(), key.size()}, "value") && !value.is_object() && !value.is_array()) {
      return simdjson::minify(value);
    }
  }
  return "";
}

class Collector {
 public:
  void Add(absl::string_view json, bool with_status) {
    ForEachKnown(json, [&](absl::string_view name, simdjson::dom::element extension) {
      for (const AsProperty& known : kAsProperties) {
        if (name != known.extension) continue;
        std::string value = ValueOf(extension);
        if (!value.empty())
          Put({known.code, absl::StrCat(kConceptProperties, known.uri), known.field, std::move(value)});
      }
      if (!IsCopied(name, with_status)) return;
      const auto same = std::find(names_.begin(), names_.end(), name);
      if (same == names_.end()) {
        names_.emplace_back(name);
        found_.copied.push_back(simdjson::minify(extension));
      } else {
        found_.copied[static_cast<size_t>(same - names_.begin())] = simdjson::minify(extension);
      }
    });
  }

  ConceptExtensions Take() { return std::move(found_); }

 private:
  void Put(ExtensionProperty property) {
    const auto same = std::find_if(found_.properties.begin(), found_.properties.end(),
                                   [&](const ExtensionProperty& known) { return known.code == property.code; });
    if (same == found_.properties.end()) {
      found_.properties.push_back(std::move(property));
    } else {
      *same = std::move(property);
    }
  }

  ConceptExtensions found_;
  std::vector<std::string> names_;  // of those copied
};

}  // namespace

ConceptExtensions ExtensionsOf(const ConceptRef& item, const std::vector<const Release*>& supplements,
                               const ListedConcept* listed) {
  Collector collector;
  collector.Add(item.snapshot().extensions(item.item), false);
  for (const Release* supplement : supplements) {
    if (const std::optional<uint32_t> same = supplement->snapshot->Find(item.code())) {
      collector.Add(supplement->snapshot->extensions(*same), false);
    }
  }
  if (listed != nullptr) collector.Add(listed->extensions, true);
  return collector.Take();
}

std::string CopiedExtensions(absl::string_view extensions) {
  std::vector<std::string> copied;
  ForEachKnown(extensions, [&](absl::string_view name, simdjson::dom::element extension) {
    if (IsCopied(name, true)) copied.push_back(simdjson::minify(extension));
  });
  return copied.empty() ? "" : absl::StrCat("[", absl::StrJoin(copied, ","), "]");
}

std::string StandardsStatusOf(absl::string_view extensions) {
  std::string status;
  ForEachKnown(extensions, [&](absl::string_view name, simdjson::dom::element extension) {
    std::string_view code;
    if (name == kStandardsStatus && extension["valueCode"].get(code) == simdjson::SUCCESS) status = std::string(code);
  });
  return status;
}

bool IsInUse(absl::string_view extensions) {
  if (extensions.empty()) return true;  // nearly always
  const std::string status = StandardsStatusOf(extensions);
  return status.empty() || status == "normative" || status == "trial-use" || status == "informative";
}

}  // namespace nosograph::operations
