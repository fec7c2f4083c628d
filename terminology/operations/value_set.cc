#include "terminology/operations/value_set.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/outcome.h"
#include "terminology/model/version_order.h"
#include "terminology/operations/messages.h"
#include "terminology/query/subsumes.h"

namespace nosograph::operations {
namespace {

using query::ConceptRef;
using snapshot::Release;
using snapshot::ReleaseSet;

// Whether it is a kind of `root`, or perhaps that itself.
bool IsA(const ConceptRef& item, const std::string& root, bool itself) {
  const std::optional<uint32_t> found = item.snapshot().FindInAnyCase(root);
  return found && ((itself && *found == item.item) || query::IsKindOf(item, *found));
}

bool IsChildOf(const ConceptRef& item, const std::string& parent) {
  const snapshot::Snapshot& snapshot = item.snapshot();
  const std::optional<uint32_t> found = snapshot.Find(parent);
  if (!found) return false;
  if (snapshot.parent(item.item) == found) return true;
  const auto others = snapshot.other_parents(item.item);
  return std::any_of(others.begin(), others.end(), [&](const auto& record) { return record.parent == *found; });
}

bool HasChild(const ConceptRef& item, const std::string& child) {
  const std::optional<uint32_t> found = item.snapshot().Find(child);
  return found && IsChildOf({item.release, *found}, std::string(item.code()));
}

bool IsLeaf(const ConceptRef& item) {
  return item.snapshot().subtree_end(item.item) == item.item + 1 && item.snapshot().other_children(item.item).empty();
}

// Whether one of the values that the concept has of a property, as text, is as `fits` wants it.
template <typename Fits>
bool AnyValue(const ReleaseSet& set, const ConceptRef& item, absl::string_view property, const Fits& fits) {
  const snapshot::Snapshot& snapshot = item.snapshot();
  if (property == "display" && fits(item.title())) return true;
  if (property == "definition" && !snapshot.definition(item.item).empty() && fits(snapshot.definition(item.item))) {
    return true;
  }
  bool has = false;
  for (const snapshot::PropertyRecord& record : snapshot.properties(item.item)) {
    const snapshot::Snapshot::PropertyView view = snapshot.Read(record);
    if (view.definition.code != property) continue;
    if (fits(view.value)) return true;
    has = true;
  }
  if (property == "inactive") return !has && fits(item.inactive() ? "true" : "false");
  if (item.classified()) {
    if (property == "billable") return fits(item.billable() ? "true" : "false");
    if (property == "kind") return fits(model::ConceptKindName(snapshot.kind(item.item)));
  }
  // What supplements say besides.
  for (const Release* supplement : set.ActiveSupplements(*item.release)) {
    const snapshot::Snapshot& more = *supplement->snapshot;
    const std::optional<uint32_t> same = more.Find(item.code());
    if (!same) continue;
    for (const snapshot::PropertyRecord& record : more.properties(*same)) {
      const snapshot::Snapshot::PropertyView view = more.Read(record);
      if (view.definition.code == property && fits(view.value)) return true;
    }
  }
  return false;
}

bool Passes(const Filter& filter, absl::string_view value) {
  if (filter.op == "=") return value == filter.value;
  if (filter.op == "in") return filter.values.contains(value);
  if (filter.op == "regex") return RE2::FullMatch({value.data(), value.size()}, *filter.expression);
  return false;
}

bool Passes(const ReleaseSet& set, const Filter& filter, const ConceptRef& item) {
  const std::string& op = filter.op;
  const bool of_code = filter.property == "concept" || filter.property == "code";
  if (op == "is-a") return IsA(item, filter.value, true);
  if (op == "descendent-of") return IsA(item, filter.value, false);
  if (op == "is-not-a") return !IsA(item, filter.value, true);
  if (op == "child-of") return IsChildOf(item, filter.value);
  if (op == "descendent-leaf") return IsLeaf(item) && IsA(item, filter.value, false);
  if (op == "generalizes") {
    const std::optional<uint32_t> found = item.snapshot().Find(filter.value);
    return found && (*found == item.item || query::IsKindOf({item.release, *found}, item.item));
  }
  if (of_code) {
    if (op == "not-in") return !filter.values.contains(item.code());
    return op == "exists" ? filter.value == "true" : Passes(filter, item.code());
  }
  if (filter.property == "parent" && op == "=") return IsChildOf(item, filter.value);
  if (filter.property == "child" && op == "=") return HasChild(item, filter.value);
  if (filter.property == "parent" && op == "exists") {
    return (filter.value == "true") == item.snapshot().parent(item.item).has_value();
  }
  if (filter.property == "child" && op == "exists") return (filter.value == "true") != IsLeaf(item);
  const auto any = [&](const auto& fits) { return AnyValue(set, item, filter.property, fits); };
  if (op == "exists") return (filter.value == "true") == any([](absl::string_view /*value*/) { return true; });
  if (op == "not-in") return !any([&](absl::string_view value) { return filter.values.contains(value); });
  return any([&](absl::string_view value) { return Passes(filter, value); });
}

// `depth` below: how many imports lie between it and what was asked.
bool HoldsAt(const ReleaseSet& set, const ValueSet& value_set, const ConceptRef& item, int depth);

bool InImports(const ReleaseSet& set, const Include& include, const ConceptRef& item, int depth) {
  return std::all_of(include.imports.begin(), include.imports.end(),
                     [&](const auto& imported) { return HoldsAt(set, *imported, item, depth + 1); });
}

bool Lists(const Include& include, const ConceptRef& item) {
  if (include.listed().contains(item.code())) return true;
  return !item.snapshot().case_sensitive() &&
         std::any_of(include.codes().begin(), include.codes().end(),
                     [&](const std::string& code) { return absl::EqualsIgnoreCase(code, item.code()); });
}

// What of the include holds for a concept of its release.
bool Fits(const ReleaseSet& set, const Include& include, const ConceptRef& item) {
  if (!include.codes().empty() && !Lists(include, item)) return false;
  return std::all_of(include.filters().begin(), include.filters().end(),
                     [&](const Filter& filter) { return Passes(set, filter, item); });
}

bool Has(const ReleaseSet& set, const Include& include, const ConceptRef& item, int depth) {
  if (!include.system().empty()) {
    if (snapshot::CanonicalSystem(include.system()) != item.snapshot().url() || !Fits(set, include, item)) return false;
    if (!include.version.empty() && !model::FitsVersion(include.version, item.snapshot().version())) return false;
  }
  return InImports(set, include, item, depth);
}

// The concept of the same code in the version that an include speaks of; the concept itself where it has none.
ConceptRef InVersionOf(const ReleaseSet& set, const Include& include, const ConceptRef& item) {
  if (snapshot::CanonicalSystem(include.system()) != item.snapshot().url()) return item;
  const Release* const release = FindVersion(set, include.system(), include.version);
  if (release == nullptr || release == item.release) return item;
  const std::optional<uint32_t> same = release->snapshot->Find(item.code());
  return same ? ConceptRef{release, *same} : item;
}

// How deep what excludes import is asked about another version too: each such import doubles the work.
constexpr int kDeepestOtherVersion = 8;

bool Excluded(const ReleaseSet& set, const ValueSet& value_set, const ConceptRef& item, int depth = 0) {
  if (!value_set.about().inactive && item.inactive()) return true;
  const bool merges = value_set.merges();
  return std::any_of(value_set.excludes.begin(), value_set.excludes.end(), [&](const Include& exclude) {
    if (Has(set, exclude, item, depth)) return true;
    if (!merges || (!exclude.imports.empty() && depth > kDeepestOtherVersion)) return false;
    const ConceptRef other = InVersionOf(set, exclude, item);
    return other != item && Has(set, exclude, other, depth);
  });
}

bool HoldsAt(const ReleaseSet& set, const ValueSet& value_set, const ConceptRef& item, int depth) {
  const bool included = std::any_of(value_set.includes.begin(), value_set.includes.end(),
                                    [&](const Include& include) { return Has(set, include, item, depth); });
  return included && !Excluded(set, value_set, item, depth);
}

// What has been offered of a value set.
class Seen {
 public:
  explicit Seen(bool merges) : merges_(merges) {}

