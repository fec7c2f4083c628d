#include "service/grpc/terminology_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "service/grpc/convert.h"
#include "terminology/base/status_macros.h"
#include "terminology/query/resolve.h"

namespace nosograph::service {
namespace {

// A value of a newer client must not be taken for another that is known.
template <typename Request>
absl::Status CheckEnumerations(const Request& request) {
  if (!v1::Form_IsValid(request.form())) {
    return absl::InvalidArgumentError(
        absl::StrCat("form: ", static_cast<int>(request.form()), " is not known; use FORM_LENIENT or FORM_STRICT"));
  }
  if (!v1::OnMiss_IsValid(request.on_miss())) {
    return absl::InvalidArgumentError(absl::StrCat("on_miss: ", static_cast<int>(request.on_miss()),
                                                   " is not known; use ON_MISS_PARENT_FALLBACK or ON_MISS_UNKNOWN"));
  }
  return absl::OkStatus();
}

absl::Status Resolve(const snapshot::ReleaseSet& set, const v1::ResolveRequest& request,
                     v1::ResolveResponse* response) {
  RETURN_IF_ERROR(CheckEnumerations(request));
  ASSIGN_OR_RETURN(const query::Resolution resolution, query::Resolve(set, ToQuery(request)));
  ToMessage(resolution, Detail::kFull, response);
  return absl::OkStatus();
}

absl::Status ResolveBatch(const snapshot::ReleaseSet& set, const Limits& limits, const v1::ResolveBatchRequest& request,
                          v1::ResolveBatchResponse* response) {
  RETURN_IF_ERROR(CheckEnumerations(request));
  if (request.codes_size() > limits.batch_codes) {
    return absl::InvalidArgumentError(absl::StrCat("codes: ", request.codes_size(), " codes, more than the ",
                                                   limits.batch_codes, " that a batch may have; split the batch"));
  }
  // What is wrong with the whole request is its error, not that of each code.
  RETURN_IF_ERROR(query::Resolve(set, ToQuery(request, "")).status());
  SharedContent shared(response);
  response->mutable_items()->Reserve(request.codes_size());
  for (const std::string& code : request.codes()) {
    v1::ResolveBatchResponse::Item* item = response->add_items();
    const absl::StatusOr<query::Resolution> resolution = query::Resolve(set, ToQuery(request, code));
    if (resolution.ok()) {
      ToMessage(*resolution, Detail::kShared, item->mutable_result());
      shared.Add(*resolution);
    } else {
      item->mutable_error()->set_code(resolution.status().raw_code());
      const absl::string_view message = resolution.status().message();
      item->mutable_error()->set_message(std::string(message));
    }
  }
  return absl::OkStatus();
}

}  // namespace

TerminologyHandlers MakeTerminologyHandlers(std::shared_ptr<const snapshot::LiveReleases> live, const Limits& limits) {
  TerminologyHandlers handlers;
  handlers.resolve = [live](const v1::ResolveRequest& request, v1::ResolveResponse* response) {
    return Resolve(*live->Get(), request, response);
  };
  handlers.resolve_batch = [live = std::move(live), limits](const v1::ResolveBatchRequest& request,
                                                            v1::ResolveBatchResponse* response) {
    return ResolveBatch(*live->Get(), limits, request, response);
  };
  return handlers;
}

}  // namespace nosograph::service
