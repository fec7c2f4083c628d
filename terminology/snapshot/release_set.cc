#include "terminology/snapshot/release_set.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "terminology/base/field_error.h"
#include "terminology/base/unicode.h"
#include "terminology/model/date.h"

namespace nosograph::snapshot {
namespace {

bool IsExtension(const Release& release) { return !release.snapshot->extends().empty(); }
bool IsSupplement(const Release& release) { return !release.snapshot->supplements().empty(); }

// "2021-01-01 (valid from 2021-01-01 to 2021-09-30)", for messages.
std::string Described(const std::vector<const Release*>& releases) {
  return absl::StrJoin(releases, ", ", [](std::string* out, const Release* release) {
    absl::StrAppend(out, release->snapshot->version());
    if (release->valid_from.empty() && release->valid_to.empty()) return;
    absl::StrAppend(out, " (valid");
    if (!release->valid_from.empty()) absl::StrAppend(out, " from ", release->valid_from);
    if (!release->valid_to.empty()) absl::StrAppend(out, " to ", release->valid_to);
    absl::StrAppend(out, ")");
  });
}

}  // namespace

ReleaseSet::ReleaseSet(std::vector<Release> releases) : releases_(std::move(releases)) {
  std::stable_sort(releases_.begin(), releases_.end(), [](const Release& a, const Release& b) {
    const auto key = [](const Release& release) {
      return std::make_tuple(IsExtension(release) || IsSupplement(release), release.snapshot->url(),
                             absl::string_view(release.valid_from));
    };
    return key(a) < key(b);
  });
  any_supplement_ = std::any_of(releases_.begin(), releases_.end(),
                                [](const Release& release) { return release.active && IsSupplement(release); });
  static std::atomic<uint64_t> last{0};
  id_ = last.fetch_add(1, std::memory_order_relaxed) + 1;
}

std::vector<const Release*> ReleaseSet::ActivePublished() const {
  std::vector<const Release*> found;
  for (const Release& release : releases_) {
    if (release.active && !IsExtension(release) && !IsSupplement(release)) found.push_back(&release);
  }
  return found;
}

std::vector<const Release*> ReleaseSet::ActiveExtensions(absl::string_view system) const {
  std::vector<const Release*> found;
  for (const Release& release : releases_) {
    if (!release.active || !IsExtension(release)) continue;
    if (system.empty() || release.snapshot->extends() == system) found.push_back(&release);
  }
  return found;
}

std::vector<const Release*> ReleaseSet::Of(absl::string_view system) const {
  const absl::string_view canonical = CanonicalSystem(system);
  std::vector<const Release*> found;
  for (const Release& release : releases_) {
    if (release.snapshot->url() == canonical) found.push_back(&release);
  }
  return found;
}

std::vector<const Release*> ReleaseSet::ActiveSupplements(const Release& release) const {
  std::vector<const Release*> found;
  if (!any_supplement_) return found;
  for (const Release& candidate : releases_) {
    const Snapshot& supplement = *candidate.snapshot;
    if (!candidate.active || !IsSupplement(candidate) || supplement.supplements() != release.snapshot->url()) continue;
    const absl::string_view version = supplement.supplements_version();
    if (version.empty() || version == release.snapshot->version()) found.push_back(&candidate);
  }
  return found;
}

bool ReleaseSet::Has(absl::string_view system) const {
  const absl::string_view canonical = CanonicalSystem(system);
  return std::any_of(releases_.begin(), releases_.end(),
                     [&](const Release& release) { return release.snapshot->url() == canonical; });
}

const Release* ReleaseSet::Active(absl::string_view system) const {
  const absl::string_view canonical = CanonicalSystem(system);
  for (const Release& release : releases_) {
    if (release.active && release.snapshot->url() == canonical) return &release;
  }
  return nullptr;
}

absl::StatusOr<const Release*> ReleaseSet::Select(absl::string_view system, const ReleaseSelector& selector) const {
  if (!selector.date.empty() && !model::IsDate(selector.date)) {
    const std::string date = base::Excerpt(selector.date);
    return base::FieldError(absl::StatusCode::kInvalidArgument, "release.date", date,
                            absl::StrCat("'", date, "' is no date"), "write it as YYYY-MM-DD");
  }
  if (selector.empty()) {
    if (const Release* active = Active(system)) return active;
  }
  const std::vector<const Release*> loaded = Of(system);
  if (loaded.empty()) {
    std::set<absl::string_view> systems;
    for (const Release& release : releases_) systems.insert(release.snapshot->url());
    if (systems.empty()) return absl::NotFoundError("nothing is loaded; import a code system first");
    const std::string excerpt = base::Excerpt(system);
    return base::FieldError(absl::StatusCode::kNotFound, "system", excerpt,
                            absl::StrCat("'", excerpt, "' is not loaded"),
                            absl::StrCat("use one of these, or none: ", absl::StrJoin(systems, ", ")));
  }
  const Release* chosen = nullptr;
  for (const Release* release : loaded) {
    const bool version = selector.version.empty() || release->snapshot->version() == selector.version;
    if (!version || (!selector.date.empty() && !release->ValidOn(selector.date))) continue;
    // Where it is not known when a release began, the active one counts.
    if (chosen == nullptr || !release->valid_from.empty() || release->active) chosen = release;
  }
  if (chosen != nullptr) return chosen;
  if (selector.version.empty()) {
    return base::FieldError(absl::StatusCode::kNotFound, "release.date", selector.date,
                            absl::StrCat("no release of ", loaded.front()->snapshot->url(), " that is valid on ",
                                         selector.date, " is loaded; loaded: ", Described(loaded)),
                            "import the release of that day, or ask another day");
  }
  const std::string version = base::Excerpt(selector.version);
  return base::FieldError(absl::StatusCode::kNotFound, "release.version", version,
                          absl::StrCat("'", version, "' of ", loaded.front()->snapshot->url(),
                                       " is not loaded; loaded: ", Described(loaded)),
                          "import that version, or ask another");
}

absl::string_view CanonicalSystem(absl::string_view system) {
  absl::string_view bare = system;
  absl::ConsumePrefix(&bare, "urn:oid:");
  return bare == model::kIcd10CmOid ? model::kIcd10CmUrl : system;
}

}  // namespace nosograph::snapshot
