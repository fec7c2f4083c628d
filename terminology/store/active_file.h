// active.json: which releases a data folder serves, and which of them is the active one of its system.
//
// The authority: what is not in it is not served, whatever else lies in the folder. Thread-safe: functions without
// state. Replaced whole by rename.
//
//   ASSIGN_OR_RETURN(std::vector<LoadedRelease> releases, ReadActiveFile(folder));
//   RETURN_IF_ERROR(WriteActiveFile(folder, releases));
#ifndef NOSOGRAPH_TERMINOLOGY_STORE_ACTIVE_FILE_H_
#define NOSOGRAPH_TERMINOLOGY_STORE_ACTIVE_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace nosograph::store {

// Days of validity, YYYY-MM-DD; empty where not known or open.
struct Validity {
  std::string from = {};
  std::string to = {};

  friend bool operator==(const Validity&, const Validity&) = default;
};

// One line of active.json.
struct LoadedRelease {
  std::string system = {};
  std::string version = {};
  std::string extends = {};      // of an extension: the system that it extends
  std::string supplements = {};  // of a supplement: the system that it adds to
  Validity validity = {};
  std::string snapshot = {};  // SHA-256 of the file, which is its name
  bool active = false;

  friend bool operator==(const LoadedRelease&, const LoadedRelease&) = default;
};

// The active release of a system; null where there is none.
const LoadedRelease* FindActive(const std::vector<LoadedRelease>& releases, absl::string_view system);

// What the file says; empty when there is none. Errors: those of reading a file; DataLoss when it cannot be understood.
absl::StatusOr<std::vector<LoadedRelease>> ReadActiveFile(const std::string& folder);

// Errors: as base::WriteFileAtomically; the file is as it was then.
absl::Status WriteActiveFile(const std::string& folder, const std::vector<LoadedRelease>& releases);

}  // namespace nosograph::store

#endif  // NOSOGRAPH_TERMINOLOGY_STORE_ACTIVE_FILE_H_
