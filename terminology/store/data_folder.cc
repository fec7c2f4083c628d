#include "terminology/store/data_folder.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/file.h"
#include "terminology/base/sha256.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/snapshot/writer.h"
#include "terminology/store/folder_lock.h"

namespace nosograph::store {
namespace {

using snapshot::Release;
using snapshot::Snapshot;
using snapshot::Verification;

constexpr int kActiveFormat = 1;
constexpr size_t kMaxActiveBytes = size_t{1} << 20;
constexpr char kSnapshots[] = "snapshots";
constexpr size_t kSha256Digits = 64;

std::string ActivePath(const std::string& folder) { return absl::StrCat(folder, "/active.json"); }

bool IsSha256(absl::string_view text) {
  return text.size() == kSha256Digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string ActiveJson(const std::vector<ActiveRelease>& releases) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  const auto text = [&](const char* name, const std::string& value) {
    writer.Key(name);
    writer.String(value.c_str(), static_cast<rapidjson::SizeType>(value.size()));
  };
  writer.StartObject();
  writer.Key("format");
  writer.Int(kActiveFormat);
  writer.Key("releases");
  writer.StartArray();
  for (const ActiveRelease& release : releases) {
    writer.StartObject();
    text("system", release.system);
    text("version", release.version);
    text("extends", release.extends);
    text("valid_from", release.validity.from);
    text("valid_to", release.validity.to);
    text("snapshot", release.snapshot);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return absl::StrCat(absl::string_view(buffer.GetString(), buffer.GetSize()), "\n");
}

absl::Status Misunderstood(const std::string& path, absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat(path, ": ", what, "; put back a copy of it, or remove the file and import again"));
}

absl::StatusOr<std::vector<ActiveRelease>> ParseActive(const std::string& json, const std::string& path) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return Misunderstood(path, "it is no JSON");
  int64_t format = 0;
  if (root["format"].get(format) != simdjson::SUCCESS || format != kActiveFormat) {
    return Misunderstood(path, absl::StrCat("field format is not ", kActiveFormat));
  }
  simdjson::dom::array list;
  if (root["releases"].get(list) != simdjson::SUCCESS) return Misunderstood(path, "field releases is no list");
  std::vector<ActiveRelease> releases;
  for (const simdjson::dom::element item : list) {
    ActiveRelease& release = releases.emplace_back();
    const std::pair<const char*, std::string*> fields[] = {
        {"system", &release.system},        {"version", &release.version},
        {"extends", &release.extends},      {"valid_from", &release.validity.from},
        {"valid_to", &release.validity.to}, {"snapshot", &release.snapshot}};
    for (const auto& [name, value] : fields) {
      std::string_view text;
      if (item[name].get(text) != simdjson::SUCCESS) {
        return Misunderstood(path, absl::StrCat("field ", name, " of release ", releases.size(), " is no text"));
      }
      *value = text;
    }
    // The name of a file: nothing else may be read through it.
    if (!IsSha256(release.snapshot)) {
      return Misunderstood(path, absl::StrCat("field snapshot of release ", releases.size(), ", '",
                                              base::Excerpt(release.snapshot), "', is no SHA-256"));
    }
  }
  return releases;
}

// What a killed import left behind. Only called with the lock held.
void SweepTemporaryFiles(const std::string& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (absl::EndsWith(entry->path().string(), base::kTemporarySuffix)) std::filesystem::remove(entry->path(), ignored);
  }
}

