#include "service/grpc/terminology_calls.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>

#include "nosograph/v1/terminology.pb.h"
#include "service/grpc/answer_calls.h"
#include "service/grpc/convert.h"

namespace nosograph::service {
namespace {

constexpr char kResolveStream[] = "/nosograph.v1.TerminologyService/ResolveStream";
constexpr char kSearchAsTyped[] = "/nosograph.v1.TerminologyService/SearchAsTyped";

// One answer a request, in order. The next request is read when the answer before is out, so that a client that does
// not read holds up itself alone. When the service stops, a stream ends at once, or after the answer that is under way.
class ResolveStreamCall final : public StreamCall {
 public:
  using StreamHandler = Handler<v1::ResolveRequest, WireReply>;

  ResolveStreamCall(Calls& calls, StreamWire& wire, const StreamHandler& handler)
      : StreamCall(calls, wire, kResolveStream, Role::kReader), handler_(handler) {}

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
    wire().StartWrite(reply.Take());
  }
  void OnWriteDone(bool ok) override { ok ? Read() : End(grpc::Status::OK); }

 private:
  void Start() override { Read(); }
  void Read() {
    Wait([this] { wire().StartRead(&request_bytes_); });
  }

  const StreamHandler& handler_;
  grpc::ByteBuffer request_bytes_;
  v1::ResolveRequest request_;
};

// The newest request that has come, again and again: what somebody who types has gone beyond is not answered. The next
// request is read while an answer is on its way, and takes the place of one that waits.
class SearchAsTypedCall final : public StreamCall {
 public:
  using SearchHandler = Handler<v1::SearchRequest, v1::SearchResponse>;

  SearchAsTypedCall(Calls& calls, StreamWire& wire, const SearchHandler& handler)
      : StreamCall(calls, wire, kSearchAsTyped, Role::kReader), handler_(handler) {}

  void OnReadDone(bool ok) override {
    if (!Go()) return;
    bool answers = false;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (ok) {
        newest_.Swap(&request_bytes_);
        number_ = count_++;
        waits_ = true;
        answers = !std::exchange(answering_, true);
      } else {
        no_more_ = true;
        if (answering_) return;  // ends with the last answer
      }
    }
    if (!ok) return End(grpc::Status::OK);
    if (!TryWait([this] { wire().StartRead(&request_bytes_); })) {
      const std::lock_guard<std::mutex> lock(mutex_);
      stops_ = true;
      if (answering_ && !answers) return;
    }
    if (stops_ && answers) return End(Stopping());
    if (answers) AnswerNewest();
  }

