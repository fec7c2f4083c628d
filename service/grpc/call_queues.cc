#include "service/grpc/call_queues.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace nosograph::service {
namespace {

// How many calls of a method each queue waits for. A call that nobody waits for goes a slower way in the library, so as
// many as may come at once; for each event it goes through all that is waited for (Debian builds it with its checks),
// so few where calls are long or seldom.
constexpr int kShortWaiting = 128;
constexpr int kLongWaiting = 16;
constexpr int kStreamsWaiting = 4;
// How much that comes is done before what waits until nothing comes, lest it wait for ever.
constexpr int kMostBefore = 64;
// How long a queue is left alone while the service is overloaded.
constexpr std::chrono::milliseconds kTogether{1};

void* TagOf(Completion& completion) { return &completion; }

}  // namespace

void CallQueue::Run() {
  void* completion = nullptr;
  bool ok = false;
  int before = 0;  // how much has been done before what waits
  while (true) {
    auto status = grpc::CompletionQueue::TIMEOUT;
    if (later_.empty() && queues_.overloaded()) {
      status = queue_->AsyncNext(&completion, &ok, gpr_inf_past(GPR_CLOCK_MONOTONIC));
      if (status == grpc::CompletionQueue::SHUTDOWN) return;
      if (status == grpc::CompletionQueue::TIMEOUT) {
        std::this_thread::sleep_for(kTogether);
        continue;
      }
    } else if (later_.empty()) {
      if (!queue_->Next(&completion, &ok)) return;
      status = grpc::CompletionQueue::GOT_EVENT;
      before = 0;
    } else if (before++ < kMostBefore) {
      status = queue_->AsyncNext(&completion, &ok, gpr_inf_past(GPR_CLOCK_MONOTONIC));
      if (status == grpc::CompletionQueue::SHUTDOWN) return;
    }
    if (status == grpc::CompletionQueue::GOT_EVENT) {
      static_cast<Completion*>(completion)->Come(ok);
      continue;
    }
    const std::function<void()> work = std::move(later_.front());
    later_.pop_front();
    before = 0;
    work();
  }
}

UnaryCall::UnaryCall(CallService& service, int method, CallQueue& queue)
    : service_(service), method_(method), queue_(queue) {
  queue.queues().Began();
  if (ending() == Ending::kSeen) context_.AsyncNotifyWhenDone(TagOf(ended_));
  service.RequestAsyncUnary(method, &context_, &request_, &writer_, queue.get(), queue.get(), TagOf(*this));
}

UnaryCall::~UnaryCall() { queue_.queues().Ended(); }

Ending UnaryCall::ending() const { return service_.methods_[static_cast<size_t>(method_)].ending; }

void UnaryCall::Finish(const grpc::Status& status) {
  if (scope_) scope_->SetCode(status.error_code());
  if (status.ok()) {
    writer_.Finish(reply_, status, TagOf(*this));
  } else {
    writer_.FinishWithError(status, TagOf(*this));
  }
}

void UnaryCall::Come(bool ok) {
  if (begun_) {
    if (!ok && scope_) scope_->SetCode(grpc::StatusCode::CANCELLED);  // the reply could not be sent
    return Release();
  }
  if (!ok) {  // the server has ended, and no call has come
    delete this;
    return;
  }
  begun_ = true;
  if (ending() == Ending::kSeen) ++left_;
  new UnaryCall(service_, method_, queue_);  // deletes itself when it is done
  service_.methods_[static_cast<size_t>(method_)].answer(*this);
}

void UnaryCall::Ended(bool /*ok*/) {
  if (scope_ && context_.IsCancelled()) scope_->SetCode(grpc::StatusCode::CANCELLED);
  Release();
}

void UnaryCall::Release() {
  if (--left_ > 0) return;
  if (scope_) scope_->End();
  delete this;
}

StreamWire::StreamWire(CallService& service, int method, CallQueue& queue)
    : service_(service), method_(method), queue_(queue) {
  queue.queues().Began();
  context_.AsyncNotifyWhenDone(TagOf(ended_));
  service.RequestAsyncBidiStreaming(method, &context_, &stream_, queue.get(), queue.get(), TagOf(*this));
}

StreamWire::~StreamWire() { queue_.queues().Ended(); }

