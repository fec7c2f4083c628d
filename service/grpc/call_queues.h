// Calls taken from gRPC's completion queues, one queue and one thread a processor.
//
// The library's callback style would be shorter, and costs a fifth more of a processor a call (gRPC 1.51,
// tests/bench/grpc_bench): its threads wake one another for each event. A thread of any other style that waits beside
// these takes their events and has to wake them, so every service is served from here, health and reflection too.
//
// A service is a CallService: methods by name, each with what answers it. Threads of the queues answer what is short
// themselves; what takes longer goes to threads of its own and is finished from there.
//
//   service.AddUnary("/package.Service/Method", Ending::kUnseen, [](UnaryCall& call) { call.Finish(status); });
//   CallQueues queues;
//   queues.AddTo(builder, {&service});
//   server = builder.BuildAndStart();
//   queues.Run();
//   ...
//   server->Shutdown();
//   queues.End();
#ifndef NOSOGRAPH_SERVICE_GRPC_CALL_QUEUES_H_
#define NOSOGRAPH_SERVICE_GRPC_CALL_QUEUES_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/async_stream.h>
#include <grpcpp/support/async_unary_call.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "service/grpc/calls.h"

namespace nosograph::service {

class CallQueues;
class CallService;

// What a queue gives back when something has been done.
class Completion {
 public:
  Completion() = default;
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;
  virtual ~Completion() = default;
  virtual void Come(bool ok) = 0;
};

// A part of an object, which it tells.
template <typename Owner, void (Owner::*kTell)(bool ok)>
class CompletionOf final : public Completion {
 public:
  explicit CompletionOf(Owner& owner) : owner_(owner) {}
  void Come(bool ok) override { (owner_.*kTell)(ok); }

 private:
  Owner& owner_;
};

// One queue, where calls of all methods are waited for, and its thread. Thread-safe where it does not say otherwise.
class CallQueue {
 public:
  CallQueue(CallQueues& queues, std::unique_ptr<grpc::ServerCompletionQueue> queue)
      : queues_(queues), queue_(std::move(queue)) {}
  grpc::ServerCompletionQueue* get() const { return queue_.get(); }
  CallQueues& queues() const { return queues_; }
  // Has it done once nothing has come that could be done at once, or much has. By the queue's own thread alone.
  void Later(std::function<void()> work) { later_.push_back(std::move(work)); }
  // Does what comes, until the queue has ended.
  void Run();

 private:
  CallQueues& queues_;
  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::deque<std::function<void()>> later_;
};

// From one request to one reply. Thread-safe where it says so.
class UnaryCall final : public Completion {
 public:
  // Waits for the next call of a method.
  UnaryCall(CallService& service, int method, CallQueue& queue);
  ~UnaryCall() override;

  const grpc::ServerContext& context() const { return context_; }
  const grpc::ByteBuffer& request() const { return request_; }
  // Whether the context says truly that the caller has gone.
  Ending ending() const;
  // Room for the reply.
  grpc::ByteBuffer& reply() { return reply_; }
  // Counts it, and tells log and metrics of its end.
  const grpc::Status& Enter(Calls& calls, const char* method) {
    scope_.emplace(calls, context_, method);
    return scope_->admission();
  }
  // Sends the reply where the status is OK. Once; the call may be gone then. Thread-safe.
  void Finish(const grpc::Status& status);

  void Come(bool ok) override;

 private:
  void Ended(bool ok);
  void Release();

  CallService& service_;
  const int method_;
  CallQueue& queue_;
  bool begun_ = false;
  std::atomic<int> left_{1};  // what the queue has still to give back
  grpc::ServerContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer reply_;
  grpc::ServerAsyncResponseWriter<grpc::ByteBuffer> writer_{&context_};
  CompletionOf<UnaryCall, &UnaryCall::Ended> ended_{*this};
  std::optional<CallScope> scope_;
};

// What answers a stream; told one thing after the other of each kind, by any thread.
class StreamReactor {
 public:
  StreamReactor() = default;
  StreamReactor(const StreamReactor&) = delete;
  StreamReactor& operator=(const StreamReactor&) = delete;
  virtual ~StreamReactor() = default;

