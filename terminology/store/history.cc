#include "terminology/store/history.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "terminology/base/status_macros.h"

namespace nosograph::store {
namespace {

constexpr int64_t kSchemaVersion = 1;           // PRAGMA user_version
constexpr int64_t kApplicationId = 0x4E4F534F;  // PRAGMA application_id: "NOSO"

// People may read it: sqlite3 DIR/history.db "SELECT * FROM activation".
constexpr char kSchema[] = R"sql(
CREATE TABLE import (
  id             INTEGER PRIMARY KEY,
  at             TEXT NOT NULL,     -- UTC, ISO 8601
  by             TEXT NOT NULL,
  system         TEXT NOT NULL,
  version        TEXT NOT NULL,
  snapshot       TEXT NOT NULL,     -- SHA-256 of the snapshot file
  valid_from     TEXT NOT NULL,
  valid_to       TEXT NOT NULL,
  source_name    TEXT NOT NULL,
  source_sha256  TEXT NOT NULL,
  concept_count  INTEGER NOT NULL,
  billable_count INTEGER NOT NULL
) STRICT;
CREATE TABLE activation (
  id       INTEGER PRIMARY KEY,
  at       TEXT NOT NULL,
  by       TEXT NOT NULL,
  what     TEXT NOT NULL CHECK (what IN ('import', 'activate', 'rollback', 'reconcile')),
  system   TEXT NOT NULL,
  version  TEXT NOT NULL,
  snapshot TEXT NOT NULL
) STRICT;
)sql";

std::string Now() { return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone()); }

}  // namespace

absl::StatusOr<std::unique_ptr<History>> History::Open(const std::string& folder, OpenMode mode) {
  const std::string path = absl::StrCat(folder, "/history.db");
  ASSIGN_OR_RETURN(std::unique_ptr<Database> database, Database::Open(path, mode));
  constexpr int kPatienceMilliseconds = 5000;
  database->SetPatience(kPatienceMilliseconds);
  if (mode == OpenMode::kWrite) RETURN_IF_ERROR(database->Execute("PRAGMA synchronous = FULL"));
  ASSIGN_OR_RETURN(const int64_t version, database->QueryInteger("PRAGMA user_version"));
  ASSIGN_OR_RETURN(const int64_t tables, database->QueryInteger("SELECT count(*) FROM sqlite_schema"));
  if (version == 0 && tables == 0 && mode == OpenMode::kWrite) {
    RETURN_IF_ERROR(
        database->Execute(absl::StrCat("BEGIN IMMEDIATE;", kSchema, "PRAGMA user_version = ", kSchemaVersion,
                                       "; PRAGMA application_id = ", kApplicationId, "; COMMIT;")
                              .c_str()));
  } else if (version != kSchemaVersion) {
    return absl::DataLossError(absl::StrCat("history ", path, ": it has schema version ", version,
                                            ", this program knows ", kSchemaVersion,
                                            "; use the program that wrote it, or move the file away"));
  }
  return std::unique_ptr<History>(new History(std::move(database)));
}

absl::Status History::Begin() { return database_->Execute("BEGIN IMMEDIATE"); }

absl::Status History::Commit() { return database_->Execute("COMMIT"); }

absl::Status History::RecordImport(const LoadedRelease& release, const ImportRecord& record, const std::string& by) {
  ASSIGN_OR_RETURN(Statement insert,
                   database_->Prepare("INSERT INTO import VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  const std::string now = Now();
  return insert.Bind(now)
      .Bind(by)
      .Bind(release.system)
      .Bind(release.version)
      .Bind(release.snapshot)
      .Bind(release.validity.from)
      .Bind(release.validity.to)
      .Bind(record.source_name)
      .Bind(record.source_sha256)
      .Bind(record.concept_count)
      .Bind(record.billable_count)
      .Run();
}

absl::Status History::RecordActivation(const LoadedRelease& release, const std::string& what, const std::string& by) {
  ASSIGN_OR_RETURN(Statement insert, database_->Prepare("INSERT INTO activation VALUES (NULL, ?, ?, ?, ?, ?, ?)"));
  const std::string now = Now();
  return insert.Bind(now).Bind(by).Bind(what).Bind(release.system).Bind(release.version).Bind(release.snapshot).Run();
}

absl::StatusOr<int> History::Reconcile(const std::vector<LoadedRelease>& releases) {
  int added = 0;
  for (const LoadedRelease& release : releases) {
    if (!release.active) continue;
    ASSIGN_OR_RETURN(const std::vector<std::string> activated, ActivatedSnapshots(release.system));
    if (!activated.empty() && activated.front() == release.snapshot) continue;
    RETURN_IF_ERROR(RecordActivation(release, "reconcile", ""));
    ++added;
  }
  return added;
}

absl::StatusOr<std::vector<std::string>> History::ActivatedSnapshots(const std::string& system) {
  ASSIGN_OR_RETURN(Statement query,
                   database_->Prepare("SELECT snapshot FROM activation WHERE system = ? ORDER BY id DESC"));
  query.Bind(system);
  std::vector<std::string> snapshots;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return snapshots;
    snapshots.push_back(query.Text(0));
  }
}

absl::StatusOr<std::vector<Event>> History::Events(int limit) {
  ASSIGN_OR_RETURN(Statement query, database_->Prepare("SELECT at, by, 'import', system, version, snapshot, id, 0 "
                                                       "FROM import UNION ALL "
                                                       "SELECT at, by, what, system, version, snapshot, id, 1 "
                                                       "FROM activation WHERE what <> 'import' "
                                                       "ORDER BY 1 DESC, 8 DESC, 7 DESC LIMIT ?"));
  query.Bind(limit);
  std::vector<Event> events;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return events;
    events.push_back({query.Text(0), query.Text(1), query.Text(2), query.Text(3), query.Text(4), query.Text(5)});
  }
}

}  // namespace nosograph::store
