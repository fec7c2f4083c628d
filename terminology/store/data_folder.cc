#include "terminology/store/data_folder.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "terminology/base/file.h"
#include "terminology/base/sha256.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/snapshot/writer.h"
#include "terminology/store/folder_lock.h"
#include "terminology/store/release_fit.h"
#include "terminology/store/served_releases.h"

namespace nosograph::store {
namespace {

using snapshot::Release;
using snapshot::Snapshot;
using snapshot::Verification;

// What a killed process left behind. Only called with the lock held.
void SweepTemporaryFiles(const std::string& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (absl::EndsWith(entry->path().string(), base::kTemporarySuffix)) std::filesystem::remove(entry->path(), ignored);
  }
}

std::optional<size_t> FindRelease(const std::vector<LoadedRelease>& releases, absl::string_view system,
                                  absl::string_view version) {
  for (size_t i = 0; i < releases.size(); ++i) {
    if (releases[i].system == system && releases[i].version == version) return i;
  }
  return std::nullopt;
}

std::string Versions(const std::vector<LoadedRelease>& releases, absl::string_view system) {
  std::vector<std::string> versions;
  for (const LoadedRelease& release : releases) {
    if (release.system == system) versions.push_back(release.version);
  }
  return versions.empty() ? "none" : absl::StrJoin(versions, ", ");
}

ImportRecord RecordOf(const Snapshot& snapshot) {
  return {std::string(snapshot.source_name()), std::string(snapshot.source_sha256()), snapshot.concept_count(),
          snapshot.billable_count()};
}

std::string Shown(const Validity& validity) {
  return absl::StrCat(validity.from.empty() ? "the beginning" : validity.from, " to ",
                      validity.to.empty() ? "the present" : validity.to);
}

void SetActive(std::vector<LoadedRelease>& releases, size_t chosen) {
  for (LoadedRelease& release : releases) {
    if (release.system == releases[chosen].system) release.active = false;
  }
  releases[chosen].active = true;
}

}  // namespace

absl::StatusOr<Release> DataFolder::OpenRelease(const LoadedRelease& loaded, snapshot::Access access) const {
  return OpenSnapshotOf(path_, loaded, {.access = access});
}

absl::StatusOr<std::vector<LoadedRelease>> DataFolder::Releases() const {
  ASSIGN_OR_RETURN(std::vector<LoadedRelease> releases, ReadActiveFile(path_));
  if (!releases.empty()) return releases;
  const absl::StatusOr<std::vector<Event>> events = Events(1);
  if (!events.ok() || events->empty()) return releases;  // a damaged history stops nobody from beginning anew
  return absl::DataLossError(absl::StrCat(
      path_, "/active.json is missing or empty, though ", events->front().system, " ", events->front().version,
      " was imported; put back a copy of it, or move ", path_, "/history.db away to begin anew"));
}

absl::StatusOr<FolderLock> DataFolder::LockExisting() const {
  absl::StatusOr<FolderLock> lock = FolderLock::Take(path_, patience_);
  if (absl::IsNotFound(lock.status())) return NothingImported(path_);
  if (lock.ok()) SweepTemporaryFiles(path_);
  return lock;
}

absl::Status DataFolder::Reconcile() {
  ASSIGN_OR_RETURN(const FolderLock lock, LockExisting());
  ASSIGN_OR_RETURN(const std::vector<LoadedRelease> releases, Releases());
  ASSIGN_OR_RETURN(const std::unique_ptr<History> history, History::Open(path_));
  return ReconcileHistory(releases, *history);
}

absl::Status DataFolder::ReconcileHistory(const std::vector<LoadedRelease>& releases, History& history) const {
  return history
      .Reconcile(releases,
                 [this](const LoadedRelease& release) {
                   const absl::StatusOr<Release> opened = OpenRelease(release);
                   return opened.ok() ? RecordOf(*opened->snapshot) : ImportRecord();
                 })
      .status();
}

absl::StatusOr<snapshot::ReleaseSet> DataFolder::Load(snapshot::Access access,
                                                      std::vector<std::string>* left_out) const {
  ASSIGN_OR_RETURN(const std::vector<LoadedRelease> loaded, Releases());
  return Load(loaded, access, left_out, nullptr);
}

