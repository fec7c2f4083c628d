#include "terminology/store/sqlite_database.h"

#include <sqlite3.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"

namespace nosograph::store {

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::Bound(int result) {
  if (bind_error_ == SQLITE_OK) bind_error_ = result;
  ++next_parameter_;
  return *this;
}

Statement& Statement::BindInteger(int64_t value) {
  return Bound(sqlite3_bind_int64(statement_.get(), next_parameter_, value));
}

Statement& Statement::Bind(absl::string_view text) {
  // SQLite reads a null pointer as NULL; an empty view may hold one.
  const char* data = text.empty() ? "" : text.data();
  return Bound(sqlite3_bind_text64(statement_.get(), next_parameter_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::Reset() {
  sqlite3_reset(statement_.get());
  next_parameter_ = 1;
  bind_error_ = SQLITE_OK;
}

absl::Status Statement::Run() {
  absl::StatusOr<bool> row = Step();
  if (row.ok() && *row) Reset();
  return row.status();
}

absl::StatusOr<bool> Statement::Step() {
  int result = bind_error_ == SQLITE_OK ? sqlite3_step(statement_.get()) : bind_error_;
  if (result == SQLITE_ROW) return true;
  absl::Status status = result == SQLITE_DONE ? absl::OkStatus() : database_->Error(result, "use");
  Reset();
  if (!status.ok()) return status;
  return false;
}

int64_t Statement::Integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string Statement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (text == nullptr) return {};
  return {text, static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void Database::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path, OpenMode mode) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (mode == OpenMode::kWrite) flags |= SQLITE_OPEN_CREATE;
  sqlite3* connection = nullptr;
  int result = sqlite3_open_v2(path.c_str(), &connection, flags, nullptr);
  // SQLite gives a connection even when it could not open the file, to ask for the reason.
  auto database = std::unique_ptr<Database>(new Database(path, connection, mode));
  if (connection == nullptr) return absl::ResourceExhaustedError(absl::StrCat("cannot open ", path, ": no memory"));
  if (result != SQLITE_OK) return database->Error(result, "open");
  return database;
}

absl::StatusOr<Statement> Database::Prepare(absl::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  int result = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                  SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (result != SQLITE_OK) return Error(result, "use");
  return Statement(*this, statement);
}

absl::Status Database::Execute(const char* sql) {
  int result = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  return result == SQLITE_OK ? absl::OkStatus() : Error(result, "use");
}

absl::StatusOr<int64_t> Database::QueryInteger(absl::string_view sql) {
  ASSIGN_OR_RETURN(Statement query, Prepare(sql));
  ASSIGN_OR_RETURN(bool row, query.Step());
  if (!row) return absl::InternalError(absl::StrCat("database ", path_, ": no row for ", sql));
  return query.Integer(0);
}

void Database::SetPatience(int milliseconds) { sqlite3_busy_timeout(connection_.get(), milliseconds); }

absl::Status Database::Error(int result, absl::string_view action) const {
  const std::string message =
      absl::StrCat("cannot ", action, " the database ", path_, ": ", sqlite3_errmsg(connection_.get()));
  switch (result & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::AbortedError(absl::StrCat(message, "; another program is using it: wait for it, then try again"));
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(
          absl::StrCat(message, "; free disk space, then try again: what was stored before is unharmed"));
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return absl::ResourceExhaustedError(absl::StrCat(message, "; give the program more memory or import less"));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(
          absl::StrCat(message,
                       "; it is damaged or no database: put a backup in its place or move it away, then try again; "
                       "it holds the history alone, what is active is not in it"));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return absl::PermissionDeniedError(
          absl::StrCat(message, "; check the owner and the permissions of the file and its folder"));
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR: {
      // SQLite gives the errno of its last call, which for a failed write may be one of the clean-up after it.
      const int error_number = sqlite3_system_errno(connection_.get());
      // What it cannot make it tries to open as it is, and then tells that this is not there.
      if ((result & 0xFF) == SQLITE_CANTOPEN && error_number == ENOENT && mode_ == OpenMode::kWrite) {
        return absl::ResourceExhaustedError(
            absl::StrCat(message,
                         ": a file cannot be made beside it; the disk is full, or the folder is missing or "
                         "not to be written to"));
      }
      const bool wrote =
          result == SQLITE_IOERR_WRITE || result == SQLITE_IOERR_FSYNC || result == SQLITE_IOERR_TRUNCATE;
      if (!wrote && error_number != 0) return base::FileError(error_number, action, path_);
      if (wrote) {
        return absl::ResourceExhaustedError(absl::StrCat(
            message,
            " on a write: the disk is full, the quota or the file size limit (ulimit -f) is used up, or the "
            "disk is failing; make room, then try again: what was stored before is unharmed"));
      }
      return absl::InternalError(absl::StrCat(message, "; look into the system's log"));
    }
    default:
      return absl::InternalError(message);
  }
}

}  // namespace nosograph::store
