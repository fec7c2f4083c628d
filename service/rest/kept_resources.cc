#include "service/rest/kept_resources.h"

#include <simdjson.h>

#include <algorithm>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "service/rest/random_id.h"
#include "service/rest/resources.h"
#include "terminology/base/field_error.h"
#include "terminology/base/sha256.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/outcome.h"
#include "terminology/fhir/stamp.h"
#include "terminology/import/fhir_code_system.h"
#include "terminology/import/fhir_concept_map.h"
#include "terminology/snapshot/writer.h"

namespace nosograph::rest {
namespace {

using operations::CanonicalResources;
using operations::ReadValueSetDefinition;

using snapshot::Release;
using snapshot::ReleaseSet;
using store::StoredResource;
using ById = std::map<KeptSet::Key, std::shared_ptr<const KeptResource>>;

constexpr size_t kLongestId = 64;
constexpr char kTarget[] = "ConceptMap.group.element.target";
constexpr const char* kContents[] = {"complete", "fragment", "supplement", "not-present", "example"};
constexpr const char* kStatuses[] = {"draft", "active", "retired", "unknown"};

bool IsId(absl::string_view id) {
  return !id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.';
  });
}

std::string TextOf(const simdjson::dom::object& from, const char* name) {
  std::string_view text;
  return from.at_key(name).get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

absl::Status Wrong(const std::string& field, absl::string_view value, const std::string& problem, const char* remedy) {
  return base::InvalidField(field, value, problem, remedy);
}

// What a resource says of itself, checked.
absl::StatusOr<KeptResource> ReadMetadata(const std::string& of_type, absl::string_view of_id, bool id_may_lack,
                                          absl::string_view json, std::string* content) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  simdjson::dom::element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root); error != simdjson::SUCCESS) {
    return Wrong("resource", "", absl::StrCat("is no JSON: ", simdjson::error_message(error)), "correct the body");
  }
  if (root.get(object) != simdjson::SUCCESS) {
    return Wrong("resource", "", "is no JSON object", "send the resource as the body");
  }
  for (const char* name :
       {"id", "url", "version", "name", "title", "status", "date", "publisher", "description", "copyright", "purpose",
        "language", "content", "supplements", "valueSet", "hierarchyMeaning"}) {
    simdjson::dom::element element;
    if (object.at_key(name).get(element) == simdjson::SUCCESS && !element.is_string()) {
      return Wrong(absl::StrCat(of_type, ".", name), "", "is no text", "give a string");
    }
  }
  for (const char* name : {"experimental", "caseSensitive", "compositional", "versionNeeded", "immutable"}) {
    simdjson::dom::element element;
    if (object.at_key(name).get(element) == simdjson::SUCCESS && !element.is_bool()) {
      return Wrong(absl::StrCat(of_type, ".", name), "", "is neither true nor false", "give a boolean");
    }
  }
  for (const char* name : {"contained", "extension", "identifier", "contact", "useContext", "jurisdiction", "property",
                           "filter", "concept", "group"}) {
    simdjson::dom::element element;
    if (object.at_key(name).get(element) == simdjson::SUCCESS && !element.is_array()) {
      return Wrong(absl::StrCat(of_type, ".", name), "", "is no list", "give a list");
    }
  }
  const std::string type = TextOf(object, "resourceType");
  if (type != of_type) {
    return Wrong("resourceType", type, absl::StrCat("is not ", of_type), "put a resource at the address of its type");
  }
  const std::string id = TextOf(object, "id");
  if (!of_id.empty() && id != of_id && !(id.empty() && id_may_lack)) {
    if (id_may_lack) {
      return Wrong(type + ".id", id, "is not the id of the resource that fits the condition", "leave the id out");
    }
    return Wrong(type + ".id", id, "is not the id of the address", "give the resource the id that it is put at");
  }
  KeptResource resource;
  resource.url = TextOf(object, "url");
  resource.version = TextOf(object, "version");
  resource.name = TextOf(object, "name");
  resource.title = TextOf(object, "title");
  resource.status = TextOf(object, "status");
  if (!absl::StrContains(resource.url, ':') || absl::StrContains(resource.url, '|')) {
    return Wrong(type + ".url", resource.url, "is no absolute URL without a version", "give the canonical URL");
  }
  if (absl::StrContains(resource.version, '|')) {
    return Wrong(type + ".version", resource.version, "has a bar", "write a version without it");
  }
  if (std::find(std::begin(kStatuses), std::end(kStatuses), resource.status) == std::end(kStatuses)) {
    return Wrong(type + ".status", resource.status, "is no status", "write draft, active, retired or unknown");
  }
  *content = TextOf(object, "content");
  if (of_type == "CodeSystem" &&
      std::find(std::begin(kContents), std::end(kContents), *content) == std::end(kContents)) {
    return Wrong("CodeSystem.content", *content, "is none",
                 "write complete, fragment, supplement, not-present or example");
  }
  return resource;
}