  // Whether it is there for the first time.
  bool Add(const ConceptRef& item) {
    return merges_ ? codes_.emplace(item.snapshot().url(), item.code()).second
                   : items_.insert({item.release, item.item}).second;
  }

 private:
  const bool merges_;
  absl::flat_hash_set<std::pair<const Release*, uint32_t>> items_;
  absl::flat_hash_set<std::pair<absl::string_view, absl::string_view>> codes_;  // of the snapshots
};

// Of all code systems (http://hl7.org/fhir/concept-properties and CodeSystem.filter), and of classifications.
constexpr absl::string_view kOfAll[] = {
    "concept",       "code",    "display",       "definition", "parent",        "child",           "inactive",
    "notSelectable", "status",  "deprecated",    "itemWeight", "effectiveDate", "deprecationDate", "retirementDate",
    "synonym",       "comment", "alternateCode", "order",      "label",         "weight"};
constexpr absl::string_view kOfClassifications[] = {"billable", "kind"};

bool KnowsProperty(const ReleaseSet& set, const Release& release, absl::string_view property) {
  if (std::find(std::begin(kOfAll), std::end(kOfAll), property) != std::end(kOfAll)) return true;
  if (release.snapshot->classification() && std::find(std::begin(kOfClassifications), std::end(kOfClassifications),
                                                      property) != std::end(kOfClassifications)) {
    return true;
  }
  if (release.snapshot->FindPropertyDefinition(property)) return true;
  const std::vector<const Release*> supplements = set.ActiveSupplements(release);
  return std::any_of(supplements.begin(), supplements.end(), [&](const Release* supplement) {
    return supplement->snapshot->FindPropertyDefinition(property).has_value();
  });
}

template <typename Take>
void EachSystem(const ValueSet& value_set, const Take& take) {
  for (const std::vector<Include>* list : {&value_set.includes, &value_set.excludes}) {
    for (const Include& include : *list) {
      if (!include.system().empty()) take(include);
      for (const auto& imported : include.imports) EachSystem(*imported, take);
    }
  }
}

// That an exclude, and what its imports include as far as it matters beside its system, have releases.
absl::Status CheckKnown(const ReleaseSet& set, const Include& exclude) {
  if (!exclude.system().empty()) RETURN_IF_ERROR(ReleaseOf(set, exclude).status());
  for (const auto& imported : exclude.imports) {
    for (const Include& below : imported->includes) {
      if (!exclude.system().empty() && !below.system().empty() && below.system() != exclude.system()) continue;
      RETURN_IF_ERROR(CheckKnown(set, below));
    }
  }
  return absl::OkStatus();
}

void AddIncludesOf(const ValueSet& value_set, absl::string_view system, std::vector<const Include*>& includes) {
  for (const Include& include : value_set.includes) {
    if (include.system() == system) includes.push_back(&include);
    if (!include.system().empty()) continue;
    for (const auto& imported : include.imports) AddIncludesOf(*imported, system, includes);
  }
}

}  // namespace

absl::StatusOr<const Release*> ReleaseOf(const ReleaseSet& set, const Include& include) {
  if (const Release* found = FindVersion(set, include.system(), include.version)) return found;
  std::vector<std::string> versions;
  for (const Release& release : set.releases()) {
    if (release.snapshot->url() == snapshot::CanonicalSystem(include.system())) {
      versions.emplace_back(release.snapshot->version());
    }
  }
  const char* const id = include.version.empty() ? "UNKNOWN_CODESYSTEM_EXP" : "UNKNOWN_CODESYSTEM_VERSION_EXP";
  const std::string known = versions.empty() ? "" : absl::StrCat(". Valid versions: ", OneOf(versions));
  return fhir::StatusOf(
      absl::StatusCode::kNotFound,
      {.code = "not-found",
       .about = "not-found",
       .message_id = id,
       .text = Message(id, {base::Excerpt(include.system()), base::Excerpt(include.version), known})});
}

const ListedConcept* ListedIn(const ValueSet& value_set, const ConceptRef& item) {
  for (const Include& include : value_set.includes) {
    if (include.system() != item.snapshot().url()) continue;
    const auto found = include.listed().find(item.code());
    if (found != include.listed().end()) return &found->second;
  }
  for (const Include& include : value_set.includes) {
    for (const auto& imported : include.imports) {
      if (const ListedConcept* found = ListedIn(*imported, item)) return found;
    }
  }
  return nullptr;
}

std::string CanonicalOf(const Release& release) {
  const snapshot::Snapshot& snapshot = *release.snapshot;
  return snapshot.version().empty() ? std::string(snapshot.url())
                                    : absl::StrCat(snapshot.url(), "|", snapshot.version());
}

std::vector<const Release*> ReleasesOf(const ReleaseSet& set, const ValueSet& value_set) {
  std::vector<const Release*> releases;
  EachSystem(value_set, [&](const Include& include) {
    const absl::StatusOr<const Release*> release = ReleaseOf(set, include);
    if (release.ok() && std::find(releases.begin(), releases.end(), *release) == releases.end()) {
      releases.push_back(*release);
    }
  });
  return releases;
}

std::vector<const ValueSet*> ImportsOf(const ValueSet& value_set) {
  std::vector<const ValueSet*> found;
  for (const std::vector<Include>* list : {&value_set.includes, &value_set.excludes}) {
    for (const Include& include : *list) {
      for (const auto& imported : include.imports) {
        found.push_back(imported.get());
        for (const ValueSet* further : ImportsOf(*imported)) found.push_back(further);
      }
    }
  }
  return found;
}

absl::Status ForEach(const ReleaseSet& set, const ValueSet& value_set,
                     const std::function<bool(const ConceptRef& item)>& take) {
  Seen seen(value_set.merges());
  bool stopped = false;
  for (const Include& include : value_set.includes) {
    // Of value sets alone: what the first has and the others too.
    if (include.system().empty()) {
      RETURN_IF_ERROR(ForEach(set, *include.imports.front(), [&](const ConceptRef& item) {
        if (!InImports(set, include, item, 0) || !seen.Add(item)) return true;
        stopped = !Excluded(set, value_set, item) && !take(item);
        return !stopped;
      }));
      if (stopped) return absl::OkStatus();
      continue;
    }
    ASSIGN_OR_RETURN(const Release* const release, ReleaseOf(set, include));
    const snapshot::Snapshot& snapshot = *release->snapshot;
    const auto offer = [&](uint32_t index) {
      const ConceptRef item{release, index};
      if (!Fits(set, include, item) || !InImports(set, include, item, 0)) return true;
      if (value_set.includes.size() > 1 && !seen.Add(item)) return true;
      return Excluded(set, value_set, item) || take(item);
    };
    if (!include.codes().empty()) {
      for (const std::string& code : include.codes()) {
        const std::optional<uint32_t> item = snapshot.FindInAnyCase(code);
        if (item && !offer(*item)) return absl::OkStatus();
      }
      continue;
    }
    uint32_t begin = 0;
    uint32_t end = snapshot.concept_count();
    // Below one code what is left stands together, but for further parents.
    for (const Filter& filter : include.filters()) {
      if (snapshot.has_several_parents()) break;
      if (filter.op != "is-a" && filter.op != "descendent-of" && filter.op != "child-of" &&
          filter.op != "descendent-leaf") {
        continue;
      }
      const std::optional<uint32_t> root = snapshot.Find(filter.value);
      begin = root ? std::max(begin, *root) : end;
      end = root ? std::min(end, snapshot.subtree_end(*root)) : end;
    }
    for (uint32_t index = begin; index < end; ++index) {
      if (!offer(index)) return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

bool Holds(const ReleaseSet& set, const ValueSet& value_set, const ConceptRef& item) {
  return HoldsAt(set, value_set, item, 0);
}

absl::Status CheckExcludes(const ReleaseSet& set, const ValueSet& value_set) {
  for (const Include& exclude : value_set.excludes) RETURN_IF_ERROR(CheckKnown(set, exclude));
  for (const std::vector<Include>* list : {&value_set.includes, &value_set.excludes}) {
    for (const Include& include : *list) {
      for (const auto& imported : include.imports) RETURN_IF_ERROR(CheckExcludes(set, *imported));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckFilters(const ReleaseSet& set, const ValueSet& value_set) {
  for (const std::vector<Include>* list : {&value_set.includes, &value_set.excludes}) {
    for (const Include& include : *list) {
      for (const auto& imported : include.imports) RETURN_IF_ERROR(CheckFilters(set, *imported));
      const Release* const release =
          include.filters().empty() ? nullptr : FindVersion(set, include.system(), include.version);
      if (release == nullptr) continue;
      for (const Filter& filter : include.filters()) {
        if (KnowsProperty(set, *release, filter.property)) continue;
        return fhir::StatusOf(absl::StatusCode::kInvalidArgument,
                              {.code = "invalid",
                               .about = "vs-invalid",
                               .text = absl::StrCat("The code system '", release->snapshot->url(),
                                                    "' has no property '", base::Excerpt(filter.property),
                                                    "' that a filter (op = ", filter.op, ") could ask for"),
                               .expression = filter.at,
                               .diagnostics = "read the CodeSystem for the properties that it has"});
      }
    }
  }
  return absl::OkStatus();
}

std::vector<const Include*> IncludesOf(const ValueSet& value_set, absl::string_view system) {
  std::vector<const Include*> includes;
  AddIncludesOf(value_set, system, includes);
  return includes;
}

bool Includes(const ValueSet& value_set, absl::string_view system) { return !IncludesOf(value_set, system).empty(); }

}  // namespace nosograph::operations
