// SQLite with statuses: a connection and its prepared statements. The only file that speaks SQLite's C interface.
//
// Not thread-safe. A Statement must not outlive its Database. Texts given to Bind must live until the next Run or Step;
// texts from Text live until the next Step. Errors name the database and the remedy: Aborted when another program
// writes; ResourceExhausted when the disk is full; DataLoss for a file that is damaged or no database;
// PermissionDenied, NotFound, Internal as base::FileError.
//
//   ASSIGN_OR_RETURN(Statement insert, database.Prepare("INSERT INTO note VALUES (?, ?)"));
//   RETURN_IF_ERROR(insert.Bind(1).Bind("text").Run());
#ifndef NOSOGRAPH_TERMINOLOGY_STORE_SQLITE_DATABASE_H_
#define NOSOGRAPH_TERMINOLOGY_STORE_SQLITE_DATABASE_H_

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct sqlite3;
struct sqlite3_stmt;

namespace nosograph::store {

class Database;

class Statement {
 public:
  // Bind the next parameter, from the first on after each Run.
  template <std::integral Number>
  Statement& Bind(Number value) {
    return BindInteger(static_cast<int64_t>(value));
  }
  Statement& Bind(absl::string_view text);
  Statement& Bind(const std::string& text) { return Bind(absl::string_view(text)); }
  Statement& Bind(const char* text) { return Bind(absl::string_view(text)); }

  // Runs a statement that gives no rows, and makes it ready for the next.
  absl::Status Run();
  // The next row; false behind the last one, and the statement is ready for the next round.
  absl::StatusOr<bool> Step();

  int64_t Integer(int column) const;
  std::string Text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(const Database& database, sqlite3_stmt* statement) : database_(&database), statement_(statement) {}
  Statement& BindInteger(int64_t value);
  Statement& Bound(int result);
  void Reset();

  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int next_parameter_ = 1;
  int bind_error_ = 0;
};

enum class OpenMode {
  kWrite,  // made when it is not there
  kRead,   // must be there; a transaction that a crash left behind is undone where the folder can be written
};

class Database {
 public:
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path, OpenMode mode);

  absl::StatusOr<Statement> Prepare(absl::string_view sql);
  // Several statements, rows ignored.
  absl::Status Execute(const char* sql);
  // The first column of the only row. Errors: also Internal when there is no row.
  absl::StatusOr<int64_t> QueryInteger(absl::string_view sql);

  // How long a call waits for another program's lock before it gives up.
  void SetPatience(int milliseconds);
  const std::string& path() const { return path_; }

  // The status for a result code of the last call.
  absl::Status Error(int result, absl::string_view action) const;

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  Database(std::string path, sqlite3* connection, OpenMode mode)
      : path_(std::move(path)), mode_(mode), connection_(connection) {}

  std::string path_;
  OpenMode mode_;
  std::unique_ptr<sqlite3, Close> connection_;
};

}  // namespace nosograph::store

#endif  // NOSOGRAPH_TERMINOLOGY_STORE_SQLITE_DATABASE_H_