// Whether a map says how its concepts stand to one another as this version of FHIR does.
absl::Status CheckVersionOf(const model::ConceptMap& map, fhir::Version version) {
  const bool r4 = version == fhir::Version::kR4;
  if (r4 ? map.has_relationships : map.has_equivalences) {
    return Wrong(absl::StrCat(kTarget, r4 ? ".relationship" : ".equivalence"), "",
                 absl::StrCat("is an element of FHIR ", r4 ? "R5" : "R4"),
                 r4 ? "write equivalence, or put the map at the base of R5"
                    : "write relationship, or put the map at the base of R4");
  }
  if (!map.lacks_relationship) return absl::OkStatus();
  return Wrong(absl::StrCat(kTarget, r4 ? ".equivalence" : ".relationship"), "", "is not given",
               "say how the target stands to the source");
}

bool HasConcepts(absl::string_view content) {
  return content == "complete" || content == "fragment" || content == "supplement";
}

// Reads the resource, which is of `content` as ReadMetadata gave it, into what questions are answered from; of a code
// system `bytes` is its snapshot.
absl::Status Compile(absl::string_view json, const std::string& content, KeptResource& resource, std::string& bytes) {
  const StoredResource& stored = resource.stored;
  const auto told = [&](const absl::Status& status) {
    return absl::Status(absl::StatusCode::kInvalidArgument, status.message());
  };
  if (stored.type == "ValueSet") {
    ASSIGN_OR_RETURN(resource.value_set, ReadValueSetDefinition(json));
    return absl::OkStatus();
  }
  if (stored.type == "ConceptMap") {
    absl::StatusOr<std::shared_ptr<const model::ConceptMap>> map = import::ReadFhirConceptMap(json);
    if (!map.ok()) return told(map.status());
    resource.concept_map = *std::move(map);
    return absl::OkStatus();
  }
  if (!HasConcepts(content)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const import::JsonDocument document, import::JsonDocument::Parse(std::string(json), stored.type));
  const absl::StatusOr<model::CodeSystem> system = import::ReadKeptCodeSystem(document);
  if (!system.ok()) return told(system.status());
  absl::StatusOr<std::string> written = snapshot::WriteSnapshot(*system);
  if (!written.ok()) return told(written.status());
  bytes = *std::move(written);
  return absl::OkStatus();
}

std::string Now() { return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone()); }

Release ReleaseOf(const StoredResource& stored, std::shared_ptr<const snapshot::Snapshot> snapshot) {
  return {.snapshot = std::move(snapshot), .id = absl::StrCat("kept/", stored.id, "/", stored.version_id)};
}

