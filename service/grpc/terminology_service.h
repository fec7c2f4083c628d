// The handlers of TerminologyService: plain functions from request to reply, without transport.
//
// Thread-safe: handlers may run at once, and while a release is swapped in; each call is answered from one set.
//
//   TerminologyHandlers handlers = MakeTerminologyHandlers(live, {});
//   absl::Status status = handlers.resolve({}, request, &response);
#ifndef NOSOGRAPH_SERVICE_GRPC_TERMINOLOGY_SERVICE_H_
#define NOSOGRAPH_SERVICE_GRPC_TERMINOLOGY_SERVICE_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "nosograph/v1/terminology.pb.h"
#include "service/grpc/call_context.h"
#include "service/grpc/wire_reply.h"
#include "terminology/snapshot/live_releases.h"

namespace nosograph::service {

struct Limits {
  int batch_codes = 1000;        // of a ResolveBatchRequest
  size_t reply_bytes = 4 << 20;  // of a ResolveBatchResponse; what clients of gRPC take unless told otherwise
  int repairs = 1000;            // that a ValidateCodeRequest may ask for
};

struct TerminologyHandlers {
  Handler<v1::ResolveRequest, v1::ResolveResponse> resolve;
  Handler<v1::ResolveBatchRequest, v1::ResolveBatchResponse> resolve_batch;
  // One message of a stream; never an error, since that of one message must not end the stream.
  Handler<v1::ResolveRequest, v1::ResolveStreamResponse> resolve_in_stream;
  Handler<v1::LookupRequest, v1::LookupResponse> lookup;
  Handler<v1::ValidateCodeRequest, v1::ValidateCodeResponse> validate_code;
  Handler<v1::SubsumesRequest, v1::SubsumesResponse> subsumes;
  Handler<v1::SearchRequest, v1::SearchResponse> search;
  Handler<v1::ListReleasesRequest, v1::ListReleasesResponse> list_releases;
  Handler<v1::CompareReleasesRequest, v1::CompareReleasesResponse> compare_releases;
  // The same answers in wire format, faster. Null: made from the messages.
  Handler<v1::ResolveRequest, WireReply> resolve_wire = nullptr;
  Handler<v1::ResolveBatchRequest, WireReply> resolve_batch_wire = nullptr;
  Handler<v1::ResolveRequest, WireReply> resolve_in_stream_wire = nullptr;
};

// Errors of the handlers: those of the queries that they ask; InvalidArgument for what is over a limit and for values
// of enumerations that are not known.
TerminologyHandlers MakeTerminologyHandlers(std::shared_ptr<const snapshot::LiveReleases> live, const Limits& limits);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_TERMINOLOGY_SERVICE_H_
