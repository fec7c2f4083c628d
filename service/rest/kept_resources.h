// Resources that clients put: CodeSystem, ValueSet and ConceptMap, read once when they are put and asked often.
//
// Thread-safe. Readers take no lock; writers one after the other. What is acknowledged is durable.
//
//   ASSIGN_OR_RETURN(const auto kept, KeptResources::Open("/var/lib/nosograph", true));
//   ASSIGN_OR_RETURN(const KeptResources::Written written, kept->Put(put, releases));
#ifndef NOSOGRAPH_SERVICE_REST_KEPT_RESOURCES_H_
#define NOSOGRAPH_SERVICE_REST_KEPT_RESOURCES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "terminology/base/lazy_table.h"
#include "terminology/base/mutex.h"
#include "terminology/fhir/version.h"
#include "terminology/operations/content.h"
#include "terminology/snapshot/live_releases.h"
#include "terminology/store/resource_store.h"

namespace nosograph::rest {

inline constexpr const char* kKeptTypes[] = {"CodeSystem", "ValueSet", "ConceptMap"};
bool IsKeptType(absl::string_view type);
// An instant as HTTP writes it (RFC 9110, 5.6.7).
std::string HttpDate(const std::string& instant);

// What else a resource says of itself, for who searches by it.
struct DescribedResource {
  std::vector<std::pair<std::string, std::string>> identifiers = {};  // system and value
  std::string publisher = {};
  std::string description = {};
  std::string date = {};
  std::string language = {};
  std::string content = {};
  std::string supplements = {};
};

// One resource, as it is now.
struct KeptResource {
  store::StoredResource stored = {};
  // What it is searched by.
  std::string url = {};
  std::string version = {};
  std::string name = {};
  std::string title = {};
  std::string status = {};
  // What it was read into: one of the three; none of a code system without concepts.
  std::optional<snapshot::Release> release = {};
  std::shared_ptr<const operations::ValueSetDefinition> value_set = nullptr;
  std::shared_ptr<const model::ConceptMap> concept_map = nullptr;
  std::shared_ptr<const base::LazyTable<DescribedResource>> description =
      std::make_shared<const base::LazyTable<DescribedResource>>(1);

  // Whether it is written as this version of FHIR has it: ConceptMaps are not the same in R4 and in R5.
  bool IsOf(fhir::Version fhir_version) const {
    return stored.type != "ConceptMap" || stored.fhir_version == fhir::ShortVersion(fhir_version);
  }
  // Its JSON is not there any more.
  bool lost() const { return !stored.deleted && stored.json.view().empty(); }
  // Read from its JSON when it is first asked for.
  const DescribedResource& described() const;
  std::string tag() const { return "W/\"" + std::to_string(stored.version_id) + "\""; }
};

// All of them between two changes.
struct KeptSet {
  using Key = std::pair<std::string, std::string>;                // type, id
  uint64_t number = 0;                                            // of the change, from 1
  std::map<Key, std::shared_ptr<const KeptResource>> by_id = {};  // deleted ones too
  std::shared_ptr<const operations::CanonicalResources> resources = nullptr;
  std::vector<snapshot::Release> releases = {};

  // Null where there is none, or none any more.
  const KeptResource* Find(absl::string_view type, absl::string_view id) const;
};

class KeptResources {
 public:
  // Reads what is stored; a resource that cannot be read any more is told on stderr and stays as it is. Where nothing
  // has been kept yet nothing is made unless `writable`. Errors: those of ResourceStore.
  static absl::StatusOr<std::shared_ptr<KeptResources>> Open(const std::string& folder, bool writable);

  bool writable() const { return writable_; }

  std::shared_ptr<const KeptSet> Get() const {
    const auto pin = set_.Get();
    return *pin;
  }

  struct Change {
    std::string type = {};
    std::string id = {};       // empty: a new one
    bool id_may_lack = false;  // from the resource, which is named otherwise
    std::string json = {};
    fhir::Version version = fhir::Version::kR4;
    std::optional<int64_t> if_match = {};  // the version that it must be of
    bool if_none_match = false;            // it must not be there
  };
  struct Written {
    std::shared_ptr<const KeptResource> resource;
    bool created = false;
  };

  // `releases` are those that were imported, whose code systems may not be put beside them. Errors: InvalidArgument,
  // with its place, for what is no such resource, has another id, or cannot be read; FailedPrecondition where the
  // version is not that of if_match, or where if_none_match finds one; AlreadyExists where its url and version are
  // taken; Aborted where it is of another version of FHIR; those of ResourceStore.
  absl::StatusOr<Written> Put(const Change& change, const snapshot::ReleaseSet& releases);

  // Errors: NotFound where there is none; FailedPrecondition and Aborted as of Put; those of ResourceStore.
  absl::Status Delete(const std::string& type, const std::string& id, fhir::Version version,
                      std::optional<int64_t> if_match);

  // What became of one of several.
  struct Imported {
    size_t added = 0;
    size_t changed = 0;
    size_t unchanged = 0;
    std::vector<std::string> left_out = {};  // which, and why
  };
  // All that can be taken, as Put; those of one url and version take the place of one another, and an id that another
  // has is made a new one. `progress` is told how many are done. Errors: those of ResourceStore; what was written
  // before one stays.
  absl::StatusOr<Imported> Import(const std::vector<Change>& changes, const snapshot::ReleaseSet& releases,
                                  const std::function<void(size_t)>& progress);

  // Takes up what other processes have written. Errors: those of ResourceStore.
  absl::Status TakeUp();

 private:
  KeptResources(std::string folder, bool writable)
      : folder_(std::move(folder)), writable_(writable), set_(std::make_shared<const KeptSet>(KeptSet{.number = 1})) {}
  absl::Status OpenStore() NOSOGRAPH_REQUIRES(mutex_);
  // The resource as it will be stored, but for what depends on what is stored.
  static absl::StatusOr<KeptResource> Prepare(const Change& change, const snapshot::ReleaseSet& releases,
                                              std::string& bytes);
  // Gives it the version, time and JSON that it is stored with.
  static absl::Status StampAs(const Change& change, int64_t version_id, KeptResource& resource);
  // What is served of it, once it is stored.
  absl::Status Finish(KeptResource& resource) const NOSOGRAPH_REQUIRES(mutex_);
  // Writes what is imported in one transaction and puts it into `by_id`; both lists are empty then.
  absl::Status Write(std::vector<std::pair<store::StoredResource, std::string>>& batch,
                     std::vector<KeptResource>& waiting,
                     std::map<KeptSet::Key, std::shared_ptr<const KeptResource>>& by_id) NOSOGRAPH_REQUIRES(mutex_);
  void Serve(std::map<KeptSet::Key, std::shared_ptr<const KeptResource>> by_id);

  const std::string folder_;
  const bool writable_;
  base::Mutex mutex_;                                                         // of writers
  std::unique_ptr<store::ResourceStore> store_ NOSOGRAPH_GUARDED_BY(mutex_);  // null while there is none
  int64_t changes_ NOSOGRAPH_GUARDED_BY(mutex_) = 0;  // of other processes, as far as they are taken up
  snapshot::Live<std::shared_ptr<const KeptSet>> set_;
};

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_KEPT_RESOURCES_H_
