#include "terminology/store/resource_store.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "terminology/base/file.h"
#include "terminology/base/sha256.h"
#include "terminology/base/status_macros.h"

namespace nosograph::store {
namespace {

constexpr int64_t kSchemaVersion = 2;            // PRAGMA user_version
constexpr int64_t kWithoutFilesOfJson = 1;       // the schema before, which is brought up to date
constexpr int64_t kApplicationId = 0x4E4F5352;   // PRAGMA application_id: "NOSR"
constexpr size_t kMostInRow = size_t{64} << 10;  // bytes of JSON

// People may read it: sqlite3 DIR/resources.db "SELECT type, id, version_id, updated FROM resource".
constexpr char kSchema[] = R"sql(
CREATE TABLE resource (
  type         TEXT NOT NULL,
  id           TEXT NOT NULL,
  version_id   INTEGER NOT NULL,
  updated      TEXT NOT NULL,     -- UTC, ISO 8601
  fhir_version TEXT NOT NULL,
  deleted      INTEGER NOT NULL CHECK (deleted IN (0, 1)),
  json         TEXT NOT NULL,
  snapshot     TEXT NOT NULL,     -- SHA-256 of the snapshot file, or nothing
  json_file    TEXT NOT NULL DEFAULT '',  -- SHA-256 of the file that has the JSON where it does not stand here
  PRIMARY KEY (type, id)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace

bool ResourceStore::IsThere(const std::string& folder) {
  return ::access(absl::StrCat(folder, "/resources.db").c_str(), F_OK) == 0;
}

absl::StatusOr<std::unique_ptr<ResourceStore>> ResourceStore::Open(const std::string& folder) {
  RETURN_IF_ERROR(base::MakeFolders(absl::StrCat(folder, "/resources")));
  ASSIGN_OR_RETURN(std::unique_ptr<Database> database,
                   Database::Open(absl::StrCat(folder, "/resources.db"), OpenMode::kWrite));
  constexpr int kPatienceMilliseconds = 5000;
  database->SetPatience(kPatienceMilliseconds);
  RETURN_IF_ERROR(database->Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"));
  ASSIGN_OR_RETURN(const int64_t version, database->QueryInteger("PRAGMA user_version"));
  if (version == 0) {
    RETURN_IF_ERROR(
        database->Execute(absl::StrCat("BEGIN IMMEDIATE;", kSchema, "PRAGMA application_id = ", kApplicationId,
                                       "; PRAGMA user_version = ", kSchemaVersion, "; COMMIT")
                              .c_str()));
  } else if (version == kWithoutFilesOfJson) {
    absl::Status updated = database->Execute(
        absl::StrCat("BEGIN IMMEDIATE; ALTER TABLE resource ADD COLUMN json_file TEXT NOT NULL DEFAULT '';"
                     "PRAGMA user_version = ",
                     kSchemaVersion, "; COMMIT")
            .c_str());
    if (!updated.ok()) {
      (void)database->Execute("ROLLBACK");
      // Another program may have done it meanwhile.
      ASSIGN_OR_RETURN(const int64_t now, database->QueryInteger("PRAGMA user_version"));
      if (now != kSchemaVersion) return updated;
    }
  } else if (version != kSchemaVersion) {
    return absl::FailedPreconditionError(absl::StrCat(database->path(), " is of version ", version,
                                                      ", which this program does not know; use a later one"));
  }
  return std::unique_ptr<ResourceStore>(new ResourceStore(folder, std::move(database)));
}

std::string ResourceStore::SnapshotPath(const std::string& sha256) const {
  return absl::StrCat(folder_, "/resources/", sha256, ".snapshot");
}

std::string ResourceStore::TextPath(const std::string& sha256) const {
  return absl::StrCat(folder_, "/resources/", sha256, ".json");
}

absl::StatusOr<std::vector<StoredResource>> ResourceStore::All() {
  ASSIGN_OR_RETURN(Statement select,
                   database_->Prepare("SELECT type, id, version_id, updated, fhir_version, deleted, json, snapshot, "
                                      "json_file FROM resource ORDER BY type, id"));
  std::vector<StoredResource> resources;
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, select.Step());
    if (!row) break;
    resources.push_back({.type = select.Text(0),
                         .id = select.Text(1),
                         .version_id = select.Integer(2),
                         .updated = select.Text(3),
                         .fhir_version = select.Text(4),
                         .deleted = select.Integer(5) != 0,
                         .json = select.Text(6),
                         .snapshot = select.Text(7),
                         .json_file = select.Text(8)});
  }
  return resources;
}

absl::Status ResourceStore::PutRow(const StoredResource& resource, const std::string& json_file, Files& replaced) {
  ASSIGN_OR_RETURN(
      Statement select,
      database_->Prepare("SELECT version_id, snapshot, json_file FROM resource WHERE type = ? AND id = ?"));
  select.Bind(resource.type).Bind(resource.id);
  ASSIGN_OR_RETURN(const bool known, select.Step());
  const int64_t before = known ? select.Integer(0) : 0;
  if (known) replaced = {.snapshot = select.Text(1), .json_file = select.Text(2)};
  if (before != resource.version_id - 1) {
    return absl::AbortedError(absl::StrCat(resource.type, "/", resource.id, " is of version ", before,
                                           " by now: another wrote it; read it again"));
  }
  ASSIGN_OR_RETURN(Statement put,
                   database_->Prepare("INSERT OR REPLACE INTO resource (type, id, version_id, updated, fhir_version, "
                                      "deleted, json, snapshot, json_file) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  return put.Bind(resource.type)
      .Bind(resource.id)
      .Bind(resource.version_id)
      .Bind(resource.updated)
      .Bind(resource.fhir_version)
      .Bind(resource.deleted ? 1 : 0)
      .Bind(json_file.empty() ? resource.json.view() : absl::string_view())
      .Bind(resource.snapshot)
      .Bind(json_file)
      .Run();
}

absl::Status ResourceStore::Put(const StoredResource& resource, const std::string& snapshot) {
  return PutAll({{resource, snapshot}});
}

bool ResourceStore::IsUsed(const char* column, const std::string& sha256) {
  absl::StatusOr<Statement> count =
      database_->Prepare(absl::StrCat("SELECT count(*) FROM resource WHERE ", column, " = ?").c_str());
  if (!count.ok()) return true;
  const absl::StatusOr<bool> row = count->Bind(sha256).Step();
  return !row.ok() || !*row || count->Integer(0) != 0;
}

// Who has one open keeps it; a file that is left behind does no harm.
void ResourceStore::RemoveUnused(const Files& files) {
  if (!files.snapshot.empty() && !IsUsed("snapshot", files.snapshot)) {
    (void)std::remove(SnapshotPath(files.snapshot).c_str());
  }
  if (!files.json_file.empty() && !IsUsed("json_file", files.json_file)) {
    (void)std::remove(TextPath(files.json_file).c_str());
  }
}

absl::Status ResourceStore::PutAll(const std::vector<std::pair<StoredResource, std::string>>& resources) {
  std::vector<std::string> json_files;
  for (const auto& [resource, snapshot] : resources) {
    if (!snapshot.empty()) RETURN_IF_ERROR(base::WriteFileAtomically(SnapshotPath(resource.snapshot), snapshot));
    std::string& json_file = json_files.emplace_back();
    if (resource.json.view().size() <= kMostInRow) continue;
    json_file = base::Sha256Hex(resource.json.view());
    RETURN_IF_ERROR(base::WriteFileAtomically(TextPath(json_file), resource.json.view()));
  }
  std::vector<Files> replaced(resources.size());
  absl::Status status = database_->Execute("BEGIN IMMEDIATE");
  for (size_t i = 0; status.ok() && i < resources.size(); ++i) {
    status = PutRow(resources[i].first, json_files[i], replaced[i]);
  }
  if (status.ok()) status = database_->Execute("COMMIT");
  if (!status.ok()) {
    (void)database_->Execute("ROLLBACK");
    // What was written for it, but for what another has too.
    for (size_t i = 0; i < resources.size(); ++i) {
      RemoveUnused(
          {.snapshot = resources[i].second.empty() ? "" : resources[i].first.snapshot, .json_file = json_files[i]});
    }
    return status;
  }
  for (const Files& files : replaced) RemoveUnused(files);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const snapshot::Snapshot>> ResourceStore::OpenSnapshot(
    const StoredResource& resource) const {
  absl::StatusOr<std::shared_ptr<const snapshot::Snapshot>> opened =
      snapshot::Snapshot::Open(SnapshotPath(resource.snapshot), snapshot::Verification::kHeader);
  if (opened.ok()) return opened;
  return absl::DataLossError(absl::StrCat("the snapshot of ", resource.type, "/", resource.id,
                                          " cannot be read: ", opened.status().message()));
}

absl::StatusOr<ResourceText> ResourceStore::OpenText(const StoredResource& resource) const {
  absl::StatusOr<base::MappedFile> opened = base::MappedFile::Open(TextPath(resource.json_file));
  if (opened.ok()) return ResourceText(*std::move(opened));
  return absl::DataLossError(
      absl::StrCat("the JSON of ", resource.type, "/", resource.id, " cannot be read: ", opened.status().message()));
}

absl::StatusOr<int64_t> ResourceStore::Changes() { return database_->QueryInteger("PRAGMA data_version"); }

}  // namespace nosograph::store
