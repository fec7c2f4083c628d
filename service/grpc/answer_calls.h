// How calls are answered: at once by the thread that took them, by long work, or as streams.
//
// Thread-safe.
//
//   service.AddUnary(kPath, Ending::kUnseen,
//                    [this](UnaryCall& call) { AnswerUnary(calls_, kPath, handlers_.resolve, call); });
#ifndef NOSOGRAPH_SERVICE_GRPC_ANSWER_CALLS_H_
#define NOSOGRAPH_SERVICE_GRPC_ANSWER_CALLS_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "service/grpc/call_queues.h"
#include "service/grpc/calls.h"
#include "service/grpc/error_details.h"
#include "service/grpc/identity.h"
#include "service/grpc/parse_request.h"
#include "service/grpc/wire_reply.h"
#include "service/long_work.h"

namespace nosograph::service {

// Reads the request and answers it; the status that the call ends with.
template <typename Request>
absl::Status Answer(Calls& calls, const Handler<Request, WireReply>& handler, UnaryCall& call) {
  thread_local Request request;  // keeps its room from call to call
  absl::Status status = ParseRequest(call.request(), &request);
  if (status.ok()) {
    WireReply reply;
    status = handler(WireCallContext(call.context(), calls, call.ending()), request, &reply);
    if (status.ok()) call.reply() = reply.Take();
  }
  return status;
}

// Answers on the thread that took the call.
template <typename Request>
void AnswerUnary(Calls& calls, const char* method, const Handler<Request, WireReply>& handler, UnaryCall& call) {
  const grpc::Status& admission = call.Enter(calls, method);
  call.Finish(admission.ok() ? ToGrpc(Answer(calls, handler, call)) : admission);
}

// Answers in `work`, so that those that take calls can go on; what it does not take is refused at once.
template <typename Request>
void AnswerInLongWork(Calls& calls, const char* method, const Handler<Request, WireReply>& handler, UnaryCall& call,
                      LongWork& work) {
  const grpc::Status& admission = call.Enter(calls, method);
  if (!admission.ok()) {
    call.Finish(admission);
  } else if (!work.Do([&calls, &handler, &call] {
               absl::Status status = Answer(calls, handler, call);
               return [&call, status = std::move(status)] { call.Finish(ToGrpc(status)); };
             })) {
    call.Finish(Overloaded());
  }
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

// What every stream has: it is admitted, its caller's role is looked at, it ends once. Made by std::make_shared and
// kept by its wire; CallService::Begin is told by BeginStream.
class StreamCall : public StreamReactor, public IdleStream {
 public:
  StreamCall(Calls& calls, StreamWire& wire, absl::string_view method, Role needed)
      : calls_(calls),
        wire_(wire),
        scope_(calls, wire.context(), method),
        context_(wire.context(), calls, Ending::kSeen),
        needed_(needed) {}

  void Begin() override {
    if (!scope_.admission().ok()) return End(scope_.admission());
    if (const absl::Status role = CheckRole(needed_, context_); !role.ok()) return End(ToGrpc(role));
    Start();
  }
  void EndIfIdle() override { EndIfWaiting(Stopping()); }

  void OnCancel() override { scope_.SetCode(grpc::StatusCode::CANCELLED); }
  void OnDone() override { scope_.End(); }

 protected:
  virtual void Start() = 0;

  const WireCallContext& context() const { return context_; }
  StreamWire& wire() { return wire_; }
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
    if (gate_.End()) Finish(status);
  }
  // With the one reply of a stream of requests.
  void EndWith(const grpc::ByteBuffer& reply) {
    if (gate_.End()) wire_.FinishWith(reply, grpc::Status::OK);
  }
  void EndIfWaiting(const grpc::Status& status) {
    if (gate_.EndIfWaiting()) Finish(status);
  }

 private:
  void Finish(const grpc::Status& status) {
    scope_.SetCode(status.error_code());
    wire_.Finish(status);
  }

  Calls& calls_;
  StreamWire& wire_;
  CallScope scope_;
  const WireCallContext context_;
  const Role needed_;
  StreamGate gate_;
};

template <typename Stream>
std::shared_ptr<Stream> BeginStream(Calls& calls, std::shared_ptr<Stream> stream) {
  calls.Add(stream);
  return stream;
}

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_ANSWER_CALLS_H_
