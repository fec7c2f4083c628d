#include "service/grpc/error_details.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "service/grpc/call_log.h"
#include "terminology/base/field_error.h"
#ifdef NOSOGRAPH_HAS_GOOGLE_RPC
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#endif

namespace nosograph::service {
namespace {

constexpr size_t kMessageBytes = 1000;
constexpr size_t kFieldBytes = 100;
constexpr size_t kPartBytes = 500;

// At most `limit` bytes, cut at a character. Unlike base::Excerpt it escapes nothing: what comes here is escaped
// already.
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

}  // namespace nosograph::service
