#include "service/grpc/call_log.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace nosograph::service {
namespace {

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
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

void CallLog::Write(const CallRecord& record) const {
  constexpr int kFirstError = 400;
  if (!Wants(record.http_status == 0 ? record.code : static_cast<int>(record.http_status >= kFirstError))) return;
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  const auto text = [&](const char* name, absl::string_view value) {
    writer.Key(name);
    writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  writer.StartObject();
  text("at", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", record.at, absl::UTCTimeZone()));
  text("method", record.method);
  if (record.http_status != 0) {
    writer.Key("status");
    writer.Int(record.http_status);
  } else {
    text("code", CodeName(record.code));
  }
  writer.Key("duration_us");
  writer.Int64(absl::ToInt64Microseconds(record.duration));
  text("peer", record.peer);
  if (!record.trace.trace_id.empty()) {
    text("trace_id", record.trace.trace_id);
    text("parent_id", record.trace.parent_id);
  }
  writer.EndObject();
  buffer.Put('\n');
  const ssize_t ignored = write(descriptor_, buffer.GetString(), buffer.GetSize());
  (void)ignored;
}

}  // namespace nosograph::service