// One that is stored already.
absl::StatusOr<std::shared_ptr<const KeptResource>> Read(const store::ResourceStore& store, StoredResource stored) {
  auto resource = std::make_shared<KeptResource>();
  if (stored.deleted) {
    resource->stored = std::move(stored);
    return resource;
  }
  if (!stored.json_file.empty()) {
    absl::StatusOr<store::ResourceText> text = store.OpenText(stored);
    // Questions about its codes can be answered still where it has a snapshot.
    if (!text.ok() && stored.snapshot.empty()) return text.status();
    if (text.ok()) stored.json = *std::move(text);
  }
  if (!stored.snapshot.empty()) {
    if (absl::StatusOr<std::shared_ptr<const snapshot::Snapshot>> snapshot = store.OpenSnapshot(stored);
        snapshot.ok()) {
      // Says of itself what the resource does, which may be large.
      const snapshot::Snapshot& said = **snapshot;
      *resource = {.stored = std::move(stored),
                   .url = std::string(said.url()),
                   .version = std::string(said.version()),
                   .name = std::string(said.name()),
                   .title = std::string(said.title()),
                   .status = std::string(said.status())};
      resource->release = ReleaseOf(resource->stored, *std::move(snapshot));
      return resource;
    }
  }
  std::string content;
  std::string bytes;
  const absl::string_view json = stored.json.view();
  ASSIGN_OR_RETURN(*resource, ReadMetadata(stored.type, stored.id, false, json, &content));
  resource->stored = std::move(stored);
  if (!resource->stored.snapshot.empty()) {
    // Lost, damaged, or of an older format: the resource itself is there.
    RETURN_IF_ERROR(Compile(json, content, *resource, bytes));
    ASSIGN_OR_RETURN(auto snapshot,
                     snapshot::Snapshot::FromBytes(std::move(bytes), resource->url, snapshot::Verification::kHeader));
    resource->release = ReleaseOf(resource->stored, std::move(snapshot));
  } else if (resource->stored.type != "CodeSystem") {
    RETURN_IF_ERROR(Compile(json, content, *resource, bytes));
  }
  return resource;
}

std::shared_ptr<const KeptSet> MakeSet(ById by_id, uint64_t number) {
  auto set = std::make_shared<KeptSet>();
  auto resources = std::make_shared<CanonicalResources>();
  for (const auto& [key, resource] : by_id) {
    if (resource->value_set != nullptr) resources->value_sets[resource->url].push_back(resource->value_set);
    if (resource->concept_map != nullptr) resources->concept_maps.push_back(resource->concept_map);
    if (!resource->release) continue;
    set->releases.push_back(*resource->release);
    // A supplement says something where it is named.
    if (!resource->release->snapshot->supplements().empty()) set->releases.back().active = false;
  }
  set->number = number;
  set->by_id = std::move(by_id);
  set->resources = std::move(resources);
  return set;
}

// `before` is what is known already.
absl::StatusOr<ById> ReadAll(store::ResourceStore& store, const ById& before) {
  ASSIGN_OR_RETURN(std::vector<StoredResource> all, store.All());
  ById by_id;
  for (StoredResource& stored : all) {
    const KeptSet::Key key(stored.type, stored.id);
    const auto known = before.find(key);
    if (known != before.end() && known->second->stored.version_id == stored.version_id && !known->second->lost()) {
      by_id[key] = known->second;
      continue;
    }
    absl::StatusOr<std::shared_ptr<const KeptResource>> read = Read(store, stored);
    if (!read.ok()) {
      // It is told and can be put again; the others must not suffer.
      // In one piece: others write there too.
      std::cerr << absl::StrCat(key.first, "/", key.second, " is kept and cannot be read: ", read.status().message(),
                                "\n");
      auto unread = std::make_shared<KeptResource>();
      unread->stored = std::move(stored);
      read = std::move(unread);
    }
    by_id[key] = *std::move(read);
  }
  return by_id;
}

absl::Status OfOtherVersion(const KeptResource& kept) {
  return absl::AbortedError(absl::StrCat(kept.stored.type, "/", kept.stored.id, " is of FHIR ",
                                         kept.stored.fhir_version,
                                         ": change it at the base of that version, or take another id"));
}