absl::StatusOr<snapshot::ReleaseSet> DataFolder::Load(const std::vector<LoadedRelease>& loaded, snapshot::Access access,
                                                      std::vector<std::string>* left_out,
                                                      const snapshot::ReleaseSet* held) const {
  return OpenServed(path_, loaded, {.access = access, .held = held}, left_out);
}

absl::StatusOr<ImportResult> DataFolder::Import(const model::CodeSystem& system, const ImportOptions& options) {
  // Without the lock: it may take long, and nothing of it depends on the folder.
  ASSIGN_OR_RETURN(const std::string bytes, snapshot::WriteSnapshot(system));
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> candidate,
                   Snapshot::FromBytes(bytes, system.url, Verification::kHeader));
  const std::string id = base::Sha256Hex(bytes);
  const std::string snapshots = SnapshotsFolder(path_);
  RETURN_IF_ERROR(base::MakeFolders(snapshots));
  ASSIGN_OR_RETURN(const FolderLock lock, FolderLock::Take(path_, patience_));
  SweepTemporaryFiles(path_);
  SweepTemporaryFiles(snapshots);
  ASSIGN_OR_RETURN(std::vector<LoadedRelease> releases, Releases());
  const auto open = [this](const LoadedRelease& other) { return OpenRelease(other); };
  ASSIGN_OR_RETURN(std::vector<std::string> warnings, CheckFit(*candidate, releases, open));
  LoadedRelease wanted{.system = system.url,
                       .version = system.version,
                       .extends = system.extends,
                       .supplements = system.supplements,
                       .validity = options.validity,
                       .snapshot = id};
  const std::optional<size_t> known = FindRelease(releases, system.url, system.version);
  if (known && releases[*known].snapshot != wanted.snapshot && !options.replace) {
    return absl::AlreadyExistsError(absl::StrCat(
        "release ", system.version, " of ", system.url, " is there already, with other content (snapshot ",
        releases[*known].snapshot.substr(0, 12), "); give another --version, or --replace to take this one instead"));
  }
  // Damaged or not there yet: written anew either way.
  absl::StatusOr<Release> release = OpenRelease(wanted);
  const bool rewritten = !release.ok();
  if (rewritten) {
    RETURN_IF_ERROR(base::WriteFileAtomically(SnapshotPath(path_, wanted.snapshot), bytes));
    release = OpenRelease(wanted);
    if (!release.ok()) return release.status();
  }

  const std::vector<LoadedRelease> before = releases;
  const bool first = FindActive(releases, system.url) == nullptr;
  const size_t place = known.value_or(releases.size());
  wanted.active = known && releases[*known].active;
  if (known) {
    releases[place] = wanted;
  } else {
    releases.push_back(wanted);
  }
  if (first || options.activate) SetActive(releases, place);
  ImportResult result{.release = *std::move(release), .unchanged = releases == before};
  result.release.active = releases[place].active;
  result.active = *FindActive(releases, system.url);
  result.rewritten = result.unchanged && rewritten;
  result.warnings = std::move(warnings);
  if (known && before[*known].snapshot == wanted.snapshot && before[*known].validity != wanted.validity) {
    result.warnings.push_back(absl::StrCat("the validity of ", system.version, " is now ", Shown(wanted.validity),
                                           ", before it was ", Shown(before[*known].validity)));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<History> history, History::Open(path_));
  RETURN_IF_ERROR(ReconcileHistory(before, *history));
  if (result.unchanged) return result;

  RETURN_IF_ERROR(history->Begin());
  RETURN_IF_ERROR(history->RecordImport(releases[place], RecordOf(*result.release.snapshot), "import", options.by));
  if (releases[place].active) RETURN_IF_ERROR(history->RecordActivation(releases[place], "import", options.by));
  // What fails until here changes nothing; what fails behind it is mended by Reconcile.
  RETURN_IF_ERROR(WriteActiveFile(path_, releases));
  RETURN_IF_ERROR(history->Commit());
  return result;
}

