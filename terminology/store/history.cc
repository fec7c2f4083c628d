#include "terminology/store/history.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "terminology/base/status_macros.h"

namespace nosograph::store {
namespace {

constexpr int64_t kSchemaVersion = 2;           // PRAGMA user_version
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
  billable_count INTEGER NOT NULL,
  what           TEXT NOT NULL DEFAULT 'import' CHECK (what IN ('import', 'reconcile'))
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

// From version 1 to 2.
constexpr char kMigration[] = R"sql(
ALTER TABLE import ADD COLUMN what TEXT NOT NULL DEFAULT 'import' CHECK (what IN ('import', 'reconcile'));
)sql";

std::string Now() { return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone()); }

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
  } else if (version == 1 && mode == OpenMode::kWrite) {
    RETURN_IF_ERROR(database->Execute(
        absl::StrCat("BEGIN IMMEDIATE;", kMigration, "PRAGMA user_version = ", kSchemaVersion, "; COMMIT;").c_str()));
  } else if (version != kSchemaVersion) {
    return absl::DataLossError(absl::StrCat("history ", path, ": it has schema version ", version,
                                            ", this program knows ", kSchemaVersion,
                                            "; use the program that wrote it, or move the file away"));
  }
  return std::unique_ptr<History>(new History(std::move(database)));
}

absl::Status History::Begin() { return database_->Execute("BEGIN IMMEDIATE"); }

absl::Status History::Commit() { return database_->Execute("COMMIT"); }

absl::Status History::RecordImport(const LoadedRelease& release, const ImportRecord& record, const std::string& what,
                                   const std::string& by) {
  ASSIGN_OR_RETURN(Statement insert,
                   database_->Prepare("INSERT INTO import VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
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
      .Bind(what)
      .Run();
}

absl::Status History::RecordActivation(const LoadedRelease& release, const std::string& what, const std::string& by) {
  ASSIGN_OR_RETURN(Statement insert, database_->Prepare("INSERT INTO activation VALUES (NULL, ?, ?, ?, ?, ?, ?)"));
  const std::string now = Now();
  return insert.Bind(now).Bind(by).Bind(what).Bind(release.system).Bind(release.version).Bind(release.snapshot).Run();
}

absl::StatusOr<int> History::Reconcile(const std::vector<LoadedRelease>& releases,
                                       const std::function<ImportRecord(const LoadedRelease&)>& describe) {
  int added = 0;
  for (const LoadedRelease& release : releases) {
    if (absl::StatusOr<LoadedRelease> known = FindImport(release.snapshot); absl::IsNotFound(known.status())) {
      RETURN_IF_ERROR(RecordImport(release, describe(release), "reconcile", ""));
      ++added;
    } else if (!known.ok()) {
      return known.status();
    }
    if (!release.active) continue;
    ASSIGN_OR_RETURN(const std::vector<std::string> activated, ActivationStack(release.system));
    if (!activated.empty() && activated.front() == release.snapshot) continue;
    RETURN_IF_ERROR(RecordActivation(release, "reconcile", ""));
    ++added;
  }
  return added;
}

absl::StatusOr<std::vector<std::string>> History::ActivationStack(const std::string& system) {
  ASSIGN_OR_RETURN(Statement query,
                   database_->Prepare("SELECT what, snapshot FROM activation WHERE system = ? ORDER BY id"));
  query.Bind(system);
  std::vector<std::string> stack;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) break;
    const std::string snapshot = query.Text(1);
    if (query.Text(0) == "rollback") {
      while (!stack.empty() && stack.back() != snapshot) stack.pop_back();
    }
    if (stack.empty() || stack.back() != snapshot) stack.push_back(snapshot);
  }
  std::reverse(stack.begin(), stack.end());
  return stack;
}

absl::StatusOr<LoadedRelease> History::FindImport(const std::string& snapshot) {
  ASSIGN_OR_RETURN(Statement query,
                   database_->Prepare("SELECT system, version, valid_from, valid_to FROM import WHERE snapshot = ? "
                                      "ORDER BY id DESC LIMIT 1"));
  query.Bind(snapshot);
  ASSIGN_OR_RETURN(const bool row, query.Step());
  if (!row) return absl::NotFoundError(absl::StrCat("no import of snapshot ", snapshot, " is recorded"));
  return LoadedRelease{.system = query.Text(0),
                       .version = query.Text(1),
                       .validity = {query.Text(2), query.Text(3)},
                       .snapshot = snapshot};
}

absl::StatusOr<std::vector<Event>> History::Events(int limit) {
  ASSIGN_OR_RETURN(Statement query, database_->Prepare("SELECT at, by, what, system, version, snapshot, id, 0 "
                                                       "FROM import UNION ALL "
                                                       "SELECT at, by, what, system, version, snapshot, id, 1 "
                                                       "FROM activation WHERE what NOT IN ('import') "
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