absl::Status Conflict(const std::string& type, const std::string& id, int64_t is, int64_t asked) {
  return absl::FailedPreconditionError(
      absl::StrCat(type, "/", id, " is of version ", is, ", not ", asked, ": another wrote it; read it again"));
}

}  // namespace

bool IsKeptType(absl::string_view type) {
  return std::any_of(std::begin(kKeptTypes), std::end(kKeptTypes), [&](const char* known) { return type == known; });
}

std::string HttpDate(const std::string& instant) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, instant, &time, &error)) return "";
  return absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", time, absl::UTCTimeZone());
}

const DescribedResource& KeptResource::described() const {
  return description->Get(0, [&] {
    auto read = std::make_unique<DescribedResource>();
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    const absl::string_view json = stored.json.view();
    if (parser.parse(json.data(), json.size()).get(object) != simdjson::SUCCESS) return read;
    read->publisher = TextOf(object, "publisher");
    read->description = TextOf(object, "description");
    read->date = TextOf(object, "date");
    read->language = TextOf(object, "language");
    read->content = TextOf(object, "content");
    read->supplements = TextOf(object, "supplements");
    simdjson::dom::element listed;
    if (object.at_key("identifier").get(listed) != simdjson::SUCCESS) return read;
    const auto add = [&](simdjson::dom::element each) {
      simdjson::dom::object identifier;
      if (each.get(identifier) != simdjson::SUCCESS) return;
      read->identifiers.emplace_back(TextOf(identifier, "system"), TextOf(identifier, "value"));
    };
    // A ConceptMap of R4 has one.
    simdjson::dom::array list;
    if (listed.get(list) != simdjson::SUCCESS) {
      add(listed);
    } else {
      for (const simdjson::dom::element each : list) add(each);
    }
    return read;
  });
}

const KeptResource* KeptSet::Find(absl::string_view type, absl::string_view id) const {
  const auto found = by_id.find({std::string(type), std::string(id)});
  return found == by_id.end() || found->second->stored.deleted ? nullptr : found->second.get();
}

absl::StatusOr<std::shared_ptr<KeptResources>> KeptResources::Open(const std::string& folder, bool writable) {
  std::shared_ptr<KeptResources> kept(new KeptResources(folder, writable));
  const base::MutexLock lock(kept->mutex_);
  if (writable || store::ResourceStore::IsThere(folder)) RETURN_IF_ERROR(kept->OpenStore());
  return kept;
}

absl::Status KeptResources::OpenStore() {
  ASSIGN_OR_RETURN(store_, store::ResourceStore::Open(folder_));
  ASSIGN_OR_RETURN(changes_, store_->Changes());
  ASSIGN_OR_RETURN(ById by_id, ReadAll(*store_, {}));
  Serve(std::move(by_id));
  return absl::OkStatus();
}

void KeptResources::Serve(ById by_id) { set_.Swap(MakeSet(std::move(by_id), Get()->number + 1)); }

absl::StatusOr<KeptResource> KeptResources::Prepare(const Change& change, const ReleaseSet& releases,
                                                    std::string& bytes) {
  if (!change.id.empty() && !IsId(change.id)) {
    return Wrong("id", change.id, "is no id", "use up to 64 letters, digits, hyphens and dots");
  }
  std::string content;
  ASSIGN_OR_RETURN(KeptResource resource,
                   ReadMetadata(change.type, change.id, change.id_may_lack, change.json, &content));
  if (change.type == "CodeSystem" && content != "supplement" && releases.Has(resource.url)) {
    return Wrong("CodeSystem.url", resource.url, "is that of a release that was imported",
                 "import its releases, or put a supplement under a url of its own");
  }
  resource.stored = {.type = change.type, .id = change.id};
  RETURN_IF_ERROR(Compile(change.json, content, resource, bytes));
  if (resource.concept_map != nullptr) RETURN_IF_ERROR(CheckVersionOf(*resource.concept_map, change.version));
  if (!bytes.empty()) resource.stored.snapshot = base::Sha256Hex(bytes);
  return resource;
}

