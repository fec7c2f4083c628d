#include "terminology/store/resource_store.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"

namespace nosograph::store {
namespace {

constexpr int64_t kSchemaVersion = 1;           // PRAGMA user_version
constexpr int64_t kApplicationId = 0x4E4F5352;  // PRAGMA application_id: "NOSR"
constexpr char kSuffix[] = ".snapshot";

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
  } else if (version != kSchemaVersion) {
    return absl::FailedPreconditionError(absl::StrCat(database->path(), " is of version ", version,
                                                      ", which this program does not know; use a later one"));
  }
  return std::unique_ptr<ResourceStore>(new ResourceStore(folder, std::move(database)));
}

std::string ResourceStore::SnapshotPath(const std::string& sha256) const {
  return absl::StrCat(folder_, "/resources/", sha256, kSuffix);
}

absl::StatusOr<std::vector<StoredResource>> ResourceStore::All() {
  ASSIGN_OR_RETURN(Statement select,
                   database_->Prepare("SELECT type, id, version_id, updated, fhir_version, deleted, json, snapshot "
                                      "FROM resource ORDER BY type, id"));
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
                         .snapshot = select.Text(7)});
  }
  return resources;
}

absl::Status ResourceStore::PutRow(const StoredResource& resource, std::string& replaced) {
  ASSIGN_OR_RETURN(Statement select,
                   database_->Prepare("SELECT version_id, snapshot FROM resource WHERE type = ? AND id = ?"));
  select.Bind(resource.type).Bind(resource.id);
  ASSIGN_OR_RETURN(const bool known, select.Step());
  const int64_t before = known ? select.Integer(0) : 0;
  if (known) replaced = select.Text(1);
  if (before != resource.version_id - 1) {
    return absl::AbortedError(absl::StrCat(resource.type, "/", resource.id, " is of version ", before,
                                           " by now: another wrote it; read it again"));
  }
  ASSIGN_OR_RETURN(Statement put,
                   database_->Prepare("INSERT OR REPLACE INTO resource VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  return put.Bind(resource.type)
      .Bind(resource.id)
      .Bind(resource.version_id)
      .Bind(resource.updated)
      .Bind(resource.fhir_version)
      .Bind(resource.deleted ? 1 : 0)
      .Bind(resource.json)
      .Bind(resource.snapshot)
      .Run();
}

absl::Status ResourceStore::Put(const StoredResource& resource, const std::string& snapshot) {
  return PutAll({{resource, snapshot}});
}

absl::Status ResourceStore::PutAll(const std::vector<std::pair<StoredResource, std::string>>& resources) {
  for (const auto& [resource, snapshot] : resources) {
    if (!snapshot.empty()) RETURN_IF_ERROR(base::WriteFileAtomically(SnapshotPath(resource.snapshot), snapshot));
  }
  RETURN_IF_ERROR(database_->Execute("BEGIN IMMEDIATE"));
  std::vector<std::string> replaced;
  for (const auto& [resource, snapshot] : resources) {
    if (absl::Status status = PutRow(resource, replaced.emplace_back()); !status.ok()) {
      (void)database_->Execute("ROLLBACK");
      return status;
    }
  }
  if (absl::Status status = database_->Execute("COMMIT"); !status.ok()) {
    (void)database_->Execute("ROLLBACK");
    return status;
  }
  // Who has it open keeps it; a file that is left behind does no harm.
  for (const std::string& snapshot : replaced) {
    if (snapshot.empty()) continue;
    absl::StatusOr<Statement> count = database_->Prepare("SELECT count(*) FROM resource WHERE snapshot = ?");
    if (!count.ok()) continue;
    const absl::StatusOr<bool> row = count->Bind(snapshot).Step();
    if (row.ok() && *row && count->Integer(0) == 0) (void)std::remove(SnapshotPath(snapshot).c_str());
  }
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

absl::StatusOr<int64_t> ResourceStore::Changes() { return database_->QueryInteger("PRAGMA data_version"); }

}  // namespace nosograph::store
