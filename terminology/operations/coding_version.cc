#include "terminology/operations/coding_version.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "terminology/base/unicode.h"
#include "terminology/model/version_order.h"
#include "terminology/operations/coding_check.h"
#include "terminology/operations/messages.h"

namespace nosograph::operations {
namespace {

using fhir::Issue;
using query::ConceptRef;
using snapshot::Release;
using snapshot::ReleaseSet;

// Where several versions are included, that which has the code, with this display if that can be, the newest first;
// null for none.
const Release* BestOf(const ReleaseSet& set, const ValueSet& value_set, const std::vector<const Include*>& includes,
                      const DisplayLanguages& languages, const fhir::Coding& coding, const std::string& path) {
  const Release* best = nullptr;
  bool best_shown = false;
  absl::flat_hash_set<absl::string_view> seen;
  for (const Include* include : includes) {
    if (!seen.insert(include->version).second) continue;
    const Release* const release = FindVersion(set, include->system(), include->version);
    const std::optional<uint32_t> item = release == nullptr ? std::nullopt : release->snapshot->Find(coding.code);
    if (!item || !Holds(set, value_set, {release, *item})) continue;
    fhir::Coding there = coding;
    there.version = std::string(release->snapshot->version());
    const bool shown = CheckCoding(set, there, path, "", languages).valid;
    if (best == nullptr || shown > best_shown || (shown == best_shown && IsLater(*release, *best))) {
      best = release;
      best_shown = shown;
    }
  }
  return best;
}

}  // namespace

void ChooseVersion(const ReleaseSet& set, const ValueSet& value_set, const SystemVersions& versions,
                   const DisplayLanguages& languages, fhir::Coding& coding, const std::string& path,
                   CodingVerdict& verdict) {
  const std::vector<const Include*> includes = IncludesOf(value_set, snapshot::CanonicalSystem(coding.system));
  if (includes.empty()) return;
  const Include* const include = includes.front();
  const bool several = std::any_of(includes.begin(), includes.end(),
                                   [&](const Include* each) { return each->version != include->version; });
  const std::string required = versions.Required(coding.system);
  if (several) {
    const Release* const judged = coding.version.empty() ? BestOf(set, value_set, includes, languages, coding, path)
                                                         : FindVersion(set, coding.system, coding.version);
    if (judged == nullptr) return;
    if (coding.version.empty()) coding.version = std::string(judged->snapshot->version());
    if (!required.empty() && !model::FitsVersion(required, judged->snapshot->version())) {
      verdict.issues.push_back(
          WrongVersion(coding.system, judged->snapshot->version(), required, Path(path, "version")));
    }
    return;
  }
  const std::string at = Path(path, "version");
  const std::string given = coding.version;
  const Release* const known = given.empty() ? nullptr : FindVersion(set, coding.system, given);
  const Release* chosen = FindVersion(set, coding.system, include->version);
  // The value's own version, where that is one of those asked for.
  if (known != nullptr &&
      (include->version.empty() || model::FitsVersion(include->version, known->snapshot->version()))) {
    chosen = known;
  }
  const bool missing = chosen == nullptr;
  // What the include asks for is not there: what can be said is said of another.
  if (missing) chosen = known != nullptr ? known : FindVersion(set, coding.system, versions.Default(coding.system));
  if (chosen == nullptr) chosen = FindVersion(set, coding.system, "");
  if (chosen == nullptr) return;
  const std::string version(chosen->snapshot->version());
  const bool fits =
      given.empty() || (include->version.empty() ? given == version : model::FitsVersion(include->version, given));
  if (!fits) {
    Issue issue{.code = "invalid", .about = "vs-invalid", .expression = at};
    if (include->origin == VersionOrigin::kStated) {
      issue.message_id = "VALUESET_VALUE_MISMATCH";
    } else if (include->origin == VersionOrigin::kNone) {
      issue.severity = "warning";
      issue.message_id = "VALUESET_VALUE_MISMATCH_DEFAULT";
    } else {
      issue.message_id = "VALUESET_VALUE_MISMATCH_CHANGED";
    }
    issue.text = Message(issue.message_id, {base::Excerpt(coding.system),
                                            include->origin == VersionOrigin::kNone ? version : include->version,
                                            base::Excerpt(given), include->stated()});
    verdict.issues.push_back(std::move(issue));
  }
  if (!given.empty() && known == nullptr) AddUnknownSystem(set, coding, path, verdict);
  if (missing) {
    fhir::Coding asked = coding;
    asked.version = include->version;
    AddUnknownSystem(set, asked, path, verdict);
  }
  if (!missing && !required.empty() && !model::FitsVersion(required, version)) {
    verdict.issues.push_back(WrongVersion(coding.system, version, required, at));
  }
  coding.version = version;
}

bool HasUnknownVersion(const std::vector<Issue>& issues) {
  return std::any_of(issues.begin(), issues.end(), [](const Issue& issue) {
    return absl::string_view(issue.message_id) == "UNKNOWN_CODESYSTEM_VERSION";
  });
}

bool StatesVersion(const ValueSet& value_set, const ConceptRef& item) {
  const std::vector<const Include*> includes = IncludesOf(value_set, item.snapshot().url());
  return !includes.empty() && std::all_of(includes.begin(), includes.end(), [&](const Include* include) {
    return !include->version.empty() || (!include->codes().empty() && !include->listed().contains(item.code()));
  });
}

}  // namespace nosograph::operations
