// What the services of a server share: calls that are counted, admitted, logged and let finish.
//
// Particular to gRPC's callback API, as are terminology_calls and catalogue_calls; handlers do not know it.
// Thread-safe.
//
//   grpc::ServerUnaryReactor* Resolve(...) override {
//     return AnswerUnary(calls_, *context, kMethod, handlers_.resolve, *request, response);
//   }
#ifndef NOSOGRAPH_SERVICE_GRPC_CALLS_H_
#define NOSOGRAPH_SERVICE_GRPC_CALLS_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "service/grpc/call_context.h"
#include "service/grpc/call_log.h"
#include "service/grpc/deadline.h"
#include "service/grpc/error_details.h"
#include "service/grpc/identity.h"
#include "service/grpc/parse_request.h"
#include "service/grpc/wire_reply.h"
#include "service/long_work.h"
#include "service/metrics.h"

namespace nosograph::service {

// A stream that waits for its client or for news, which must not hold the end of the service.
class IdleStream {
 public:
  virtual ~IdleStream() = default;
  // Ends it if it waits; one that is at work sees by itself that the service stops.
  virtual void EndIfIdle() = 0;
};

class Calls {
 public:
  // `log` and `metrics` may be null, and must outlive this. `most` is how many calls may run at once; 0: any number.
  Calls(RoleRules rules, bool with_tls, CallLog* log, CallMetrics* metrics, int most);

  const RoleRules& rules() const { return rules_; }
  bool with_tls() const { return with_tls_; }
  CallLog* log() const { return log_; }
  CallMetrics* metrics() const { return metrics_; }
  bool closed() const { return closed_; }

  // Counts a call until it leaves; OK when it may be answered, else the status that it ends with.
  grpc::Status Enter();
  void Leave();

  void Add(const std::shared_ptr<IdleStream>& stream);

  // New calls are refused from now on, with a status that clients retry elsewhere, and idle streams end.
  void Close();
  void WaitForNone(absl::Duration patience);

 private:
  const RoleRules rules_;
  const bool with_tls_;
  CallLog* const log_;
  CallMetrics* const metrics_;
  const int most_;
  const grpc::Status over_most_;
  std::atomic<bool> closed_{false};
  std::atomic<int> running_{0};
  std::mutex mutex_;
  std::condition_variable none_;
  std::vector<std::weak_ptr<IdleStream>> streams_;
};

// The status of calls that a service which stops refuses.
grpc::Status Stopping();
// The status of calls that come while too many wait.
const grpc::Status& Overloaded();

// What a handler may know of a call over the wire. Lives no longer than the call.
class WireCallContext final : public CallContext {
 public:
  WireCallContext(const grpc::CallbackServerContext& context, const Calls& calls) : context_(context), calls_(calls) {}

  absl::Status Check() const override;
  Role role() const override {
    return calls_.with_tls() ? RoleOf(calls_.rules(), *context_.auth_context()) : calls_.rules().anonymous;
  }
  std::string caller() const override;

 private:
  const grpc::CallbackServerContext& context_;
  const Calls& calls_;
};

// From a call's first moment to its last: counted, and told to log and metrics.
class CallScope {
 public:
  // `method` is "/package.Service/Method" and must outlive this.
  CallScope(Calls& calls, const grpc::CallbackServerContext& context, absl::string_view method);
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  // OK, or what the call ends with at once.
  const grpc::Status& admission() const { return admission_; }
  void SetCode(grpc::StatusCode code) { code_ = code; }
  // Once, when the call is over.
  void End();

 private:
  Calls& calls_;
  const grpc::CallbackServerContext& context_;
  const absl::string_view method_;
  const absl::Time begin_;
  std::atomic<int> code_{0};  // set by who answers, or by who hears that the caller has gone
  const grpc::Status admission_;
};

// Counts a call until its reply is out; deletes itself then.
class UnaryReactor final : public grpc::ServerUnaryReactor {
 public:
  UnaryReactor(Calls& calls, const grpc::CallbackServerContext& context, absl::string_view method)
      : scope_(calls, context, method) {}

