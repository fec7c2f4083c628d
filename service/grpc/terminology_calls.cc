#include "service/grpc/terminology_calls.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "nosograph/v1/terminology.grpc.pb.h"
#include "service/grpc/convert.h"

namespace nosograph::service {
namespace {

// How many batches may wait for those before them: some hundredths of a second.
constexpr size_t kMostBatchesWaiting = 64;

// One answer a request, in order. The next request is read when the answer before is out, so that a client that does
// not read holds up itself alone. When the service stops, a stream ends at once, or after the answer that is under way.
class ResolveStreamCall final : public StreamCall<grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>> {
 public:
  using StreamHandler = Handler<v1::ResolveRequest, WireReply>;

  ResolveStreamCall(Calls& calls, const grpc::CallbackServerContext& context, const StreamHandler& handler)
      : StreamCall(calls, context, "/nosograph.v1.TerminologyService/ResolveStream", Role::kReader),
        handler_(handler) {}

  void OnReadDone(bool ok) override {
    if (!Go()) return;
    if (!ok) return End(grpc::Status::OK);  // the client has no more, or is gone
    WireReply reply;
    if (const absl::Status parsed = ParseRequest(request_bytes_, &request_); !parsed.ok()) {
      v1::ResolveStreamResponse wrong;  // what is wrong with one request does not end the stream
      ToMessage(parsed, wrong.mutable_error());
      reply.Set(wrong);
    } else if (const absl::Status status = handler_(context(), request_, &reply); !status.ok()) {
      return End(ToGrpc(status));
    }
    response_ = reply.Take();
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override { ok ? Read() : End(grpc::Status::OK); }

 private:
  void Start() override { Read(); }
  void Read() {
    Wait([this] { StartRead(&request_bytes_); });
  }

  const StreamHandler& handler_;
  grpc::ByteBuffer request_bytes_;
  v1::ResolveRequest request_;
  grpc::ByteBuffer response_;
};

// Answers in wire format where there are any, else in messages; each guarded.
template <typename Request, typename Response>
Handler<Request, WireReply> Served(Handler<Request, WireReply> wire, Handler<Request, Response> messages) {
  return Guarded(Role::kReader, wire ? std::move(wire) : InWireFormat(std::move(messages)));
}

template <typename Request, typename Response>
Handler<Request, WireReply> Served(Handler<Request, Response> messages) {
  return Served(Handler<Request, WireReply>(), std::move(messages));
}

// Requests and replies as bytes: those that most calls ask are put together without messages, and bytes that are no
// request get an error that says why.
using Api = v1::TerminologyService;
using Raw = Api::WithRawCallbackMethod_Resolve<Api::WithRawCallbackMethod_ResolveBatch<
    Api::WithRawCallbackMethod_ResolveStream<Api::WithRawCallbackMethod_Lookup<Api::WithRawCallbackMethod_ValidateCode<
        Api::WithRawCallbackMethod_Subsumes<Api::WithRawCallbackMethod_ListReleases<Api::Service>>>>>>>;

class TerminologyCalls final : public Raw {
 public:
  TerminologyCalls(TerminologyHandlers handlers, Calls& calls)
      : calls_(calls),
        resolve_(Served(std::move(handlers.resolve_wire), std::move(handlers.resolve))),
        resolve_batch_(Served(std::move(handlers.resolve_batch_wire), std::move(handlers.resolve_batch))),
        // Each message of a stream is a question of its own; the stream itself is guarded when it begins.
        resolve_in_stream_(handlers.resolve_in_stream_wire ? std::move(handlers.resolve_in_stream_wire)
                                                           : InWireFormat(std::move(handlers.resolve_in_stream))),
        lookup_(Served(std::move(handlers.lookup))),
        validate_code_(Served(std::move(handlers.validate_code))),
        subsumes_(Served(std::move(handlers.subsumes))),
        list_releases_(Served(std::move(handlers.list_releases))),
        worker_(std::max(1U, std::thread::hardware_concurrency()), kMostBatchesWaiting) {}

  grpc::ServerUnaryReactor* Resolve(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override {
    return AnswerUnary(calls_, *context, "/nosograph.v1.TerminologyService/Resolve", resolve_, *request, response);
  }
  grpc::ServerUnaryReactor* ResolveBatch(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override {
    return AnswerOnWorker(calls_, *context, "/nosograph.v1.TerminologyService/ResolveBatch", resolve_batch_, *request,
                          response, worker_);
  }
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ResolveStream(
      grpc::CallbackServerContext* context) override {
    return BeginStream(calls_, std::make_shared<ResolveStreamCall>(calls_, *context, resolve_in_stream_));
  }
  grpc::ServerUnaryReactor* Lookup(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override {
    return AnswerUnary(calls_, *context, "/nosograph.v1.TerminologyService/Lookup", lookup_, *request, response);
  }
  grpc::ServerUnaryReactor* ValidateCode(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override {
    return AnswerUnary(calls_, *context, "/nosograph.v1.TerminologyService/ValidateCode", validate_code_, *request,
                       response);
  }
  grpc::ServerUnaryReactor* Subsumes(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override {
    return AnswerUnary(calls_, *context, "/nosograph.v1.TerminologyService/Subsumes", subsumes_, *request, response);
  }
  grpc::ServerUnaryReactor* ListReleases(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override {
    return AnswerUnary(calls_, *context, "/nosograph.v1.TerminologyService/ListReleases", list_releases_, *request,
                       response);
  }

 private:
  Calls& calls_;
  const Handler<v1::ResolveRequest, WireReply> resolve_;
  const Handler<v1::ResolveBatchRequest, WireReply> resolve_batch_;
  const Handler<v1::ResolveRequest, WireReply> resolve_in_stream_;
  const Handler<v1::LookupRequest, WireReply> lookup_;
  const Handler<v1::ValidateCodeRequest, WireReply> validate_code_;
  const Handler<v1::SubsumesRequest, WireReply> subsumes_;
  const Handler<v1::ListReleasesRequest, WireReply> list_releases_;
  Worker worker_;  // the last: ends before what its work uses
};

}  // namespace

std::unique_ptr<grpc::Service> NewTerminologyCalls(TerminologyHandlers handlers, Calls& calls) {
  return std::make_unique<TerminologyCalls>(std::move(handlers), calls);
}

}  // namespace nosograph::service