void StreamWire::StartRead(grpc::ByteBuffer* request) {
  ++left_;
  stream_.Read(request, TagOf(read_));
}

void StreamWire::StartWrite(const grpc::ByteBuffer& reply) {
  ++left_;
  stream_.Write(reply, TagOf(written_));
}

void StreamWire::Finish(const grpc::Status& status) { stream_.Finish(status, TagOf(finished_)); }

void StreamWire::FinishWith(const grpc::ByteBuffer& reply, const grpc::Status& status) {
  stream_.WriteAndFinish(reply, grpc::WriteOptions(), status, TagOf(finished_));
}

void StreamWire::Come(bool ok) {
  if (!ok) {
    delete this;
    return;
  }
  new StreamWire(service_, method_, queue_);  // deletes itself when it is done
  reactor_ = service_.methods_[static_cast<size_t>(method_)].begin(*this);
  reactor_->Begin();
}

void StreamWire::Read(bool ok) {
  reactor_->OnReadDone(ok);
  Release();
}

void StreamWire::Written(bool ok) {
  reactor_->OnWriteDone(ok);
  Release();
}

void StreamWire::Finished(bool /*ok*/) { Release(); }

void StreamWire::Ended(bool /*ok*/) {
  if (context_.IsCancelled()) reactor_->OnCancel();
  Release();
}

void StreamWire::Release() {
  if (--left_ > 0) return;
  reactor_->OnDone();
  delete this;
}

void CallService::AddUnary(const char* path, Ending ending, Answer answer) {
  Add(path, grpc::internal::RpcMethod::NORMAL_RPC, {ending, std::move(answer), nullptr});
}

void CallService::AddStream(const char* path, Begin begin) {
  Add(path, grpc::internal::RpcMethod::BIDI_STREAMING, {Ending::kSeen, nullptr, std::move(begin)});
}

void CallService::Add(const char* path, grpc::internal::RpcMethod::RpcType type, Method method) {
  AddMethod(new grpc::internal::RpcServiceMethod(path, type, nullptr));  // the library's from here on
  MarkMethodRaw(static_cast<int>(methods_.size()));
  methods_.push_back(std::move(method));
}

void CallService::Wait(CallQueue& queue) {
  for (size_t i = 0; i < methods_.size(); ++i) {
    const int method = static_cast<int>(i);
    // Each deletes itself when it is done.
    if (methods_[i].answer) {
      const int waiting = methods_[i].ending == Ending::kUnseen ? kShortWaiting : kLongWaiting;
      for (int n = 0; n < waiting; ++n) new UnaryCall(*this, method, queue);
    } else {
      for (int n = 0; n < kStreamsWaiting; ++n) new StreamWire(*this, method, queue);
    }
  }
}

void CallQueues::AddTo(grpc::ServerBuilder& builder, std::vector<CallService*> services) {
  services_ = std::move(services);
  for (CallService* service : services_) {
    builder.RegisterService(service);
    if (service->overloaded_ != nullptr) overloaded_.push_back(service->overloaded_);
  }
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    queues_.push_back(std::make_unique<CallQueue>(*this, builder.AddCompletionQueue()));
  }
}

void CallQueues::Run() {
  for (const std::unique_ptr<CallQueue>& queue : queues_) {
    for (CallService* service : services_) service->Wait(*queue);
  }
  for (const std::unique_ptr<CallQueue>& queue : queues_) {
    threads_.emplace_back([queue = queue.get()] { queue->Run(); });
  }
}

void CallQueues::End() {
  // Calls that are under way, and those that are waited for, come back first: a queue that has ended takes nothing.
  ending_ = true;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    none_.wait(lock, [this] { return calls_ == 0; });
  }
  for (const std::unique_ptr<CallQueue>& queue : queues_) queue->get()->Shutdown();
  for (std::thread& thread : threads_) thread.join();
  for (const std::unique_ptr<CallQueue>& queue : queues_) {  // that had no thread
    void* completion = nullptr;
    bool ok = false;
    while (queue->get()->Next(&completion, &ok)) {
    }
  }
  threads_.clear();
  queues_.clear();
}

void CallQueues::Ended() {
  if (--calls_ != 0 || !ending_) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  none_.notify_all();
}

}  // namespace nosograph::service
