#include "terminology/operations/system_versions.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/model/date.h"
#include "terminology/model/version_order.h"

namespace nosograph::operations {
namespace {

std::string Of(const absl::flat_hash_map<std::string, std::string>& versions, const std::string& system) {
  if (versions.empty()) return {};  // nearly always
  const auto found = versions.find(system);
  return found == versions.end() ? std::string() : found->second;
}

}  // namespace

absl::StatusOr<SystemVersions> SystemVersions::Read(const fhir::Parameters& parameters) {
  SystemVersions read;
  for (auto& [name, versions] :
       {std::make_pair("force-system-version", &read.forced_), std::make_pair("system-version", &read.defaults_),
        std::make_pair("check-system-version", &read.required_)}) {
    for (const std::string& text : parameters.Texts(name)) {
      auto [system, version] = fhir::PartCanonical(text);
      if (system.empty() || version.empty()) {
        return base::FieldError(absl::StatusCode::kInvalidArgument, name, base::Excerpt(text),
                                absl::StrCat("'", base::Excerpt(text), "' names no version of a code system"),
                                "write it as SYSTEM|VERSION");
      }
      versions->emplace(std::move(system), std::move(version));
    }
  }
  return read;
}

SystemVersions::Asked SystemVersions::For(const std::string& system, const std::string& stated) const {
  if (std::string forced = Of(forced_, system); !forced.empty()) return {std::move(forced), VersionOrigin::kForced};
  if (!stated.empty()) return {stated, VersionOrigin::kStated};
  if (std::string otherwise = Default(system); !otherwise.empty()) {
    return {std::move(otherwise), VersionOrigin::kDefault};
  }
  return {};
}

std::string SystemVersions::Required(const std::string& system) const { return Of(required_, system); }

std::string SystemVersions::Default(const std::string& system) const {
  std::string otherwise = Of(defaults_, system);
  return otherwise.empty() ? Of(required_, system) : otherwise;
}

bool IsLater(const snapshot::Release& a, const snapshot::Release& b) {
  return model::IsLaterVersion(a.snapshot->version_algorithm(), a.snapshot->version(), b.snapshot->version_algorithm(),
                               b.snapshot->version());
}

void KeepLatestActive(std::vector<snapshot::Release>& releases) {
  absl::flat_hash_map<absl::string_view, snapshot::Release*> latest;  // by url, of the snapshots
  for (snapshot::Release& release : releases) {
    snapshot::Release*& best = latest[release.snapshot->url()];
    if (best != nullptr && !IsLater(release, *best)) {
      release.active = false;
      continue;
    }
    if (best != nullptr) best->active = false;
    release.active = true;
    best = &release;
  }
}

const snapshot::Release* FindVersion(const snapshot::ReleaseSet& set, absl::string_view system,
                                     absl::string_view pattern) {
  if (pattern.empty()) return set.Active(system);
  const absl::string_view canonical = snapshot::CanonicalSystem(system);
  const snapshot::Release* best = nullptr;
  for (const snapshot::Release& release : set.releases()) {
    if (release.snapshot->url() != canonical || !model::FitsVersion(pattern, release.snapshot->version())) continue;
    if (best == nullptr || IsLater(release, *best)) best = &release;
  }
  return best;
}

std::string VersionOf(const snapshot::ReleaseSet& set, absl::string_view system, const std::string& pattern) {
  const snapshot::Release* const release = pattern.empty() ? nullptr : FindVersion(set, system, pattern);
  return release == nullptr ? pattern : std::string(release->snapshot->version());
}

absl::StatusOr<std::string> ReadDay(const fhir::Parameters& parameters) {
  constexpr size_t kDay = 10;  // of a dateTime the time says nothing here
  ASSIGN_OR_RETURN(const std::string date, parameters.Text("date"));
  const std::string day = date.substr(0, kDay);
  if (day.empty() || (model::IsDate(day) && (date.size() == kDay || date[kDay] == 'T'))) return day;
  return base::InvalidField("date", date, absl::StrCat("'", base::Excerpt(date), "' is no day"),
                            "write it as YYYY-MM-DD");
}

}  // namespace nosograph::operations
