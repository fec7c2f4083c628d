// What the services of a server share: calls that are counted, admitted, logged and let finish.
//
// Thread-safe.
//
//   CallScope scope(calls, context, "/package.Service/Method");
//   if (!scope.admission().ok()) ...
//   scope.End();
#ifndef NOSOGRAPH_SERVICE_GRPC_CALLS_H_
#define NOSOGRAPH_SERVICE_GRPC_CALLS_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "service/grpc/call_context.h"
#include "service/grpc/call_log.h"
#include "service/grpc/deadline.h"
#include "service/grpc/error_details.h"
#include "service/grpc/identity.h"
#include "service/grpc/wire_reply.h"
#include "service/metrics.h"
#include "service/weak_list.h"

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

  void Add(const std::shared_ptr<IdleStream>& stream) { streams_.Add(stream); }

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
  WeakList<IdleStream> streams_;
};

// The status of calls that a service which stops refuses.
grpc::Status Stopping();
// The status of calls that come while too many wait.
const grpc::Status& Overloaded();

// Whether a call is told when its caller goes before it is answered; for what is answered at once that is not worth its
// cost.
enum class Ending { kUnseen, kSeen };

// What a handler may know of a call over the wire. Lives no longer than the call.
class WireCallContext final : public CallContext {
 public:
  // `ending` is whether the context says truly that the caller has gone.
  WireCallContext(const grpc::ServerContextBase& context, const Calls& calls, Ending ending)
      : context_(context), calls_(calls), ending_(ending) {}

  absl::Status Check() const override;
  Role role() const override {
    return calls_.with_tls() ? RoleOf(calls_.rules(), *context_.auth_context()) : calls_.rules().anonymous;
  }
  std::string caller() const override;

 private:
  const grpc::ServerContextBase& context_;
  const Calls& calls_;
  const Ending ending_;
};

// From a call's first moment to its last: counted, and told to log and metrics.
class CallScope {
 public:
  // `method` is "/package.Service/Method" and must outlive this.
  CallScope(Calls& calls, const grpc::ServerContextBase& context, absl::string_view method);
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  // OK, or what the call ends with at once.
  const grpc::Status& admission() const { return admission_; }
  void SetCode(grpc::StatusCode code) { code_ = code; }
  // Once, when the call is over.
  void End();

 private:
  Calls& calls_;
  const grpc::ServerContextBase& context_;
  const absl::string_view method_;
  const absl::Time begin_;
  std::atomic<int> code_{0};  // set by who answers, or by who hears that the caller has gone
  const grpc::Status admission_;
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

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_CALLS_H_
