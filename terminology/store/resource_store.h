// Resources that clients put: their JSON, and of code systems the compiled snapshot.
//
//   DIR/resources.db              one row a resource, the authority
//   DIR/resources/SHA256.snapshot immutable once there, as is
//   DIR/resources/SHA256.json     what is too large for the row, so that who opens the store need not read it
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
#include "absl/strings/string_view.h"
#include "terminology/base/mapped_file.h"
#include "terminology/snapshot/snapshot.h"
#include "terminology/store/sqlite_database.h"

namespace nosograph::store {

// A resource as it is written: in memory, or mapped from its file, which may be gone by then. Copies share it;
// thread-safe.
class ResourceText {
 public:
  ResourceText() = default;
  ResourceText(std::string text)  // NOLINT(google-explicit-constructor): it is one
      : text_(std::make_shared<const std::string>(std::move(text))), view_(*text_) {}
  explicit ResourceText(base::MappedFile file)
      : file_(std::make_shared<const base::MappedFile>(std::move(file))), view_(file_->bytes()) {}

  absl::string_view view() const { return view_; }

 private:
  std::shared_ptr<const std::string> text_;
  std::shared_ptr<const base::MappedFile> file_;
  absl::string_view view_;
};

struct StoredResource {
  std::string type = {};  // "CodeSystem"
  std::string id = {};
  int64_t version_id = 0;         // counts on, also over a deletion
  std::string updated = {};       // UTC, ISO 8601
  std::string fhir_version = {};  // "4.0", "5.0": of the base it was put at
  bool deleted = false;           // then what follows is empty
  ResourceText json = {};
  std::string snapshot = {};   // SHA-256 of the snapshot file; empty for what has none
  std::string json_file = {};  // of what All gave: SHA-256 of the file that has the JSON; empty where the row has it
};

class ResourceStore {
 public:
  // Whether anything has been put ever.
  static bool IsThere(const std::string& folder);

  // Makes what is missing. Errors: those of Database and of files.
  static absl::StatusOr<std::unique_ptr<ResourceStore>> Open(const std::string& folder);

  // All, also those that are deleted, by type and id; without the JSON of those that have a file of it. Errors: those
  // of Database.
  absl::StatusOr<std::vector<StoredResource>> All();

  // Puts or replaces the resource with its next version, `version_id`, and writes `snapshot` first where there is one.
  // Errors: Aborted where the stored one is not of the version before, or another program writes; those of Database and
  // of files. Nothing is changed then.
  absl::Status Put(const StoredResource& resource, const std::string& snapshot);

  // Several at once, all or none.
  absl::Status PutAll(const std::vector<std::pair<StoredResource, std::string>>& resources);

  // The snapshot of a resource. Errors: DataLoss when it is damaged or missing.
  absl::StatusOr<std::shared_ptr<const snapshot::Snapshot>> OpenSnapshot(const StoredResource& resource) const;

  // The JSON of a resource that has a file of it. Errors: DataLoss when it is missing.
  absl::StatusOr<ResourceText> OpenText(const StoredResource& resource) const;

  // A number that changes whenever another connection has written. Errors: those of Database.
  absl::StatusOr<int64_t> Changes();

 private:
  ResourceStore(std::string folder, std::unique_ptr<Database> database)
      : folder_(std::move(folder)), database_(std::move(database)) {}
  std::string SnapshotPath(const std::string& sha256) const;
  std::string TextPath(const std::string& sha256) const;
  struct Files {
    std::string snapshot = {};
    std::string json_file = {};
  };
  // `replaced` are the files of what was there.
  absl::Status PutRow(const StoredResource& resource, const std::string& json_file, Files& replaced);
  // Removes those that no row names any more.
  void RemoveUnused(const Files& files);
  // Whether a row has this in `column`; true where it cannot be told.
  bool IsUsed(const char* column, const std::string& sha256);

  const std::string folder_;
  const std::unique_ptr<Database> database_;
};

}  // namespace nosograph::store

#endif  // NOSOGRAPH_TERMINOLOGY_STORE_RESOURCE_STORE_H_