absl::Status KeptResources::StampAs(const Change& change, int64_t version_id, KeptResource& resource) {
  StoredResource& stored = resource.stored;
  stored.version_id = version_id;
  stored.updated = Now();
  stored.fhir_version = std::string(fhir::ShortVersion(change.version));
  ASSIGN_OR_RETURN(stored.json, fhir::Stamp(change.json, {stored.id, stored.version_id, stored.updated}));
  return absl::OkStatus();
}

absl::Status KeptResources::Finish(KeptResource& resource) const {
  if (!resource.stored.snapshot.empty()) {
    ASSIGN_OR_RETURN(auto snapshot, store_->OpenSnapshot(resource.stored));
    resource.release = ReleaseOf(resource.stored, std::move(snapshot));
  }
  return absl::OkStatus();
}

absl::StatusOr<KeptResources::Written> KeptResources::Put(const Change& change, const ReleaseSet& releases) {
  // What takes long is done before others have to wait.
  std::string bytes;
  ASSIGN_OR_RETURN(KeptResource resource, Prepare(change, releases, bytes));
  if (change.id.empty()) resource.stored.id = RandomId();

  const base::MutexLock lock(mutex_);
  ById by_id = Get()->by_id;
  const KeptSet::Key key(change.type, resource.stored.id);
  const auto known = by_id.find(key);
  const int64_t before = known == by_id.end() ? 0 : known->second->stored.version_id;
  const bool there = before > 0 && !known->second->stored.deleted;
  if (there && !known->second->IsOf(change.version)) return OfOtherVersion(*known->second);
  if (change.if_match && *change.if_match != (there ? before : 0)) {
    return Conflict(key.first, key.second, there ? before : 0, *change.if_match);
  }
  if (change.if_none_match && there) {
    return absl::FailedPreconditionError(absl::StrCat(key.first, "/", key.second, " is there already"));
  }
  for (const auto& [other_key, other] : by_id) {
    if (other_key == key || other->stored.deleted || other_key.first != change.type) continue;
    if (other->url != resource.url || other->version != resource.version) continue;
    return absl::AlreadyExistsError(absl::StrCat(change.type, "/", other_key.second, " has the url ", resource.url,
                                                 " in this version; change that one, or give another version"));
  }
  RETURN_IF_ERROR(StampAs(change, before + 1, resource));
  RETURN_IF_ERROR(store_->Put(resource.stored, bytes));
  RETURN_IF_ERROR(Finish(resource));
  auto kept = std::make_shared<const KeptResource>(std::move(resource));
  by_id[key] = kept;
  Serve(std::move(by_id));
  return Written{std::move(kept), !there};
}

absl::Status KeptResources::Write(std::vector<std::pair<StoredResource, std::string>>& batch,
                                  std::vector<KeptResource>& waiting, ById& by_id) {
  RETURN_IF_ERROR(store_->PutAll(batch));
  for (KeptResource& resource : waiting) {
    RETURN_IF_ERROR(Finish(resource));
    KeptSet::Key key(resource.stored.type, resource.stored.id);
    by_id[std::move(key)] = std::make_shared<const KeptResource>(std::move(resource));
  }
  batch.clear();
  waiting.clear();
  return absl::OkStatus();
}

