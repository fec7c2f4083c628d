#include "terminology/snapshot/release_set.h"

#include <utility>

#include "absl/strings/strip.h"

namespace nosograph::snapshot {
namespace {

const Release* BySystem(const std::vector<Release>& releases, absl::string_view system) {
  const absl::string_view canonical = CanonicalSystem(system);
  for (const Release& release : releases) {
    if (release.snapshot->url() == canonical) return &release;
  }
  return nullptr;
}

}  // namespace

ReleaseSet::ReleaseSet(std::vector<Release> releases) {
  for (Release& release : releases) {
    const bool extension = !release.snapshot->extends().empty();
    (extension ? extensions_ : published_).push_back(std::move(release));
  }
}

const Release* ReleaseSet::Published(absl::string_view system) const { return BySystem(published_, system); }

const Release* ReleaseSet::Extension(absl::string_view system) const { return BySystem(extensions_, system); }

absl::string_view CanonicalSystem(absl::string_view system) {
  absl::string_view bare = system;
  absl::ConsumePrefix(&bare, "urn:oid:");
  return bare == model::kIcd10CmOid ? model::kIcd10CmUrl : system;
}

}  // namespace nosograph::snapshot