absl::StatusOr<Activation> DataFolder::MakeActive(std::vector<LoadedRelease> releases, size_t chosen, History& history,
                                                  const std::string& what, const std::string& by) const {
  Activation result;
  if (const LoadedRelease* active = FindActive(releases, releases[chosen].system)) result.before = *active;
  ASSIGN_OR_RETURN(const Release opened, OpenRelease(releases[chosen]));
  ASSIGN_OR_RETURN(result.warnings, Misfits(*opened.snapshot, releases,
                                            [this](const LoadedRelease& other) { return OpenRelease(other); }));
  const bool already = releases[chosen].active;
  SetActive(releases, chosen);
  result.now = releases[chosen];
  if (already) return result;
  RETURN_IF_ERROR(history.Begin());
  RETURN_IF_ERROR(history.RecordActivation(releases[chosen], what, by));
  RETURN_IF_ERROR(WriteActiveFile(path_, releases));
  RETURN_IF_ERROR(history.Commit());
  return result;
}

absl::StatusOr<Activation> DataFolder::Activate(const std::string& system, const std::string& version,
                                                const std::string& by) {
  ASSIGN_OR_RETURN(const FolderLock lock, LockExisting());
  ASSIGN_OR_RETURN(std::vector<LoadedRelease> releases, Releases());
  const std::optional<size_t> chosen = FindRelease(releases, snapshot::CanonicalSystem(system), version);
  if (!chosen) {
    return absl::NotFoundError(absl::StrCat("release '", base::Excerpt(version), "' of '", base::Excerpt(system),
                                            "' is not loaded; loaded: ", Versions(releases, system)));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<History> history, History::Open(path_));
  RETURN_IF_ERROR(ReconcileHistory(releases, *history));
  return MakeActive(std::move(releases), *chosen, *history, "activate", by);
}

absl::StatusOr<LoadedRelease> DataFolder::Recall(const std::string& snapshot, History& history) const {
  ASSIGN_OR_RETURN(LoadedRelease release, history.FindImport(snapshot));
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> opened,
                   Snapshot::Open(SnapshotPath(path_, snapshot), Verification::kEveryByte));
  release.extends = std::string(opened->extends());
  release.supplements = std::string(opened->supplements());
  return release;
}

absl::StatusOr<Activation> DataFolder::RollBack(const std::string& asked, const std::string& by) {
  const std::string system(snapshot::CanonicalSystem(asked));
  ASSIGN_OR_RETURN(const FolderLock lock, LockExisting());
  ASSIGN_OR_RETURN(std::vector<LoadedRelease> releases, Releases());
  const LoadedRelease* active = FindActive(releases, system);
  if (active == nullptr) {
    return absl::NotFoundError(absl::StrCat("no release of '", base::Excerpt(system), "' is loaded; import one"));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<History> history, History::Open(path_));
  RETURN_IF_ERROR(ReconcileHistory(releases, *history));
  ASSIGN_OR_RETURN(const std::vector<std::string> activated, history->ActivationStack(system));
  for (const std::string& snapshot : activated) {
    if (snapshot == active->snapshot) continue;
    auto found = std::find_if(releases.begin(), releases.end(), [&](const LoadedRelease& release) {
      return release.system == system && release.snapshot == snapshot;
    });
    if (found == releases.end()) {  // replaced: it takes its place back, if its file is still there
      absl::StatusOr<LoadedRelease> recalled = Recall(snapshot, *history);
      if (!recalled.ok()) {
        return absl::DataLossError(absl::StrCat("the release of ", system, " that was active before ", active->version,
                                                " cannot be gone back to: ", recalled.status().message(),
                                                "; or activate one of: ", Versions(releases, system)));
      }
      const std::optional<size_t> place = FindRelease(releases, system, recalled->version);
      if (!place) continue;
      const bool was_active = releases[*place].active;
      const LoadedRelease replaced = std::exchange(releases[*place], *std::move(recalled));
      ASSIGN_OR_RETURN(Activation result, MakeActive(releases, *place, *history, "rollback", by));
      if (was_active) result.before = replaced;
      return result;
    }
    const auto chosen = static_cast<size_t>(found - releases.begin());
    return MakeActive(std::move(releases), chosen, *history, "rollback", by);
  }
  return absl::FailedPreconditionError(absl::StrCat("no release of ", system, " was active before ", active->version,
                                                    "; activate one of: ", Versions(releases, system)));
}

absl::StatusOr<std::vector<Event>> DataFolder::Events(int limit) const {
  absl::StatusOr<std::unique_ptr<History>> history = History::Open(path_, OpenMode::kRead);
  if (absl::IsNotFound(history.status())) return std::vector<Event>();
  if (!history.ok()) return history.status();
  return (*history)->Events(limit);
}

}  // namespace nosograph::store
