#include "service/rest/search_parameters.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "service/rest/search_set.h"
#include "terminology/base/field_error.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/parameters.h"
#include "terminology/model/concept_map.h"
#include "terminology/operations/value_set_definition.h"

namespace nosograph::rest {
namespace {

using operations::Content;

using snapshot::Snapshot;
using Values = std::vector<SearchedValue>;

const Snapshot* SnapshotOf(const SearchedResource& resource) {
  if (resource.release != nullptr) return resource.release->snapshot.get();
  return resource.kept != nullptr && resource.kept->release ? resource.kept->release->snapshot.get() : nullptr;
}

Values One(absl::string_view text) {
  return text.empty() ? Values() : Values{{.system = "", .text = std::string(text)}};
}

// What a kept resource says itself, else what its snapshot does.
template <typename OfKept, typename OfSnapshot>
Values Said(const SearchedResource& resource, OfKept of_kept, OfSnapshot of_snapshot) {
  if (resource.kept != nullptr) return One(resource.kept->described().*of_kept);
  return One((resource.release->snapshot.get()->*of_snapshot)());
}

Values Identifiers(const SearchedResource& resource) {
  Values values;
  if (resource.kept == nullptr) return values;
  for (const auto& [system, value] : resource.kept->described().identifiers) values.push_back({system, value});
  return values;
}
Values Publisher(const SearchedResource& resource) {
  return Said(resource, &DescribedResource::publisher, &Snapshot::publisher);
}
Values Description(const SearchedResource& resource) {
  return Said(resource, &DescribedResource::description, &Snapshot::description);
}
Values Language(const SearchedResource& resource) {
  return Said(resource, &DescribedResource::language, &Snapshot::language);
}
Values Supplements(const SearchedResource& resource) {
  return Said(resource, &DescribedResource::supplements, &Snapshot::supplements);
}
Values Date(const SearchedResource& resource) {
  return resource.kept == nullptr ? Values() : One(resource.kept->described().date);
}
Values Content(const SearchedResource& resource) {
  if (resource.kept != nullptr) return One(resource.kept->described().content);
  const Snapshot& snapshot = *resource.release->snapshot;
  return One(!snapshot.supplements().empty() ? "supplement" : snapshot.fragment() ? "fragment" : "complete");
}
Values System(const SearchedResource& resource) {
  return One(resource.kept != nullptr ? absl::string_view(resource.kept->url) : resource.release->snapshot->url());
}

bool HasCode(const SearchedResource& resource, absl::string_view code) {
  const Snapshot* const snapshot = SnapshotOf(resource);
  return snapshot != nullptr && snapshot->FindInAnyCase(code).has_value();
}

// The code systems that a value set speaks of.
Values Reference(const SearchedResource& resource) {
  if (resource.kept == nullptr) return System(resource);
  Values values;
  if (resource.kept->value_set == nullptr) return values;
  for (const auto& include : resource.kept->value_set->includes) {
    if (!include->system.empty()) values.push_back({.system = "", .text = include->system});
    for (const std::string& imported : include->value_sets) values.push_back({.system = "", .text = imported});
  }
  return values;
}
// Codes that it lists; of one of all codes whichever there are.
bool ListsCode(const SearchedResource& resource, absl::string_view code) {
  if (resource.kept == nullptr) return HasCode(resource, code);
  if (resource.kept->value_set == nullptr) return false;
  const auto& includes = resource.kept->value_set->includes;
  return std::any_of(includes.begin(), includes.end(),
                     [&](const auto& include) { return include->listed.contains(std::string(code)); });
}

Values OfGroups(const SearchedResource& resource, std::string model::MapGroup::* which) {
  Values values;
  if (resource.kept == nullptr || resource.kept->concept_map == nullptr) return values;
  for (const model::MapGroup& group : resource.kept->concept_map->groups) {
    values.push_back({.system = "", .text = fhir::PartCanonical(group.*which).first});
  }
  return values;
}
Values SourceSystem(const SearchedResource& resource) { return OfGroups(resource, &model::MapGroup::source); }
Values TargetSystem(const SearchedResource& resource) { return OfGroups(resource, &model::MapGroup::target); }
Values SourceScope(const SearchedResource& resource) {
  return resource.kept->concept_map == nullptr ? Values() : One(resource.kept->concept_map->source_scope);
}
Values TargetScope(const SearchedResource& resource) {
  return resource.kept->concept_map == nullptr ? Values() : One(resource.kept->concept_map->target_scope);
}
bool HasSource(const SearchedResource& resource, absl::string_view code) {
  if (resource.kept->concept_map == nullptr) return false;
  const std::vector<model::MapGroup>& groups = resource.kept->concept_map->groups;
  return std::any_of(groups.begin(), groups.end(),
                     [&](const model::MapGroup& group) { return group.by_code.contains(std::string(code)); });
}
bool HasTarget(const SearchedResource& resource, absl::string_view code) {
  if (resource.kept->concept_map == nullptr) return false;
  for (const model::MapGroup& group : resource.kept->concept_map->groups) {
    for (const model::MapElement& element : group.elements) {
      if (std::any_of(element.targets.begin(), element.targets.end(),
                      [&](const model::MapTarget& target) { return target.code == code; })) {
        return true;
      }
    }
  }
  return false;
}

constexpr SearchedBy kIdentifier = {"identifier", SearchedType::kToken, "A business identifier", Identifiers};
constexpr SearchedBy kPublisher = {"publisher", SearchedType::kString, "The beginning of the publisher's name",
                                   Publisher};
constexpr SearchedBy kDescription = {"description", SearchedType::kString, "The beginning of the description",
                                     Description};
constexpr SearchedBy kDate = {"date", SearchedType::kDate, "The date of the resource", Date};

constexpr SearchedBy kOfCodeSystems[] = {
    kIdentifier,
    kPublisher,
    kDescription,
    kDate,
    {"system", SearchedType::kUri, "The canonical URL", System},
    {"content-mode", SearchedType::kToken, "How much of the code system it has", Content},
    {"language", SearchedType::kToken, "The language", Language},
    {"supplements", SearchedType::kUri, "The code system that it adds to", Supplements},
    {"code", SearchedType::kToken, "A code that it has", nullptr, HasCode}};
constexpr SearchedBy kOfValueSets[] = {
    kIdentifier,
    kPublisher,
    kDescription,
    kDate,
    {"reference", SearchedType::kUri, "A code system or value set that it includes", Reference},
    {"code", SearchedType::kToken, "A code that it lists", nullptr, ListsCode}};
constexpr SearchedBy kOfConceptMaps[] = {
    kIdentifier,
    kPublisher,
    kDescription,
    kDate,
    {"source-system", SearchedType::kUri, "The code system of sources", SourceSystem, nullptr, true, false},
    {"target-system", SearchedType::kUri, "The code system of targets", TargetSystem, nullptr, true, false},
    {"source", SearchedType::kUri, "The value set of sources", SourceScope, nullptr, true, false},
    {"target", SearchedType::kUri, "The value set of targets", TargetScope, nullptr, true, false},
    {"source-uri", SearchedType::kUri, "The value set of sources", SourceScope, nullptr, true, false},
    {"target-uri", SearchedType::kUri, "The value set of targets", TargetScope, nullptr, true, false},
    {"source-group-system", SearchedType::kUri, "The code system of sources", SourceSystem, nullptr, false, true},
    {"target-group-system", SearchedType::kUri, "The code system of targets", TargetSystem, nullptr, false, true},
    {"source-scope", SearchedType::kUri, "The value set of sources", SourceScope, nullptr, false, true},
    {"target-scope", SearchedType::kUri, "The value set of targets", TargetScope, nullptr, false, true},
    {"source-code", SearchedType::kToken, "A code that it maps", nullptr, HasSource},
    {"target-code", SearchedType::kToken, "A code that it maps to", nullptr, HasTarget}};

// A date that is asked, and the prefix that says how those found stand to it (FHIR R4 3.1.1.4.2).
struct AskedDate {
  absl::string_view prefix = "eq";
  absl::string_view date = {};
};
AskedDate ReadDate(absl::string_view asked) {
  constexpr size_t kPrefix = 2;
  if (asked.size() < kPrefix || !absl::ascii_isalpha(static_cast<unsigned char>(asked.front()))) return {.date = asked};
  return {.prefix = asked.substr(0, kPrefix), .date = asked.substr(kPrefix)};
}

bool IsDate(const AskedDate& asked) {
  constexpr absl::string_view kPrefixes[] = {"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"};
  constexpr size_t kYear = 4;
  return std::find(std::begin(kPrefixes), std::end(kPrefixes), asked.prefix) != std::end(kPrefixes) &&
         asked.date.size() >= kYear && absl::ascii_isdigit(static_cast<unsigned char>(asked.date.front()));
}

// As far as both are written.
bool DateFits(absl::string_view text, absl::string_view date) {
  const AskedDate asked = ReadDate(text);
  const size_t both = std::min(date.size(), asked.date.size());
  const int order = date.substr(0, both).compare(asked.date.substr(0, both));
  if (asked.prefix == "eq") return order == 0;
  if (asked.prefix == "ne") return order != 0;
  if (asked.prefix == "gt" || asked.prefix == "sa") return order > 0;
  if (asked.prefix == "lt" || asked.prefix == "eb") return order < 0;
  return asked.prefix == "ge" ? order >= 0 : order <= 0;
}

// Values parted by commas, of which a backslash makes a plain character.
std::vector<std::string> Choices(absl::string_view asked) {
  std::vector<std::string> choices(1);
  for (size_t at = 0; at < asked.size(); ++at) {
    if (asked[at] == ',') {
      choices.emplace_back();
    } else {
      if (asked[at] == '\\' && at + 1 < asked.size()) ++at;
      choices.back() += asked[at];
    }
  }
  std::erase(choices, "");
  return choices;
}

bool FitsOne(const SearchedBy& parameter, const SearchedValue& value, absl::string_view asked) {
  switch (parameter.type) {
    case SearchedType::kToken:
      return TokenFits(asked, value.system, value.text);
    case SearchedType::kUri:
      return fhir::PartCanonical(value.text).first == fhir::PartCanonical(std::string(asked)).first;
    case SearchedType::kString:
      return absl::StartsWithIgnoreCase(value.text, asked);
    case SearchedType::kDate:
      return DateFits(asked, value.text);
  }
  return false;
}

}  // namespace

absl::Span<const SearchedBy> SearchParametersOf(absl::string_view type) {
  if (type == "CodeSystem") return kOfCodeSystems;
  if (type == "ValueSet") return kOfValueSets;
  if (type == "ConceptMap") return kOfConceptMaps;
  return {};
}

absl::StatusOr<std::vector<std::string>> ReadChoices(const SearchedBy& parameter, absl::string_view asked) {
  std::vector<std::string> choices = Choices(asked);
  for (const std::string& choice : choices) {
    if (parameter.type == SearchedType::kDate && !IsDate(ReadDate(choice))) {
      return base::InvalidField(parameter.name, choice, absl::StrCat("'", base::Excerpt(choice), "' is no date"),
                                "write a year, month or day, behind eq, ne, gt, lt, ge, le, sa or eb perhaps");
    }
  }
  return choices;
}

bool Fits(const SearchedBy& parameter, const SearchedResource& resource, absl::Span<const std::string> choices) {
  if (parameter.has != nullptr) {
    return std::any_of(choices.begin(), choices.end(), [&](absl::string_view choice) {
      const size_t bar = choice.find('|');  // the system says nothing that the resource does not
      return parameter.has(resource, bar == absl::string_view::npos ? choice : choice.substr(bar + 1));
    });
  }
  const Values values = parameter.values(resource);
  return std::any_of(choices.begin(), choices.end(), [&](absl::string_view choice) {
    return std::any_of(values.begin(), values.end(),
                       [&](const SearchedValue& value) { return FitsOne(parameter, value, choice); });
  });
}

}  // namespace nosograph::rest