// An extension must fit what is published: it adds codes under codes that are there.
absl::Status CheckAgainstPublished(const model::CodeSystem& extension, const Snapshot& published) {
  for (const model::Concept& item : extension.concepts) {
    if (published.Find(item.code)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "extension ", extension.url, ": code ", base::Excerpt(item.code), " is published in ", published.url(), " ",
          published.version(), "; remove it from the extension, or give it another code"));
    }
    if (item.extends && !published.Find(item.extends->code)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "extension ", extension.url, ": ", base::Excerpt(item.code), " extends ", base::Excerpt(item.extends->code),
          ", which is no code of ", published.url(), " ", published.version(), "; name a published code"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string DataFolder::SnapshotPath(const std::string& id) const {
  return absl::StrCat(path_, "/", kSnapshots, "/", id, ".snapshot");
}

absl::StatusOr<std::vector<ActiveRelease>> DataFolder::ReadActive() const {
  const std::string path = ActivePath(path_);
  absl::StatusOr<std::string> json = base::ReadFile(path, kMaxActiveBytes);
  if (absl::IsNotFound(json.status())) return std::vector<ActiveRelease>();
  if (!json.ok()) return json.status();
  return ParseActive(*json, path);
}

absl::StatusOr<Release> DataFolder::OpenRelease(const ActiveRelease& active) const {
  const std::string path = SnapshotPath(active.snapshot);
  absl::StatusOr<std::shared_ptr<const Snapshot>> opened = Snapshot::Open(path, Verification::kEveryByte);
  if (absl::IsNotFound(opened.status())) {
    return absl::DataLossError(absl::StrCat("snapshot ", path, " of ", active.system, " ", active.version,
                                            " is missing; import the source again"));
  }
  if (!opened.ok()) return opened.status();
  if ((*opened)->url() != active.system || (*opened)->version() != active.version) {
    return absl::DataLossError(absl::StrCat("snapshot ", path, " holds ", (*opened)->url(), " ", (*opened)->version(),
                                            ", not ", active.system, " ", active.version, "; import the source again"));
  }
  return Release{*std::move(opened), active.snapshot, active.validity.from, active.validity.to};
}

absl::StatusOr<snapshot::ReleaseSet> DataFolder::LoadActive() const {
  ASSIGN_OR_RETURN(const std::vector<ActiveRelease> active, ReadActive());
  if (active.empty()) {
    return absl::NotFoundError(absl::StrCat("nothing is imported in the data folder ", path_,
                                            "; run: nosograph import icd10cm FILE --version YYYY-MM-DD --data ",
                                            path_));
  }
  std::vector<Release> releases;
  for (const ActiveRelease& item : active) {
    ASSIGN_OR_RETURN(Release release, OpenRelease(item));
    releases.push_back(std::move(release));
  }
  return snapshot::ReleaseSet(std::move(releases));
}

absl::StatusOr<Activation> DataFolder::Activate(const model::CodeSystem& system, const Validity& validity) {
  const std::string snapshots = absl::StrCat(path_, "/", kSnapshots);
  RETURN_IF_ERROR(base::MakeFolders(snapshots));
  ASSIGN_OR_RETURN(const FolderLock lock, FolderLock::Take(path_));
  SweepTemporaryFiles(path_);
  SweepTemporaryFiles(snapshots);
  ASSIGN_OR_RETURN(std::vector<ActiveRelease> active, ReadActive());
  for (const ActiveRelease& item : active) {
    if (system.extends.empty() || item.system != system.extends) continue;
    ASSIGN_OR_RETURN(const Release published, OpenRelease(item));
    RETURN_IF_ERROR(CheckAgainstPublished(system, *published.snapshot));
  }

  ASSIGN_OR_RETURN(const std::string bytes, snapshot::WriteSnapshot(system));
  const ActiveRelease wanted{system.url, system.version, system.extends, validity, base::Sha256Hex(bytes)};
  // Damaged or not there yet: written anew either way.
  absl::StatusOr<Release> release = OpenRelease(wanted);
  if (!release.ok()) {
    RETURN_IF_ERROR(base::WriteFileAtomically(SnapshotPath(wanted.snapshot), bytes));
    release = OpenRelease(wanted);
    if (!release.ok()) return release.status();
  }

  Activation activation{.release = *std::move(release)};
  const auto same_system = [&](const ActiveRelease& item) { return item.system == system.url; };
  const auto found = std::find_if(active.begin(), active.end(), same_system);
  if (found == active.end()) {
    active.push_back(wanted);
  } else {
    activation.previous = *found;
    activation.unchanged = found->snapshot == wanted.snapshot && found->validity.from == validity.from &&
                           found->validity.to == validity.to;
    *found = wanted;
  }
  if (!activation.unchanged) RETURN_IF_ERROR(base::WriteFileAtomically(ActivePath(path_), ActiveJson(active)));
  return activation;
}

}  // namespace nosograph::store
