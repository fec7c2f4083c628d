#include "service/grpc/server.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "nosograph/v1/terminology.grpc.pb.h"
#include "service/grpc/deadline.h"
#include "service/grpc/error_details.h"
#include "service/grpc/identity.h"
#include "service/grpc/listen_address.h"
#include "terminology/base/status_macros.h"

namespace nosograph::service {
namespace {

// Once no call runs, this is how long connections without one are waited for.
constexpr std::chrono::milliseconds kIdleConnections(250);

// What a handler may know of a call over the wire.
class WireCallContext final : public CallContext {
 public:
  WireCallContext(const grpc::CallbackServerContext& context, const RoleRules& rules)
      : context_(context), rules_(rules) {}

  absl::Status Check() const override {
    if (context_.deadline() < std::chrono::system_clock::now()) {
      return absl::DeadlineExceededError("the deadline has passed; give the call more time, or ask for less");
    }
    if (context_.IsCancelled()) return absl::CancelledError("the caller has gone");
    return absl::OkStatus();
  }
  Role role() const override { return RoleOf(rules_, *context_.auth_context()); }

 private:
  const grpc::CallbackServerContext& context_;
  const RoleRules& rules_;
};

// How many calls have begun and not ended.
class CallCounter {
 public:
  void Begin() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++running_;
  }
  void End() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (--running_ == 0) none_.notify_all();
  }
  void WaitForNone(absl::Duration patience) {
    std::unique_lock<std::mutex> lock(mutex_);
    none_.wait_for(lock, absl::ToChronoNanoseconds(patience), [this] { return running_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  int running_ = 0;
};

// From a call's first moment to its last: counted, and told to the log.
class CallScope {
 public:
  CallScope(CallCounter& calls, const CallLog* log, const grpc::CallbackServerContext& context,
            absl::string_view method)
      : calls_(calls), log_(log), record_{.method = method, .at = absl::Now()} {
    calls_.Begin();
    if (log_ == nullptr || !log_->Wants(grpc::StatusCode::UNKNOWN)) return;  // it wants to hear of none
    record_.peer = context.peer();
    const auto trace = context.client_metadata().find("traceparent");
    if (trace == context.client_metadata().end()) return;
    record_.trace = ReadTraceParent({trace->second.data(), trace->second.size()});
  }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  void SetCode(grpc::StatusCode code) { record_.code = code; }
  // At most once, when the call is over; cancelled when its client did not wait for the end.
  void End() {
    if (log_ != nullptr && log_->Wants(record_.code)) {
      record_.duration = absl::Now() - record_.at;
      log_->Write(record_);
    }
    calls_.End();
  }

 private:
  CallCounter& calls_;
  const CallLog* const log_;
  CallRecord record_;
};

// Counts a call until its reply is out.
class CountedReactor final : public grpc::ServerUnaryReactor {
 public:
  CountedReactor(CallCounter& calls, const CallLog* log, const grpc::CallbackServerContext& context,
                 absl::string_view method)
      : scope_(calls, log, context, method) {}
  void FinishWith(const grpc::Status& status) {
    scope_.SetCode(status.error_code());
    Finish(status);
  }
  void OnCancel() override { scope_.SetCode(grpc::StatusCode::CANCELLED); }
  void OnDone() override {
    scope_.End();
    delete this;
  }

 private:
  CallScope scope_;
};

grpc::Status Stopping() { return {grpc::StatusCode::UNAVAILABLE, "the service is stopping; ask another"}; }

// One answer a request, in order. The next request is read when the answer before is out, so that a client that does
// not read holds up itself alone. When the service stops, a stream ends at once, or after the answer that is under way.
class StreamReactor final : public grpc::ServerBidiReactor<v1::ResolveRequest, v1::ResolveStreamResponse> {
 public:
  using StreamHandler = Handler<v1::ResolveRequest, v1::ResolveStreamResponse>;

  StreamReactor(CallCounter& calls, const CallLog* log, const grpc::CallbackServerContext& context,
                const std::atomic<bool>& closed, const RoleRules& rules, const StreamHandler& handler)
      : scope_(calls, log, context, "/nosograph.v1.TerminologyService/ResolveStream"),
        context_(context, rules),
        closed_(closed),
        handler_(handler) {}

  // Keeps itself until the call is done.
  void Begin(std::shared_ptr<StreamReactor> self) {
    self_ = std::move(self);
    if (const absl::Status role = CheckRole(Role::kReader, context_); !role.ok()) return End(ToGrpc(role));
    Read();
  }
  void OnCancel() override { scope_.SetCode(grpc::StatusCode::CANCELLED); }

  // Ends a stream that waits for its client; one that is at work sees by itself that the service stops.
  void EndIfIdle() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!reading_ || finished_) return;
      finished_ = true;
    }
    scope_.SetCode(grpc::StatusCode::UNAVAILABLE);
    Finish(Stopping());
  }

