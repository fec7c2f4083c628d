// Between the engine's values and the messages of proto/nosograph/v1.
//
// Thread-safe, but for SharedContent, which belongs to one reply. What a message holds is copied out of the release
// set.
//
//   StatusOr<query::Resolution> resolution = query::Resolve(set, ToQuery(request));
//   ToMessage(*resolution, Detail::kFull, &response);
#ifndef NOSOGRAPH_SERVICE_GRPC_CONVERT_H_
#define NOSOGRAPH_SERVICE_GRPC_CONVERT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "nosograph/v1/terminology.pb.h"
#include "terminology/query/lookup.h"
#include "terminology/query/release_difference.h"
#include "terminology/query/resolve.h"
#include "terminology/query/search.h"
#include "terminology/query/subsumes.h"
#include "terminology/query/validate_code.h"
#include "terminology/store/active_file.h"

namespace nosograph::service {

query::Form ToQuery(v1::Form form);
// Refers into `release`.
snapshot::ReleaseSelector ToQuery(const v1::ReleaseSelector& release);
// Refers into `request`. Of a batch, `code` is one of its codes.
query::ResolveQuery ToQuery(const v1::ResolveRequest& request);
query::ResolveQuery ToQuery(const v1::ResolveBatchRequest& request, const std::string& code);

// How much a message tells of what the items of a batch share.
enum class Detail {
  kFull,
  kShared,  // names it alone; the reply has the rest once
};

void ToMessage(const query::ConceptRef& item, v1::Concept* message);
void ToMessage(const query::Issue& issue, v1::Issue* message);
void ToMessage(const absl::Status& status, v1::ItemError* error);
void ToMessage(const snapshot::Release& release, Detail detail, v1::Release* message);
// What the list of a data folder says, without its snapshot.
void ToMessage(const store::LoadedRelease& release, v1::Release* message);

v1::ReleaseChange::Kind ToMessage(query::Change::Kind kind);
void ToMessage(const query::Change& change, v1::ReleaseChange* message);
void ToMessage(const query::Resolution& resolution, Detail detail, v1::ResolveResponse* message);

query::LookupQuery ToQuery(const v1::LookupRequest& request);
query::ValidateOptions ToQuery(const v1::ValidateCodeRequest& request);
query::SubsumesQuery ToQuery(const v1::SubsumesRequest& request);

query::SearchQuery ToQuery(const v1::SearchRequest& request);
void ToMessage(const query::SearchAnswer& answer, v1::SearchResponse* message);

void ToMessage(const snapshot::ReleaseSet& set, const query::Lookup& lookup, v1::LookupResponse* message);
void ToMessage(const query::CodeValidator& validator, const v1::ValidateCodeRequest& request,
               const query::Validation& validation, v1::ValidateCodeResponse* message);
void ToMessage(const query::Subsumption& answer, v1::SubsumesResponse* message);

// The notes that stand at a concept.
void AddNotes(const query::ConceptRef& item, v1::ResolveResponse* message);
void AddNotes(const query::ConceptRef& item, v1::ResolveBatchResponse* message);

// What several items of a batch share, each once, in the order in which it comes.
class SharedContent {
 public:
  // `codes` is how many items there will be, about.
  explicit SharedContent(size_t codes) { concepts_.reserve(codes * 4); }

  void Add(const query::Resolution& resolution);
  // A published concept without knowledge, and the numbers of all that is above it in its release. In a tree, what is
  // above one that is known is known.
  void Add(const query::ConceptRef& item, absl::Span<const uint32_t> ancestors, bool in_a_tree);

  // Whose notes are shared.
  const std::vector<query::ConceptRef>& concepts() const { return concepts_; }
  const std::vector<const snapshot::Release*>& releases() const { return releases_; }
  void FillKnowledge(v1::ResolveBatchResponse* response) const;

 private:
  void AddConcept(const query::ConceptRef& item);
  std::vector<bool>& SeenOf(const snapshot::Release* release);
  void AddRelease(const snapshot::Release* release);

  // Of each release, by number of concept.
  std::vector<std::pair<const snapshot::Release*, std::vector<bool>>> seen_;
  std::vector<query::ConceptRef> concepts_;
  std::vector<query::ConceptRef> knowledge_;
  std::vector<const snapshot::Release*> releases_;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_CONVERT_H_
