#include "service/grpc/error_details.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "service/grpc/call_log.h"
#include "terminology/base/field_error.h"
#include "terminology/base/unicode.h"
#ifdef NOSOGRAPH_HAS_GOOGLE_RPC
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#endif

namespace nosograph::service {
namespace {

constexpr size_t kMessageBytes = 1000;
constexpr size_t kFieldBytes = 100;
constexpr size_t kPartBytes = 500;

// At most `limit` bytes, cut at a character.
std::string Cut(const std::string& text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t end = limit - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

#ifdef NOSOGRAPH_HAS_GOOGLE_RPC
std::string Details(const absl::Status& status, const std::string& message, const base::FieldErrorParts& parts) {
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(CodeName(static_cast<int>(status.code()))));
  info.set_domain("nosograph");
  (*info.mutable_metadata())["field"] = Cut(parts.field, kFieldBytes);
  (*info.mutable_metadata())["value"] = Cut(parts.value, kFieldBytes);
  (*info.mutable_metadata())["remedy"] = Cut(parts.remedy, kPartBytes);
  details.add_details()->PackFrom(info);
  if (absl::IsInvalidArgument(status)) {
    google::rpc::BadRequest request;
    google::rpc::BadRequest::FieldViolation* violation = request.add_field_violations();
    violation->set_field(Cut(parts.field, kFieldBytes));
    violation->set_description(Cut(absl::StrCat(parts.problem, "; ", parts.remedy), kPartBytes));
    details.add_details()->PackFrom(request);
  }
  return details.SerializeAsString();
}
#endif

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());  // the same numbers
  const std::string message = Cut(std::string(status.message()), kMessageBytes);
#ifdef NOSOGRAPH_HAS_GOOGLE_RPC
  if (const std::optional<base::FieldErrorParts> parts = base::ReadFieldError(status)) {
    return {code, message, Details(status, message, *parts)};
  }
#endif
  return {code, message};
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());  // the same numbers
#ifdef NOSOGRAPH_HAS_GOOGLE_RPC
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (details.ParseFromString(status.error_details()) && details.details_size() > 0 &&
      details.details(0).UnpackTo(&info)) {
    const auto text = [&](const char* name) {
      const auto found = info.metadata().find(name);
      return found == info.metadata().end() ? std::string() : found->second;
    };
    const std::string field = text("field");
    const std::string remedy = text("remedy");
    // "field: problem; remedy", where nothing was cut.
    const std::string& message = status.error_message();
    if (message.size() > field.size() + remedy.size() + 4 && message.rfind(field + ": ", 0) == 0 &&
        message.compare(message.size() - remedy.size(), remedy.size(), remedy) == 0) {
      const size_t begin = field.size() + 2;
      return base::FieldError(code, field, text("value"),
                              message.substr(begin, message.size() - remedy.size() - 2 - begin), remedy);
    }
  }
#endif
  return {code, status.error_message()};
}

}  // namespace nosograph::service
