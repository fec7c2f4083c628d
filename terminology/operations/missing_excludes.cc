#include "terminology/operations/missing_excludes.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "terminology/operations/coding_check.h"
#include "terminology/operations/system_versions.h"

namespace nosograph::operations {
namespace {

using query::ConceptRef;
using snapshot::Release;
using snapshot::ReleaseSet;

// Versions that are excluded and not there, each once, of a code system whose code is looked for.
class MissingExcludes {
 public:
  MissingExcludes(const ReleaseSet& set, const fhir::Coding& coding)
      : set_(set), system_(snapshot::CanonicalSystem(coding.system)), code_(coding.code) {
    const Release* const known = FindVersion(set, system_, coding.version);
    any_case_ = known != nullptr && !known->snapshot->case_sensitive();
    if (known == nullptr) return;
    if (const auto item = known->snapshot->FindInAnyCase(code_)) item_ = ConceptRef{known, *item};
  }

  // What the value set excludes, or one that it imports and needs for the code.
  void AddExcludesOf(const ValueSet& value_set) {
    if (!of_excludes_.insert(&value_set).second) return;
    for (const Include& exclude : value_set.excludes) AddPart(exclude);
    if (HasDirectly(value_set)) return;
    for (const Include& include : value_set.includes) {
      if (!MayHaveCode(include)) continue;
      for (const auto& imported : include.imports) AddExcludesOf(*imported);
    }
  }
  const std::vector<std::string>& versions() const { return versions_; }

 private:
  void AddPart(const Include& part) {
    if (!MayHaveCode(part)) return;
    if (part.system() == system_ && !part.version.empty() && FindVersion(set_, system_, part.version) == nullptr &&
        std::find(versions_.begin(), versions_.end(), part.version) == versions_.end()) {
      versions_.push_back(part.version);
    }
    for (const auto& imported : part.imports) {
      AddExcludesOf(*imported);
      if (!of_parts_.insert(imported.get()).second) continue;
      for (const Include& include : imported->includes) AddPart(include);
    }
  }
  // By an include that no import narrows.
  bool HasDirectly(const ValueSet& value_set) const {
    return item_ && std::any_of(value_set.includes.begin(), value_set.includes.end(), [&](const Include& include) {
             return include.imports.empty() && MayHaveCode(include) &&
                    Holds(set_, ValueSet{.includes = {include}}, *item_);
           });
  }
  // As far as its system and its list go.
  bool MayHaveCode(const Include& part) const {
    if (part.system().empty()) return true;
    if (part.system() != system_) return false;
    if (part.codes().empty() || part.listed().contains(code_)) return true;
    return any_case_ && std::any_of(part.codes().begin(), part.codes().end(),
                                    [&](const std::string& code) { return absl::EqualsIgnoreCase(code, code_); });
  }

  const ReleaseSet& set_;
  const absl::string_view system_;
  const absl::string_view code_;
  bool any_case_ = false;
  std::optional<ConceptRef> item_;
  std::vector<std::string> versions_;
  // Those that have been gone through: each is once, however often it is imported.
  absl::flat_hash_set<const ValueSet*> of_excludes_;
  absl::flat_hash_set<const ValueSet*> of_parts_;
};

}  // namespace

void TellMissingExcludes(const ReleaseSet& set, const ValueSet& value_set, const fhir::Coding& coding,
                         const std::string& path, CodingVerdict& verdict) {
  const bool imports = std::any_of(value_set.includes.begin(), value_set.includes.end(),
                                   [](const Include& include) { return !include.imports.empty(); });
  if (value_set.excludes.empty() && !imports) return;  // nearly always
  if (!Includes(value_set, snapshot::CanonicalSystem(coding.system))) return;
  MissingExcludes missing(set, coding);
  missing.AddExcludesOf(value_set);
  for (const std::string& version : missing.versions()) {
    fhir::Coding excluded = coding;
    excluded.version = version;
    AddUnknownSystem(set, excluded, path, verdict);
  }
}

}  // namespace nosograph::operations
