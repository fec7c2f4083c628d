// What happened to a call, told when it is over: one JSON line each.
//
// A line has: at (UTC, when the call began), method, code (name of the gRPC code; over HTTP instead of it status, its
// number), duration_us, peer, and the trace and parent id of a W3C traceparent that the caller sent
// (https://www.w3.org/TR/trace-context, level 1). It never has codes or anything else that was asked.
//
// Thread-safe. Calls leave their lines to a thread of the log's own, which writes what has come together in a hundredth
// of a second at once: a write for each would be a good part of a short call. Whoever is killed loses as much.
// Lines that could not be written are lost, and a line {"lost_lines":N} says how many.
//
//   CallLog log(STDERR_FILENO, CallLog::Level::kErrors);
//   log.Write({.method = "/nosograph.v1.TerminologyService/Resolve", .code = 0, ...});
#ifndef NOSOGRAPH_SERVICE_GRPC_CALL_LOG_H_
#define NOSOGRAPH_SERVICE_GRPC_CALL_LOG_H_

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace nosograph::service {

struct TraceParent {
  std::string trace_id;   // 32 hexadecimal digits; empty where the caller sent none that is sound
  std::string parent_id;  // 16
};

// Reads the header; empty for what is none by the specification: another length, capitals, all zeros, version ff.
TraceParent ReadTraceParent(absl::string_view header);

struct CallRecord {
  absl::string_view method;  // with service and package
  int code = 0;              // a grpc::StatusCode
  int http_status = 0;       // instead of it, where the request came over HTTP
  absl::Time at = absl::InfinitePast();
  absl::Duration duration = absl::ZeroDuration();
  std::string peer = {};
  TraceParent trace = {};
};

class CallLog {
 public:
  enum class Level {
    kNone,
    kErrors,  // calls that did not end with OK
    kAll,
  };

  CallLog(int descriptor, Level level);
  // Writes what has not been written.
  ~CallLog();
  CallLog(const CallLog&) = delete;
  CallLog& operator=(const CallLog&) = delete;

  // `code` is zero for what went well.
  bool Wants(int code) const { return level_ == Level::kAll || (level_ == Level::kErrors && code != 0); }
  // What cannot be written is lost: a full disk must not end a call, and a reader that does not read must not hold it
  // up.
  void Write(const CallRecord& record);

 private:
  void WriteAll();
  // Waits until something can be written; at the end for a second at most, then false.
  bool CanWrite();

  const int descriptor_;
  const Level level_;
  std::mutex mutex_;
  std::condition_variable some_;  // or the end
  std::string waiting_;           // lines
  size_t lost_ = 0;               // lines since one was taken
  bool ended_ = false;
  int pauses_at_end_ = 0;  // of the writer alone
  std::thread writer_;     // none where nothing is logged
};

// "OK", "INVALID_ARGUMENT" ...
absl::string_view CodeName(int code);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_CALL_LOG_H_
