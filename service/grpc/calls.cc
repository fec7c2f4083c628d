#include "service/grpc/calls.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "terminology/base/field_error.h"

namespace nosograph::service {

grpc::Status Stopping() { return {grpc::StatusCode::UNAVAILABLE, "the service is stopping; ask another"}; }

// Written once: when most calls are refused, refusing is what most of the time goes to.
const grpc::Status& Overloaded() {
  static const auto& status = *new grpc::Status(
      ToGrpc(base::FieldError(absl::StatusCode::kResourceExhausted, "calls", "", "too many wait for an answer already",
                              "try again a little later, or ask another")));
  return status;
}

Calls::Calls(RoleRules rules, bool with_tls, CallLog* log, CallMetrics* metrics, int most)
    : rules_(std::move(rules)),
      with_tls_(with_tls),
      log_(log),
      metrics_(metrics),
      most_(most),
      over_most_(ToGrpc(base::FieldError(absl::StatusCode::kResourceExhausted, "calls", "",
                                         absl::StrCat("more than the ", most, " that the service takes at once"),
                                         "try again a little later, or ask another"))) {}

grpc::Status Calls::Enter() {
  // Counted first: a call that finds the door open is waited for.
  const int running = running_.fetch_add(1) + 1;
  if (closed_) return Stopping();
  if (most_ > 0 && running > most_) return over_most_;
  return grpc::Status::OK;
}

void Calls::Leave() {
  if (running_.fetch_sub(1) != 1 || !closed_) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  none_.notify_all();
}

void Calls::WaitForNone(absl::Duration patience) {
  std::unique_lock<std::mutex> lock(mutex_);
  none_.wait_for(lock, absl::ToChronoNanoseconds(patience), [this] { return running_ == 0; });
}

void Calls::Close() {
  closed_ = true;
  for (const std::shared_ptr<IdleStream>& stream : streams_.Open()) stream->EndIfIdle();
}

absl::Status WireCallContext::Check() const {
  if (context_.deadline() < std::chrono::system_clock::now()) {
    return absl::DeadlineExceededError("the deadline has passed; give the call more time, or ask for less");
  }
  if (ending_ == Ending::kSeen && context_.IsCancelled()) return absl::CancelledError("the caller has gone");
  return absl::OkStatus();
}

std::string WireCallContext::caller() const {
  std::string name = NameOf(*context_.auth_context());
  return name.empty() ? context_.peer() : name;
}

CallScope::CallScope(Calls& calls, const grpc::ServerContextBase& context, absl::string_view method)
    : calls_(calls), context_(context), method_(method), begin_(absl::Now()), admission_(calls.Enter()) {
  if (calls.metrics() != nullptr) calls.metrics()->Began();
}

void CallScope::End() {
  const absl::Duration duration = absl::Now() - begin_;
  if (CallLog* log = calls_.log(); log != nullptr && log->Wants(code_)) {
    CallRecord record{.method = method_, .code = code_, .at = begin_, .duration = duration, .peer = context_.peer()};
    const auto trace = context_.client_metadata().find("traceparent");
    if (trace != context_.client_metadata().end()) {
      record.trace = ReadTraceParent({trace->second.data(), trace->second.size()});
    }
    log->Write(record);
  }
  if (CallMetrics* metrics = calls_.metrics()) metrics->Ended(method_, code_, duration);
  calls_.Leave();
}

}  // namespace nosograph::service