absl::StatusOr<KeptResources::Imported> KeptResources::Import(const std::vector<Change>& changes,
                                                              const ReleaseSet& releases,
                                                              const std::function<void(size_t)>& progress) {
  constexpr size_t kAtOnce = 200;  // a transaction each
  Imported imported;
  const base::MutexLock lock(mutex_);
  ById by_id = Get()->by_id;
  // By type, url and version: the id.
  std::map<std::pair<std::string, std::string>, std::string> ids;
  for (const auto& [key, kept] : by_id) {
    if (!kept->stored.deleted) ids[{key.first, absl::StrCat(kept->url, "|", kept->version)}] = key.second;
  }
  std::vector<std::pair<StoredResource, std::string>> batch;
  std::vector<KeptResource> waiting;
  size_t done = 0;
  for (const Change& change : changes) {
    progress(done++);
    std::string bytes;
    absl::StatusOr<KeptResource> resource = Prepare(change, releases, bytes);
    if (!resource.ok()) {
      imported.left_out.push_back(absl::StrCat(change.type, "/", change.id, ": ", resource.status().message()));
      continue;
    }
    std::string& id = ids[{change.type, absl::StrCat(resource->url, "|", resource->version)}];
    const bool there = !id.empty();
    if (!there) {
      const auto taken = by_id.find({change.type, change.id});
      const bool of_release = change.type != "ConceptMap" && FindById(releases, change.id) != nullptr;
      const bool free = !change.id.empty() && !of_release && (taken == by_id.end() || taken->second->stored.deleted) &&
                        std::none_of(waiting.begin(), waiting.end(), [&](const KeptResource& other) {
                          return other.stored.type == change.type && other.stored.id == change.id;
                        });
      id = free ? change.id : RandomId();
    }
    const auto known = by_id.find({change.type, id});
    const int64_t before = known == by_id.end() ? 0 : known->second->stored.version_id;
    resource->stored.id = id;
    if (there && known != by_id.end()) {
      const StoredResource& stored = known->second->stored;
      const absl::StatusOr<std::string> same = fhir::Stamp(change.json, {id, stored.version_id, stored.updated});
      if (same.ok() && *same == stored.json.view()) {
        ++imported.unchanged;
        continue;
      }
    } else if (there) {
      imported.left_out.push_back(absl::StrCat(change.type, "/", change.id, ": stands twice in what is imported"));
      continue;
    }
    RETURN_IF_ERROR(StampAs(change, before + 1, *resource));
    ++(there ? imported.changed : imported.added);
    batch.emplace_back(resource->stored, std::move(bytes));
    waiting.push_back(*std::move(resource));
    if (batch.size() >= kAtOnce) RETURN_IF_ERROR(Write(batch, waiting, by_id));
  }
  RETURN_IF_ERROR(Write(batch, waiting, by_id));
  Serve(std::move(by_id));
  return imported;
}

absl::Status KeptResources::Delete(const std::string& type, const std::string& id, fhir::Version version,
                                   std::optional<int64_t> if_match) {
  const base::MutexLock lock(mutex_);
  ById by_id = Get()->by_id;
  const KeptSet::Key key(type, id);
  const auto known = by_id.find(key);
  if (known == by_id.end() || known->second->stored.deleted) {
    return absl::NotFoundError(absl::StrCat("there is no ", type, "/", base::Excerpt(id)));
  }
  if (!known->second->IsOf(version)) return OfOtherVersion(*known->second);
  const int64_t before = known->second->stored.version_id;
  if (if_match && *if_match != before) return Conflict(type, id, before, *if_match);
  auto gone = std::make_shared<KeptResource>();
  gone->stored = {.type = type,
                  .id = id,
                  .version_id = before + 1,
                  .updated = Now(),
                  .fhir_version = known->second->stored.fhir_version,
                  .deleted = true};
  RETURN_IF_ERROR(store_->Put(gone->stored, ""));
  by_id[key] = std::move(gone);
  Serve(std::move(by_id));
  return absl::OkStatus();
}

absl::Status KeptResources::TakeUp() {
  const base::MutexLock lock(mutex_);
  if (store_ == nullptr) return store::ResourceStore::IsThere(folder_) ? OpenStore() : absl::OkStatus();
  ASSIGN_OR_RETURN(const int64_t changes, store_->Changes());
  if (changes == changes_) return absl::OkStatus();
  ASSIGN_OR_RETURN(ById by_id, ReadAll(*store_, Get()->by_id));
  changes_ = changes;
  Serve(std::move(by_id));
  return absl::OkStatus();
}

}  // namespace nosograph::rest
