// The handlers of TerminologyService: plain functions from request to reply, without transport.
//
// Thread-safe: handlers may run at once, and while a release is swapped in; each call is answered from one set.
//
//   TerminologyHandlers handlers = MakeTerminologyHandlers(live, {});
//   absl::Status status = handlers.resolve(request, &response);
#ifndef NOSOGRAPH_SERVICE_GRPC_TERMINOLOGY_SERVICE_H_
#define NOSOGRAPH_SERVICE_GRPC_TERMINOLOGY_SERVICE_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "nosograph/v1/terminology.pb.h"
#include "terminology/snapshot/live_releases.h"

namespace nosograph::service {

struct Limits {
  int batch_codes = 1000;
};

template <typename Request, typename Response>
using Handler = std::function<absl::Status(const Request&, Response*)>;

struct TerminologyHandlers {
  Handler<v1::ResolveRequest, v1::ResolveResponse> resolve;
  Handler<v1::ResolveBatchRequest, v1::ResolveBatchResponse> resolve_batch;
};

// Errors of the handlers: those of query::Resolve; InvalidArgument for a batch that is over the limit.
TerminologyHandlers MakeTerminologyHandlers(std::shared_ptr<const snapshot::LiveReleases> live, const Limits& limits);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_TERMINOLOGY_SERVICE_H_