  virtual void Begin() = 0;
  virtual void OnReadDone(bool /*ok*/) {}
  virtual void OnWriteDone(bool /*ok*/) {}
  // The caller has gone, or was not there to take all.
  virtual void OnCancel() {}
  // Nothing will be told any more; the wire is gone afterwards.
  virtual void OnDone() = 0;
};

// Any number of requests and replies: of methods of all kinds but one to one. Starting is thread-safe; one read and one
// write at a time.
class StreamWire final : public Completion {
 public:
  // Waits for the next call of a method.
  StreamWire(CallService& service, int method, CallQueue& queue);
  ~StreamWire() override;

  const grpc::ServerContext& context() const { return context_; }
  CallQueue& queue() { return queue_; }
  void StartRead(grpc::ByteBuffer* request);
  void StartWrite(const grpc::ByteBuffer& reply);
  // Each call ends with one of these, once.
  void Finish(const grpc::Status& status);
  void FinishWith(const grpc::ByteBuffer& reply, const grpc::Status& status);

  void Come(bool ok) override;

 private:
  void Read(bool ok);
  void Written(bool ok);
  void Finished(bool ok);
  void Ended(bool ok);
  void Release();

  CallService& service_;
  const int method_;
  CallQueue& queue_;
  std::atomic<int> left_{2};  // what the queue has still to give back: at first the end of the call, and its finish
  grpc::ServerContext context_;
  grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer> stream_{&context_};
  CompletionOf<StreamWire, &StreamWire::Read> read_{*this};
  CompletionOf<StreamWire, &StreamWire::Written> written_{*this};
  CompletionOf<StreamWire, &StreamWire::Finished> finished_{*this};
  CompletionOf<StreamWire, &StreamWire::Ended> ended_{*this};
  std::shared_ptr<StreamReactor> reactor_;
};

class CallService final : public grpc::Service {
 public:
  // Answers, or has answered later, with UnaryCall::Finish.
  using Answer = std::function<void(UnaryCall& call)>;
  using Begin = std::function<std::shared_ptr<StreamReactor>(StreamWire& wire)>;

  // `path` is "/package.Service/Method" and outlives this. All are added before the server is built.
  void AddUnary(const char* path, Ending ending, Answer answer);
  // Where the client sends one message or the server does, the wire is the same.
  void AddStream(const char* path, Begin begin);
  // While `overloaded` what comes is taken in every so often instead of one by one: most of it is refused, and what is
  // taken at once costs fewer wakes, reads and writes, and leaves more of the processor to the rest. For all services
  // of the queues. It outlives this; set before the server is built.
  void TakeTogetherWhile(const std::atomic<bool>& overloaded) { overloaded_ = &overloaded; }

 private:
  friend class UnaryCall;
  friend class StreamWire;
  friend class CallQueues;

  struct Method {
    Ending ending;
    Answer answer;  // or
    Begin begin;
  };

  void Add(const char* path, grpc::internal::RpcMethod::RpcType type, Method method);
  void Wait(CallQueue& queue);

  std::deque<Method> methods_;
  const std::atomic<bool>* overloaded_ = nullptr;
};

// Thread-safe.
class CallQueues {
 public:
  CallQueues() = default;
  ~CallQueues() { End(); }
  CallQueues(const CallQueues&) = delete;
  CallQueues& operator=(const CallQueues&) = delete;

  // The services outlive this.
  void AddTo(grpc::ServerBuilder& builder, std::vector<CallService*> services);
  // Once the server has begun.
  void Run();
  // Once it has ended; waits for the last call. Nothing where it was done already.
  void End();

  // Whether a service says that it is.
  bool overloaded() const {
    return std::any_of(overloaded_.begin(), overloaded_.end(),
                       [](const std::atomic<bool>* each) { return each->load(); });
  }
  void Began() { ++calls_; }
  void Ended();

 private:
  std::vector<CallService*> services_;
  std::vector<const std::atomic<bool>*> overloaded_;  // of those that can be
  std::vector<std::unique_ptr<CallQueue>> queues_;
  std::vector<std::thread> threads_;
  std::atomic<int> calls_{0};  // those that are waited for too
  std::atomic<bool> ending_{false};
  std::mutex mutex_;
  std::condition_variable none_;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_CALL_QUEUES_H_
