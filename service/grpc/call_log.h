// What happened to a call, told when it is over: one JSON line each.
//
// A line has: at (UTC, when the call began), method, code (name of the gRPC code; over HTTP instead of it status, its
// number), duration_us, peer, and the trace and parent id of a W3C traceparent that the caller sent
// (https://www.w3.org/TR/trace-context, level 1). It never has codes or anything else that was asked. Thread-safe: a
// line is one write.
//
//   CallLog log(STDERR_FILENO, CallLog::Level::kErrors);
//   log.Write({.method = "/nosograph.v1.TerminologyService/Resolve", .code = 0, ...});
#ifndef NOSOGRAPH_SERVICE_GRPC_CALL_LOG_H_
#define NOSOGRAPH_SERVICE_GRPC_CALL_LOG_H_

#include <string>

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

  CallLog(int descriptor, Level level) : descriptor_(descriptor), level_(level) {}

  // `code` is zero for what went well.
  bool Wants(int code) const { return level_ == Level::kAll || (level_ == Level::kErrors && code != 0); }
  // What cannot be written is lost: a full disk must not end a call.
  void Write(const CallRecord& record) const;

 private:
  const int descriptor_;
  const Level level_;
};

// "OK", "INVALID_ARGUMENT" ...
absl::string_view CodeName(int code);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_CALL_LOG_H_
