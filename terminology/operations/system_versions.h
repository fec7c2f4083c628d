// Which release of a code system is meant: versions with wildcards, and what the parameters force-system-version,
// system-version and check-system-version say (FHIR R5 ValueSet $expand and $validate-code; terminology ecosystem IG).
//
// Immutable once read. Thread-safe.
//
//   ASSIGN_OR_RETURN(const SystemVersions versions, SystemVersions::Read(parameters));
//   const snapshot::Release* release = FindVersion(set, system, "1.x");
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_SYSTEM_VERSIONS_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_SYSTEM_VERSIONS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "terminology/fhir/parameters.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::operations {

// Where a version that is asked for comes from.
enum class VersionOrigin {
  kStated,   // by the include itself
  kNone,     // nobody asks for one: the active release
  kForced,   // force-system-version
  kDefault,  // system-version, or check-system-version, where the include states none
};

class SystemVersions {
 public:
  // Errors: InvalidArgument for what is no "system|version".
  static absl::StatusOr<SystemVersions> Read(const fhir::Parameters& parameters);

  struct Asked {
    std::string version = {};
    VersionOrigin origin = VersionOrigin::kNone;
  };
  // `stated` is what an include says, or nothing.
  Asked For(const std::string& system, const std::string& stated) const;
  // What the version of a system must be; empty where anything will do.
  std::string Required(const std::string& system) const;
  // What is asked where nothing else says; empty for nothing.
  std::string Default(const std::string& system) const;

 private:
  absl::flat_hash_map<std::string, std::string> forced_;
  absl::flat_hash_map<std::string, std::string> defaults_;
  absl::flat_hash_map<std::string, std::string> required_;
};

// Whether `a` is a later version of its code system than `b`, in the order that the code system states.
bool IsLater(const snapshot::Release& a, const snapshot::Release& b);

// Makes the latest of each code system, the first of several that are as late, its active one, and no other.
void KeepLatestActive(std::vector<snapshot::Release>& releases);

// The newest release that fits; the active one where the pattern is empty; null where there is none.
const snapshot::Release* FindVersion(const snapshot::ReleaseSet& set, absl::string_view system,
                                     absl::string_view pattern);

// The version of that release, "1.0.3" for "1.0.x"; the pattern itself where it is empty, or none fits.
std::string VersionOf(const snapshot::ReleaseSet& set, absl::string_view system, const std::string& pattern);

// The day that a `date` asks about; empty for none. Errors: InvalidArgument for what is no date.
absl::StatusOr<std::string> ReadDay(const fhir::Parameters& parameters);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_SYSTEM_VERSIONS_H_
