#include "terminology/store/served_releases.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace nosograph::store {
namespace {

using snapshot::Release;
using snapshot::Snapshot;

const Release* FindHeld(const snapshot::ReleaseSet& held, const LoadedRelease& wanted) {
  for (const Release& release : held.releases()) {
    if (release.id == wanted.snapshot && release.snapshot->url() == wanted.system &&
        release.snapshot->version() == wanted.version) {
      return &release;
    }
  }
  return nullptr;
}

}  // namespace

std::string SnapshotsFolder(const std::string& folder) { return absl::StrCat(folder, "/snapshots"); }

std::string SnapshotPath(const std::string& folder, const std::string& id) {
  return absl::StrCat(SnapshotsFolder(folder), "/", id, ".snapshot");
}

absl::StatusOr<Release> OpenSnapshotOf(const std::string& folder, const LoadedRelease& loaded,
                                       const OpenOptions& options) {
  const std::string path = SnapshotPath(folder, loaded.snapshot);
  absl::StatusOr<std::shared_ptr<const Snapshot>> opened = Snapshot::Open(path, options.verification, options.access);
  if (absl::IsNotFound(opened.status())) {
    return absl::DataLossError(absl::StrCat("snapshot ", path, " of ", loaded.system, " ", loaded.version,
                                            " is missing; import the source again"));
  }
  if (!opened.ok()) return opened.status();
  if ((*opened)->url() != loaded.system || (*opened)->version() != loaded.version ||
      (*opened)->extends() != loaded.extends || (*opened)->supplements() != loaded.supplements) {
    return absl::DataLossError(absl::StrCat("snapshot ", path, " holds ", (*opened)->url(), " ", (*opened)->version(),
                                            ", not ", loaded.system, " ", loaded.version, "; import the source again"));
  }
  return Release{*std::move(opened), loaded.snapshot, loaded.validity.from, loaded.validity.to, loaded.active};
}

absl::Status NothingImported(const std::string& folder) {
  return absl::NotFoundError(absl::StrCat("nothing is imported in the data folder ", folder,
                                          "; run: nosograph import icd10cm FILE --version YYYY-MM-DD --data ", folder));
}

absl::StatusOr<snapshot::ReleaseSet> OpenServed(const std::string& folder, const std::vector<LoadedRelease>& loaded,
                                                const OpenOptions& options, std::vector<std::string>* left_out) {
  if (loaded.empty()) return NothingImported(folder);
  std::vector<Release> releases;
  for (const LoadedRelease& item : loaded) {
    if (const Release* known = options.held == nullptr ? nullptr : FindHeld(*options.held, item)) {
      releases.push_back({known->snapshot, item.snapshot, item.validity.from, item.validity.to, item.active});
      continue;
    }
    absl::StatusOr<Release> release = OpenSnapshotOf(folder, item, options);
    if (release.ok()) {
      releases.push_back(*std::move(release));
    } else if (item.active) {
      return release.status();
    } else if (left_out != nullptr) {
      left_out->push_back(
          absl::StrCat("release ", item.version, " of ", item.system, " is left out: ", release.status().message()));
    }
  }
  return snapshot::ReleaseSet(std::move(releases));
}

}  // namespace nosograph::store