  void OnWriteDone(bool ok) override {
    bool ends = false;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!ok || !waits_ || stops_) {
        answering_ = false;
        ends = !ok || no_more_ || stops_;
        if (!ends) return;
      }
    }
    if (ends) return End(stops_ ? Stopping() : grpc::Status::OK);
    AnswerNewest();
  }

  // An answer that is on its way goes out first.
  void EndIfIdle() override {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stops_ = true;
      if (answering_) return;
    }
    EndIfWaiting(Stopping());
  }

 private:
  void Start() override {
    Wait([this] { wire().StartRead(&request_bytes_); });
  }

  // Once all that has come is read, so that the newest is the newest. The stream does not end meanwhile.
  void AnswerNewest() {
    wire().queue().Later([this] { wire().StartWrite(AnswerToNewest()); });
  }

  grpc::ByteBuffer AnswerToNewest() {
    grpc::ByteBuffer bytes;
    v1::SearchAsTypedResponse response;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      bytes.Swap(&newest_);
      response.set_request(number_);
      waits_ = false;
    }
    v1::SearchRequest request;
    absl::Status status = ParseRequest(bytes, &request);
    if (status.ok()) status = handler_(context(), request, response.mutable_result());
    if (!status.ok()) ToMessage(status, response.mutable_error());  // wrong is one request, not the stream
    WireReply reply;
    reply.Set(response);
    return reply.Take();
  }

  const SearchHandler& handler_;
  grpc::ByteBuffer request_bytes_;
  std::mutex mutex_;  // of what follows: a request may come while an answer goes out
  grpc::ByteBuffer newest_;
  uint64_t number_ = 0;  // of `newest_`
  uint64_t count_ = 0;
  bool waits_ = false;      // `newest_` is not answered
  bool answering_ = false;  // an answer is being made, or is on its way
  bool no_more_ = false;
  std::atomic<bool> stops_{false};
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
class QueuedTerminology final : public TerminologyCalls {
 public:
  QueuedTerminology(TerminologyHandlers handlers, Calls& calls)
      : calls_(calls),
        resolve_(Served(std::move(handlers.resolve_wire), std::move(handlers.resolve))),
        resolve_batch_(Served(std::move(handlers.resolve_batch_wire), std::move(handlers.resolve_batch))),
        // Each message of a stream is a question of its own; the stream itself is guarded when it begins.
        resolve_in_stream_(handlers.resolve_in_stream_wire ? std::move(handlers.resolve_in_stream_wire)
                                                           : InWireFormat(std::move(handlers.resolve_in_stream))),
        lookup_(Served(std::move(handlers.lookup))),
        validate_code_(Served(std::move(handlers.validate_code))),
        subsumes_(Served(std::move(handlers.subsumes))),
        search_as_typed_(handlers.search),
        search_(Served(std::move(handlers.search))),
        list_releases_(Served(std::move(handlers.list_releases))),
        compare_releases_(Served(std::move(handlers.compare_releases))),
        long_work_(std::max(1U, std::thread::hardware_concurrency())) {
    service_.TakeTogetherWhile(long_work_.much());
    AddAtOnce("/nosograph.v1.TerminologyService/Resolve", resolve_);
    AddInLongWork("/nosograph.v1.TerminologyService/ResolveBatch", resolve_batch_);
    service_.AddStream(kResolveStream, [this](StreamWire& wire) {
      return BeginStream(calls_, std::make_shared<ResolveStreamCall>(calls_, wire, resolve_in_stream_));
    });
    AddAtOnce("/nosograph.v1.TerminologyService/Lookup", lookup_);
    AddAtOnce("/nosograph.v1.TerminologyService/ValidateCode", validate_code_);
    AddAtOnce("/nosograph.v1.TerminologyService/Subsumes", subsumes_);
    AddInLongWork("/nosograph.v1.TerminologyService/Search", search_);
    service_.AddStream(kSearchAsTyped, [this](StreamWire& wire) {
      return BeginStream(calls_, std::make_shared<SearchAsTypedCall>(calls_, wire, search_as_typed_));
    });
    AddAtOnce("/nosograph.v1.TerminologyService/ListReleases", list_releases_);
    AddInLongWork("/nosograph.v1.TerminologyService/CompareReleases", compare_releases_);
  }

  CallService& service() override { return service_; }

 private:
  template <typename Request>
  void AddAtOnce(const char* path, const Handler<Request, WireReply>& handler) {
    service_.AddUnary(path, Ending::kUnseen,
                      [this, path, &handler](UnaryCall& call) { AnswerUnary(calls_, path, handler, call); });
  }
  template <typename Request>
  void AddInLongWork(const char* path, const Handler<Request, WireReply>& handler) {
    service_.AddUnary(path, Ending::kSeen, [this, path, &handler](UnaryCall& call) {
      AnswerInLongWork(calls_, path, handler, call, long_work_);
    });
  }

  Calls& calls_;
  const Handler<v1::ResolveRequest, WireReply> resolve_;
  const Handler<v1::ResolveBatchRequest, WireReply> resolve_batch_;
  const Handler<v1::ResolveRequest, WireReply> resolve_in_stream_;
  const Handler<v1::LookupRequest, WireReply> lookup_;
  const Handler<v1::ValidateCodeRequest, WireReply> validate_code_;
  const Handler<v1::SubsumesRequest, WireReply> subsumes_;
  const Handler<v1::SearchRequest, v1::SearchResponse> search_as_typed_;
  const Handler<v1::SearchRequest, WireReply> search_;
  const Handler<v1::ListReleasesRequest, WireReply> list_releases_;
  const Handler<v1::CompareReleasesRequest, WireReply> compare_releases_;
  CallService service_;
  LongWork long_work_;  // the last: ends before what its work uses
};

}  // namespace

std::unique_ptr<TerminologyCalls> NewTerminologyCalls(TerminologyHandlers handlers, Calls& calls) {
  return std::make_unique<QueuedTerminology>(std::move(handlers), calls);
}

}  // namespace nosograph::service
