// Resources that clients put: their JSON, and of code systems the compiled snapshot.
//
//   DIR/resources.db              one row a resource, the authority
//   DIR/resources/SHA256.snapshot immutable once there
//
// What Put and Delete have acknowledged survives a kill and a power cut; what they have not is there whole or not at
// all. Not thread-safe: for one writer. Other processes may write too: Changes() tells.
//
//   ASSIGN_OR_RETURN(auto store, ResourceStore::Open("/var/lib/nosograph"));
//   RETURN_IF_ERROR(store->Put({.type = "ValueSet", .id = "colours", .version_id = 1, .json = json}, ""));
#ifndef NOSOGRAPH_TERMINOLOGY_STORE_RESOURCE_STORE_H_
#define NOSOGRAPH_TERMINOLOGY_STORE_RESOURCE_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "terminology/snapshot/snapshot.h"
#include "terminology/store/sqlite_database.h"

namespace nosograph::store {

struct StoredResource {
  std::string type = {};  // "CodeSystem"
  std::string id = {};
  int64_t version_id = 0;         // counts on, also over a deletion
  std::string updated = {};       // UTC, ISO 8601
  std::string fhir_version = {};  // "4.0", "5.0": of the base it was put at
  bool deleted = false;           // then what follows is empty
  std::string json = {};
  std::string snapshot = {};  // SHA-256 of the snapshot file; empty for what has none
};

class ResourceStore {
 public:
  // Whether anything has been put ever.
  static bool IsThere(const std::string& folder);

  // Makes what is missing. Errors: those of Database and of files.
  static absl::StatusOr<std::unique_ptr<ResourceStore>> Open(const std::string& folder);

  // All, also those that are deleted, by type and id. Errors: those of Database.
  absl::StatusOr<std::vector<StoredResource>> All();

  // Puts or replaces the resource with its next version, `version_id`, and writes `snapshot` first where there is one.
  // Errors: Aborted where the stored one is not of the version before, or another program writes; those of Database and
  // of files. Nothing is changed then.
  absl::Status Put(const StoredResource& resource, const std::string& snapshot);

  // Several at once, all or none.
  absl::Status PutAll(const std::vector<std::pair<StoredResource, std::string>>& resources);

  // The snapshot of a resource. Errors: DataLoss when it is damaged or missing.
  absl::StatusOr<std::shared_ptr<const snapshot::Snapshot>> OpenSnapshot(const StoredResource& resource) const;

  // A number that changes whenever another connection has written. Errors: those of Database.
  absl::StatusOr<int64_t> Changes();

 private:
  ResourceStore(std::string folder, std::unique_ptr<Database> database)
      : folder_(std::move(folder)), database_(std::move(database)) {}
  std::string SnapshotPath(const std::string& sha256) const;
  // `replaced` is the snapshot of what was there.
  absl::Status PutRow(const StoredResource& resource, std::string& replaced);

  const std::string folder_;
  const std::unique_ptr<Database> database_;
};

}  // namespace nosograph::store

#endif  // NOSOGRAPH_TERMINOLOGY_STORE_RESOURCE_STORE_H_