  void OnReadDone(bool ok) override {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      reading_ = false;
      if (finished_) return;
    }
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
    bool stopping = false;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping = closed_;
      reading_ = !stopping;
      if (reading_) StartRead(&request_);  // before EndIfIdle can see that we read
    }
    if (stopping) End(Stopping());
  }
  void End(const grpc::Status& status) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      finished_ = true;
    }
    scope_.SetCode(status.error_code());
    Finish(status);
  }

  CallScope scope_;
  const WireCallContext context_;
  const std::atomic<bool>& closed_;
  const StreamHandler& handler_;
  std::shared_ptr<StreamReactor> self_;
  std::mutex mutex_;
  bool reading_ = false;
  bool finished_ = false;
  v1::ResolveRequest request_;
  v1::ResolveStreamResponse response_;
};

// What holds for every method, one decorator a concern.
template <typename Request, typename Response>
Handler<Request, Response> Guarded(Handler<Request, Response> handler) {
  return WithRole(Role::kReader, WithDeadline(std::move(handler)));
}

TerminologyHandlers Guarded(TerminologyHandlers handlers) {
  handlers.resolve = Guarded(std::move(handlers.resolve));
  handlers.resolve_batch = Guarded(std::move(handlers.resolve_batch));
  handlers.lookup = Guarded(std::move(handlers.lookup));
  handlers.validate_code = Guarded(std::move(handlers.validate_code));
  handlers.subsumes = Guarded(std::move(handlers.subsumes));
  handlers.list_releases = Guarded(std::move(handlers.list_releases));
  return handlers;  // each message of a stream is a question of its own; the stream itself is guarded when it begins
}

class TerminologyCallbackService final : public v1::TerminologyService::CallbackService {
 public:
  TerminologyCallbackService(TerminologyHandlers handlers, const CallLog* log, RoleRules rules)
      : log_(log), rules_(std::move(rules)), handlers_(Guarded(std::move(handlers))) {}

  grpc::ServerUnaryReactor* Resolve(grpc::CallbackServerContext* context, const v1::ResolveRequest* request,
                                    v1::ResolveResponse* response) override {
    return Answer(*context, "/nosograph.v1.TerminologyService/Resolve", handlers_.resolve, *request, response);
  }
  grpc::ServerUnaryReactor* ResolveBatch(grpc::CallbackServerContext* context, const v1::ResolveBatchRequest* request,
                                         v1::ResolveBatchResponse* response) override {
    return Answer(*context, "/nosograph.v1.TerminologyService/ResolveBatch", handlers_.resolve_batch, *request,
                  response);
  }

  grpc::ServerBidiReactor<v1::ResolveRequest, v1::ResolveStreamResponse>* ResolveStream(
      grpc::CallbackServerContext* context) override {
    auto reactor =
        std::make_shared<StreamReactor>(calls_, log_, *context, closed_, rules_, handlers_.resolve_in_stream);
    {
      const std::lock_guard<std::mutex> lock(streams_mutex_);
      streams_.erase(std::remove_if(streams_.begin(), streams_.end(), [](const auto& s) { return s.expired(); }),
                     streams_.end());
      streams_.push_back(reactor);
    }
    reactor->Begin(reactor);
    return reactor.get();
  }
  grpc::ServerUnaryReactor* Lookup(grpc::CallbackServerContext* context, const v1::LookupRequest* request,
                                   v1::LookupResponse* response) override {
    return Answer(*context, "/nosograph.v1.TerminologyService/Lookup", handlers_.lookup, *request, response);
  }
  grpc::ServerUnaryReactor* ValidateCode(grpc::CallbackServerContext* context, const v1::ValidateCodeRequest* request,
                                         v1::ValidateCodeResponse* response) override {
    return Answer(*context, "/nosograph.v1.TerminologyService/ValidateCode", handlers_.validate_code, *request,
                  response);
  }
  grpc::ServerUnaryReactor* Subsumes(grpc::CallbackServerContext* context, const v1::SubsumesRequest* request,
                                     v1::SubsumesResponse* response) override {
    return Answer(*context, "/nosograph.v1.TerminologyService/Subsumes", handlers_.subsumes, *request, response);
  }
  grpc::ServerUnaryReactor* ListReleases(grpc::CallbackServerContext* context, const v1::ListReleasesRequest* request,
                                         v1::ListReleasesResponse* response) override {
    return Answer(*context, "/nosograph.v1.TerminologyService/ListReleases", handlers_.list_releases, *request,
                  response);
  }

