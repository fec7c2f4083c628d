#include "service/grpc/terminology_calls.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "nosograph/v1/terminology.grpc.pb.h"

namespace nosograph::service {
namespace {

// One answer a request, in order. The next request is read when the answer before is out, so that a client that does
// not read holds up itself alone. When the service stops, a stream ends at once, or after the answer that is under way.
class ResolveReactor final : public grpc::ServerBidiReactor<v1::ResolveRequest, v1::ResolveStreamResponse>,
                             public IdleStream {
 public:
  using StreamHandler = Handler<v1::ResolveRequest, v1::ResolveStreamResponse>;

  ResolveReactor(Calls& calls, const grpc::CallbackServerContext& context, const StreamHandler& handler)
      : calls_(calls),
        scope_(calls, context, "/nosograph.v1.TerminologyService/ResolveStream"),
        context_(context, calls.rules()),
        handler_(handler) {}

  // Keeps itself until the call is done.
  void Begin(std::shared_ptr<ResolveReactor> self) {
    self_ = std::move(self);
    if (!scope_.admission().ok()) return End(scope_.admission());
    if (const absl::Status role = CheckRole(Role::kReader, context_); !role.ok()) return End(ToGrpc(role));
    Read();
  }
  void EndIfIdle() override {
    if (gate_.EndIfWaiting()) FinishWith(Stopping());
  }

  void OnCancel() override { scope_.SetCode(grpc::StatusCode::CANCELLED); }
  void OnReadDone(bool ok) override {
    if (!gate_.Go()) return;
    if (!ok) return End(grpc::Status::OK);  // the client has no more, or is gone
    response_.Clear();
    const absl::Status status = handler_(context_, request_, &response_);
    if (!status.ok()) return End(ToGrpc(status));
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override { ok ? Read() : End(grpc::Status::OK); }
  void OnDone() override {
    scope_.End();
    self_.reset();
  }

 private:
  void Read() {
    if (!gate_.Wait(calls_, [this] { StartRead(&request_); })) End(Stopping());
  }
  void End(const grpc::Status& status) {
    if (gate_.End()) FinishWith(status);
  }
  void FinishWith(const grpc::Status& status) {
    scope_.SetCode(status.error_code());
    Finish(status);
  }

  Calls& calls_;
  CallScope scope_;
  const WireCallContext context_;
  const StreamHandler& handler_;
  std::shared_ptr<ResolveReactor> self_;
  StreamGate gate_;
  v1::ResolveRequest request_;
  v1::ResolveStreamResponse response_;
};

TerminologyHandlers Guarded(TerminologyHandlers handlers) {
  handlers.resolve = Guarded(Role::kReader, std::move(handlers.resolve));
  handlers.resolve_batch = Guarded(Role::kReader, std::move(handlers.resolve_batch));
  handlers.lookup = Guarded(Role::kReader, std::move(handlers.lookup));
  handlers.validate_code = Guarded(Role::kReader, std::move(handlers.validate_code));
  handlers.subsumes = Guarded(Role::kReader, std::move(handlers.subsumes));
  handlers.list_releases = Guarded(Role::kReader, std::move(handlers.list_releases));
  return handlers;  // each message of a stream is a question of its own; the stream itself is guarded when it begins
}

class TerminologyCalls final : public v1::TerminologyService::CallbackService {
 public:
  TerminologyCalls(TerminologyHandlers handlers, Calls& calls)
      : calls_(calls), handlers_(Guarded(std::move(handlers))) {}

  grpc::ServerUnaryReactor* Resolve(grpc::CallbackServerContext* context, const v1::ResolveRequest* request,
                                    v1::ResolveResponse* response) override {
    return AnswerUnary(calls_, *context, "/nosograph.v1.TerminologyService/Resolve", handlers_.resolve, *request,
                       response);
  }
  grpc::ServerUnaryReactor* ResolveBatch(grpc::CallbackServerContext* context, const v1::ResolveBatchRequest* request,
                                         v1::ResolveBatchResponse* response) override {
    return AnswerUnary(calls_, *context, "/nosograph.v1.TerminologyService/ResolveBatch", handlers_.resolve_batch,
                       *request, response);
  }
  grpc::ServerBidiReactor<v1::ResolveRequest, v1::ResolveStreamResponse>* ResolveStream(
      grpc::CallbackServerContext* context) override {
    auto reactor = std::make_shared<ResolveReactor>(calls_, *context, handlers_.resolve_in_stream);
    calls_.Add(reactor);
    reactor->Begin(reactor);
    return reactor.get();
  }
  grpc::ServerUnaryReactor* Lookup(grpc::CallbackServerContext* context, const v1::LookupRequest* request,
                                   v1::LookupResponse* response) override {
    return AnswerUnary(calls_, *context, "/nosograph.v1.TerminologyService/Lookup", handlers_.lookup, *request,
                       response);
  }
  grpc::ServerUnaryReactor* ValidateCode(grpc::CallbackServerContext* context, const v1::ValidateCodeRequest* request,
                                         v1::ValidateCodeResponse* response) override {
    return AnswerUnary(calls_, *context, "/nosograph.v1.TerminologyService/ValidateCode", handlers_.validate_code,
                       *request, response);
  }
  grpc::ServerUnaryReactor* Subsumes(grpc::CallbackServerContext* context, const v1::SubsumesRequest* request,
                                     v1::SubsumesResponse* response) override {
    return AnswerUnary(calls_, *context, "/nosograph.v1.TerminologyService/Subsumes", handlers_.subsumes, *request,
                       response);
  }
  grpc::ServerUnaryReactor* ListReleases(grpc::CallbackServerContext* context, const v1::ListReleasesRequest* request,
                                         v1::ListReleasesResponse* response) override {
    return AnswerUnary(calls_, *context, "/nosograph.v1.TerminologyService/ListReleases", handlers_.list_releases,
                       *request, response);
  }

 private:
  Calls& calls_;
  const TerminologyHandlers handlers_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewTerminologyCalls(TerminologyHandlers handlers, Calls& calls) {
  return std::make_unique<TerminologyCalls>(std::move(handlers), calls);
}

}  // namespace nosograph::service
