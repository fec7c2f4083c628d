// Resolve and ResolveBatch answered in wire format, put together from fragments: byte for byte what the messages of
// convert.h give, in a fraction of the time.
//
// Knows the short way, of what most calls ask: a published code as it stands, without condition knowledge, of a set
// with fragments. All else is left to the messages. Thread-safe, but for WireBatch, which belongs to one call.
//
//   if (TryResolveWire(set, request, &reply)) return absl::OkStatus();
#ifndef NOSOGRAPH_SERVICE_GRPC_RESOLVE_WIRE_H_
#define NOSOGRAPH_SERVICE_GRPC_RESOLVE_WIRE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "nosograph/v1/terminology.pb.h"
#include "service/grpc/convert.h"
#include "service/grpc/wire_reply.h"
#include "terminology/query/scope.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::service {

// Whether the short way could be taken; if not, nothing is written.
bool TryResolveWire(const snapshot::ReleaseSet& set, const v1::ResolveRequest& request, WireReply* reply);
// The same as the answer of a stream.
bool TryResolveInStreamWire(const snapshot::ReleaseSet& set, const v1::ResolveRequest& request, WireReply* reply);

// A ResolveBatchResponse, item by item.
class WireBatch {
 public:
  // `scopes` are those of the request, and with `set` must outlive this.
  WireBatch(const snapshot::ReleaseSet& set, const std::vector<query::Scope>& scopes, size_t codes);

  // Whether the short way could be taken; if not, the code is to be added by Add.
  bool TryAdd(absl::string_view code);
  // An item of the long way; `resolution` is what it shares with others, null where it is an error.
  void Add(const v1::ResolveBatchResponse::Item& item, const query::Resolution* resolution);

  // Behind the last item: what they share. The size of all.
  size_t Finish();
  void Write(WireReply* reply) const;

 private:
  const snapshot::ReleaseSet& set_;
  const std::vector<query::Scope>& scopes_;
  std::string& out_;  // of the thread
  SharedContent shared_;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_RESOLVE_WIRE_H_