  const grpc::Status& admission() const { return scope_.admission(); }
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

// What holds for every method, one decorator a concern.
template <typename Request, typename Response>
Handler<Request, Response> Guarded(Role needed, Handler<Request, Response> handler) {
  return WithRole(needed, WithDeadline(std::move(handler)));
}

// The same handler, its answer in wire format.
template <typename Request, typename Response>
Handler<Request, WireReply> InWireFormat(Handler<Request, Response> next) {
  return [next = std::move(next)](const CallContext& context, const Request& request, WireReply* reply) {
    Response response;
    absl::Status status = next(context, request, &response);
    if (status.ok()) reply->Set(response);
    return status;
  };
}

// Reads the request and answers it; the status that the call ends with.
template <typename Request>
absl::Status Answer(Calls& calls, const grpc::CallbackServerContext& context,
                    const Handler<Request, WireReply>& handler, const grpc::ByteBuffer& request_bytes,
                    grpc::ByteBuffer* response) {
  thread_local Request request;  // keeps its room from call to call
  absl::Status status = ParseRequest(request_bytes, &request);
  if (status.ok()) {
    WireReply reply;
    status = handler(WireCallContext(context, calls), request, &reply);
    if (status.ok()) *response = reply.Take();
  }
  return status;
}

// Answers on the thread that took the call.
template <typename Request>
grpc::ServerUnaryReactor* AnswerUnary(Calls& calls, const grpc::CallbackServerContext& context,
                                      absl::string_view method, const Handler<Request, WireReply>& handler,
                                      const grpc::ByteBuffer& request, grpc::ByteBuffer* response) {
  auto* reactor = new UnaryReactor(calls, context, method);  // deletes itself when the call is done
  if (reactor->admission().ok()) {
    reactor->FinishWith(ToGrpc(Answer(calls, context, handler, request, response)));
  } else {
    reactor->FinishWith(reactor->admission());
  }
  return reactor;
}

// Answers in `work`, so that those that take calls can go on; what it does not take is refused at once.
template <typename Request>
grpc::ServerUnaryReactor* AnswerInLongWork(Calls& calls, const grpc::CallbackServerContext& context,
                                           absl::string_view method, const Handler<Request, WireReply>& handler,
                                           const grpc::ByteBuffer& request, grpc::ByteBuffer* response,
                                           LongWork& work) {
  auto* reactor = new UnaryReactor(calls, context, method);  // deletes itself when the call is done
  if (!reactor->admission().ok()) {
    reactor->FinishWith(reactor->admission());
  } else if (!work.Do([&calls, &context, &handler, &request, response, reactor] {
               absl::Status status = Answer(calls, context, handler, request, response);
               return [reactor, status = std::move(status)] { reactor->FinishWith(ToGrpc(status)); };
             })) {
    reactor->FinishWith(Overloaded());
  }
  return reactor;
}

// Of a stream: whether it waits, so that it may be ended from outside, and whether its end has been said. Thread-safe.
class StreamGate {
 public:
  // Waits from now on, for what `start` begins; false where the end has been said, or the service stops, and then the
  // caller has to say it.
  template <typename Start>
  bool Wait(const Calls& calls, Start start) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (ended_ || calls.closed()) return false;
    waiting_ = true;
    start();
    return true;
  }
  // What it waited for has come; false where the end has been said meanwhile.
  bool Go() {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting_ = false;
    return !ended_;
  }
  // Whether the caller is the one to say the end.
  bool End() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return !std::exchange(ended_, true);
  }
  bool EndIfWaiting() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return waiting_ && !std::exchange(ended_, true);
  }

 private:
  std::mutex mutex_;
  bool waiting_ = false;
  bool ended_ = false;
};

// What every stream has: it is admitted, its caller's role is looked at, it ends once, and keeps itself until the call
// is done. `Reactor` is the library's for its kind of stream. Made by std::make_shared and begun by BeginStream.
template <typename Reactor>
class StreamCall : public Reactor, public IdleStream {
 public:
  StreamCall(Calls& calls, const grpc::CallbackServerContext& context, absl::string_view method, Role needed)
      : calls_(calls), scope_(calls, context, method), context_(context, calls), needed_(needed) {}

  void Begin(std::shared_ptr<StreamCall> self) {
    self_ = std::move(self);
    if (!scope_.admission().ok()) return End(scope_.admission());
    if (const absl::Status role = CheckRole(needed_, context_); !role.ok()) return End(ToGrpc(role));
    Start();
  }
  void EndIfIdle() override { EndIfWaiting(Stopping()); }

  void OnCancel() override { scope_.SetCode(grpc::StatusCode::CANCELLED); }
  void OnDone() override {
    scope_.End();
    self_.reset();
  }

 protected:
  virtual void Start() = 0;

  const WireCallContext& context() const { return context_; }
  // Waits for what `start` begins; false where the stream has to end instead, since the service stops.
  template <typename Begin>
  bool TryWait(Begin start) {
    return gate_.Wait(calls_, start);
  }
  // The same, and ends it.
  template <typename Begin>
  void Wait(Begin start) {
    if (!TryWait(start)) End(Stopping());
  }
  // What it waited for has come; false where the stream has ended meanwhile.
  bool Go() { return gate_.Go(); }
  void End(const grpc::Status& status) {
    if (gate_.End()) FinishWith(status);
  }
  void EndIfWaiting(const grpc::Status& status) {
    if (gate_.EndIfWaiting()) FinishWith(status);
  }

 private:
  void FinishWith(const grpc::Status& status) {
    scope_.SetCode(status.error_code());
    this->Finish(status);
  }

  Calls& calls_;
  CallScope scope_;
  const WireCallContext context_;
  const Role needed_;
  std::shared_ptr<StreamCall> self_;
  StreamGate gate_;
};

template <typename Stream>
Stream* BeginStream(Calls& calls, const std::shared_ptr<Stream>& stream) {
  calls.Add(stream);
  stream->Begin(stream);
  return stream.get();
}

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_CALLS_H_