  CallCounter& calls() { return calls_; }
  // New calls are refused from now on, with a status that clients retry elsewhere.
  void Close() {
    closed_ = true;
    std::vector<std::weak_ptr<StreamReactor>> streams;
    {
      const std::lock_guard<std::mutex> lock(streams_mutex_);
      streams.swap(streams_);
    }
    for (const std::weak_ptr<StreamReactor>& stream : streams) {
      if (const std::shared_ptr<StreamReactor> open = stream.lock()) open->EndIfIdle();
    }
  }

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Answer(const grpc::CallbackServerContext& context, absl::string_view method,
                                   const Handler<Request, Response>& handler, const Request& request,
                                   Response* response) {
    auto* reactor = new CountedReactor(calls_, log_, context, method);  // deletes itself when the call is done
    // Counted first: a call that finds the door open is waited for.
    reactor->FinishWith(closed_ ? Stopping() : ToGrpc(handler(WireCallContext(context, rules_), request, response)));
    return reactor;
  }

  CallCounter calls_;
  const CallLog* const log_;
  const RoleRules rules_;
  std::atomic<bool> closed_{false};
  std::mutex streams_mutex_;
  std::vector<std::weak_ptr<StreamReactor>> streams_;
  const TerminologyHandlers handlers_;
};

class GrpcServer final : public Server {
 public:
  GrpcServer(ListenAddress address, const ServerOptions& options, TerminologyHandlers handlers)
      : address_(std::move(address)),
        credentials_(options.credentials ? options.credentials : grpc::InsecureServerCredentials()),
        service_(std::move(handlers), options.log, options.roles) {}
  ~GrpcServer() override {
    if (server_) Drain({.notice = absl::ZeroDuration(), .patience = absl::ZeroDuration()});
  }

  absl::Status Listen() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(address_.Text(address_.port), credentials_, &port);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // else a second server on the port would start too
    builder.RegisterService(&service_);
    // A port in use is told by the status; the library would print its own lines before.
    gpr_set_log_function([](gpr_log_func_args* /*line*/) {});
    server_ = builder.BuildAndStart();
    gpr_set_log_function(nullptr);
    if (!server_ || port == 0) {
      if (server_) server_->Shutdown();
      server_.reset();
      return absl::UnavailableError(absl::StrCat("cannot listen on ", address_.Text(address_.port),
                                                 ": the port is in use or not allowed, or the address is not this "
                                                 "machine's; choose another port, or 0 for a free one"));
    }
    port_ = port;
    SetServing(true);
    return absl::OkStatus();
  }

  std::string address() const override { return address_.Text(port_); }

  void Drain(const DrainTimes& times) override {
    SetServing(false);
    absl::SleepFor(times.notice);
    service_.Close();
    service_.calls().WaitForNone(times.patience);
    server_->Shutdown(std::chrono::system_clock::now() + kIdleConnections);
    server_->Wait();
    server_.reset();
  }

 private:
  void SetServing(bool serving) {
    grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
    health->SetServingStatus(serving);  // the server as a whole, and each service named so far
    health->SetServingStatus(v1::TerminologyService::service_full_name(), serving);
  }

  const ListenAddress address_;
  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  TerminologyCallbackService service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, TerminologyHandlers handlers) {
  const bool beyond = options.credentials != nullptr || options.plaintext_beyond_loopback;
  ASSIGN_OR_RETURN(ListenAddress listen,
                   ReadListenAddress(options.address, beyond ? Reach::kAnywhere : Reach::kLoopback));
  auto server = std::make_unique<GrpcServer>(std::move(listen), options, std::move(handlers));
  RETURN_IF_ERROR(server->Listen());
  return server;
}

}  // namespace nosograph::service
