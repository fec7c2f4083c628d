#include "service/grpc/call_log.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "terminology/base/json_writer.h"

namespace nosograph::service {
namespace {

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// The second is the same for thousands of calls.
std::string TimeOf(absl::Time at) {
  thread_local int64_t last = -1;
  thread_local std::string of_last;
  const int64_t microseconds = absl::ToUnixMicros(at);
  constexpr int64_t kSecond = 1000000;
  const int64_t second = microseconds / kSecond;
  if (second != last) {
    of_last = absl::FormatTime("%Y-%m-%dT%H:%M:%S", absl::FromUnixSeconds(second), absl::UTCTimeZone());
    last = second;
  }
  return absl::StrCat(of_last, absl::StrFormat(".%06dZ", microseconds % kSecond));
}

std::string LineOf(const CallRecord& record) {
  base::JsonWriter line;
  line.Text("at", TimeOf(record.at)).Text("method", record.method);
  if (record.http_status != 0) {
    line.Number("status", record.http_status);
  } else {
    line.Text("code", CodeName(record.code));
  }
  line.Number("duration_us", absl::ToInt64Microseconds(record.duration)).Text("peer", record.peer);
  if (!record.trace.trace_id.empty()) {
    line.Text("trace_id", record.trace.trace_id).Text("parent_id", record.trace.parent_id);
  }
  return line.Take() + "\n";
}

bool IsId(absl::string_view text) {
  return IsLowerHex(text) && std::any_of(text.begin(), text.end(), [](char c) { return c != '0'; });
}

}  // namespace

absl::string_view CodeName(int code) {
  static constexpr std::array<absl::string_view, 17> kNames = {
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  return code >= 0 && static_cast<size_t>(code) < kNames.size() ? kNames[static_cast<size_t>(code)] : "UNKNOWN";
}

TraceParent ReadTraceParent(absl::string_view header) {
  // version "-" trace-id "-" parent-id "-" flags; a later version may have more behind.
  constexpr size_t kLength = 55;
  if (header.size() < kLength || header[2] != '-' || header[35] != '-' || header[52] != '-') return {};
  const absl::string_view version = header.substr(0, 2);
  const bool longer = header.size() > kLength;
  if (!IsLowerHex(version) || version == "ff" || (longer && (version == "00" || header[kLength] != '-'))) return {};
  const absl::string_view trace = header.substr(3, 32);
  const absl::string_view parent = header.substr(36, 16);
  if (!IsId(trace) || !IsId(parent) || !IsLowerHex(header.substr(53, 2))) return {};
  return {std::string(trace), std::string(parent)};
}

CallLog::CallLog(int descriptor, Level level) : descriptor_(descriptor), level_(level) {
  if (level_ != Level::kNone) writer_ = std::thread([this] { WriteAll(); });
}

CallLog::~CallLog() {
  if (!writer_.joinable()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
  }
  some_.notify_one();
  writer_.join();
}

void CallLog::Write(const CallRecord& record) {
  constexpr int kFirstError = 400;
  constexpr size_t kMostWaiting = 4 << 20;
  if (!Wants(record.http_status == 0 ? record.code : static_cast<int>(record.http_status >= kFirstError))) return;
  const std::string line = LineOf(record);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (waiting_.size() + line.size() > kMostWaiting) {
    ++lost_;
    return;
  }
  const bool first = waiting_.empty();
  waiting_ += line;
  if (first) some_.notify_one();
}

bool CallLog::CanWrite() {
  constexpr int kPauseMilliseconds = 100;
  constexpr int kPausesAtEnd = 10;
  while (pauses_at_end_ < kPausesAtEnd) {
    pollfd descriptor{descriptor_, POLLOUT, 0};
    const int ready = poll(&descriptor, 1, kPauseMilliseconds);
    if (ready > 0 || (ready < 0 && errno != EINTR)) return true;  // what is wrong the write will find
    const std::lock_guard<std::mutex> lock(mutex_);
    if (ended_) ++pauses_at_end_;
  }
  return false;
}

void CallLog::WriteAll() {
  constexpr absl::Duration kTogether = absl::Milliseconds(10);
  std::string lines;
  std::unique_lock<std::mutex> lock(mutex_);
  while (!ended_ || !waiting_.empty()) {
    some_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
    if (!ended_) some_.wait_for(lock, absl::ToChronoMilliseconds(kTogether), [this] { return ended_; });
    lines.clear();
    lines.swap(waiting_);
    const size_t lost = std::exchange(lost_, 0);
    lock.unlock();
    if (lost > 0) absl::StrAppend(&lines, "{\"lost_lines\":", lost, "}\n");
    // Whole lines, and no more than a pipe takes without waiting once it takes anything.
    absl::string_view rest = lines;
    while (!rest.empty() && CanWrite()) {
      size_t end = std::min<size_t>(rest.size(), PIPE_BUF);
      if (end < rest.size()) end = std::min(rest.size(), rest.rfind('\n', end - 1) + 1);
      if (end == 0) end = rest.find('\n') + 1;
      const ssize_t written = write(descriptor_, rest.data(), end);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) break;
      rest.remove_prefix(static_cast<size_t>(written));
    }
    lock.lock();
    lost_ += static_cast<size_t>(std::count(rest.begin(), rest.end(), '\n'));
    if (ended_ && !rest.empty()) return;  // nobody reads any more
  }
}

}  // namespace nosograph::service
