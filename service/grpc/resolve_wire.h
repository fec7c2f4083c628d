// Resolve and ResolveBatch answered in wire format, put together from fragments: byte for byte what the messages of
// convert.h give, in a fraction of the time.
//
// Knows the short way, of what most calls ask: a published code as it stands, without condition knowledge, of a set
// with fragments. All else is left to the messages. Thread-safe, but for WireBatch, which belongs to one call.
//
//   if (TryResolveWire(set, request, &reply)) return absl::OkStatus();
#ifndef NOSOGRAPH_SERVICE_GRPC_RESOLVE_WIRE_H_
#define NOSOGRAPH_SERVICE_GRPC_RESOLVE_WIRE_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "nosograph/v1/terminology.pb.h"
#include "service/grpc/convert.h"
#include "service/grpc/reply_fragments.h"
#include "service/grpc/wire_reply.h"
#include "terminology/query/scope.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::service {

// Whether the short way could be taken; if not, nothing is written.
bool TryResolveWire(const snapshot::ReleaseSet& set, const v1::ResolveRequest& request, WireReply* reply);
// The same as the answer of a stream.
bool TryResolveInStreamWire(const snapshot::ReleaseSet& set, const v1::ResolveRequest& request, WireReply* reply);

// A ResolveBatchResponse. What its codes need lies all over the snapshot and its fragments, so that each step is taken
// for some codes before the next step is: the memory they need is fetched side by side, not one after the other.
//
//   for (int place = 0; place < codes.size();) {
//     for (const int end = batch.FindMore(); place < end; ++place) {
//       if (!batch.TryAdd(place)) batch.Add(place, item, &resolution);
//     }
//   }
//   if (batch.Finish() <= limit) batch.Write(&reply);
class WireBatch {
 public:
  using Codes = google::protobuf::RepeatedPtrField<std::string>;

  // `set`, `scopes`, which are those of the request, and `codes` must outlive this.
  WireBatch(const snapshot::ReleaseSet& set, const std::vector<query::Scope>& scopes, const Codes& codes);

  // Looks the next codes up, kCodesAtOnce at most; the place behind the last of them.
  int FindMore();
  // Each place that has been looked up is added once, in order. Whether the short way could be taken; if not, it is to
  // be added by Add.
  bool TryAdd(int place);
  // The item of the long way; `resolution` is what it shares with others, null where it is an error.
  void Add(int place, const v1::ResolveBatchResponse::Item& item, const query::Resolution* resolution);

  // Once, when all are added: the size of the reply, in bytes.
  size_t Finish();
  void Write(WireReply* reply) const;

 private:
  static constexpr size_t kCodesAtOnce = 16;

  struct Item {
    query::ConceptRef found{};
    const ReplyFragment* fragment = nullptr;  // none where the long way is taken
    size_t result = 0;                        // bytes of the answer by the short way
    std::string long_way;                     // in wire format
  };

  const snapshot::ReleaseSet& set_;
  const std::vector<query::Scope>& scopes_;
  const Codes& codes_;
  std::vector<Item> items_;
  SharedContent shared_;
  std::string knowledge_;  // in wire format, as are the notes
  std::vector<absl::string_view> notes_;
  std::deque<std::string> made_notes_;  // of releases without fragments
  size_t size_ = 0;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_RESOLVE_WIRE_H_
