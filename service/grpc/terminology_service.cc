#include "service/grpc/terminology_service.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/grpc/convert.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/query/lookup.h"
#include "terminology/query/resolve.h"
#include "terminology/query/subsumes.h"
#include "terminology/query/validate_code.h"

namespace nosograph::service {
namespace {

absl::Status WrongNumber(absl::string_view field, int value, absl::string_view problem, absl::string_view remedy) {
  return base::FieldError(absl::StatusCode::kInvalidArgument, field, std::to_string(value),
                          absl::StrCat(value, problem), remedy);
}

absl::Status NotKnown(absl::string_view field, int value, absl::string_view remedy) {
  return WrongNumber(field, value, " is not known", remedy);
}

// A value of a newer client must not be taken for another that is known.
absl::Status CheckForm(v1::Form form) {
  if (v1::Form_IsValid(form)) return absl::OkStatus();
  return NotKnown("form", form, "use FORM_LENIENT or FORM_STRICT");
}

template <typename Request>
absl::Status CheckEnumerations(const Request& request) {
  RETURN_IF_ERROR(CheckForm(request.form()));
  if (v1::OnMiss_IsValid(request.on_miss())) return absl::OkStatus();
  return NotKnown("on_miss", request.on_miss(), "use ON_MISS_PARENT_FALLBACK or ON_MISS_UNKNOWN");
}

// How many codes of a batch are answered between two looks at whether its caller still waits.
constexpr int kCodesBetweenLooks = 16;

absl::Status Resolve(const snapshot::ReleaseSet& set, const v1::ResolveRequest& request,
                     v1::ResolveResponse* response) {
  RETURN_IF_ERROR(CheckEnumerations(request));
  ASSIGN_OR_RETURN(const query::Resolution resolution, query::Resolve(set, ToQuery(request)));
  ToMessage(resolution, Detail::kFull, response);
  return absl::OkStatus();
}

void Fill(const absl::Status& status, v1::ItemError* error) {
  error->set_code(status.raw_code());
  error->set_message(std::string(status.message()));
  if (std::optional<base::FieldErrorParts> parts = base::ReadFieldError(status)) {
    error->set_field(std::move(parts->field));
    error->set_value(std::move(parts->value));
    error->set_remedy(std::move(parts->remedy));
  }
}

absl::Status ResolveInStream(const snapshot::ReleaseSet& set, const v1::ResolveRequest& request,
                             v1::ResolveStreamResponse* response) {
  const absl::Status status = Resolve(set, request, response->mutable_result());
  if (!status.ok()) Fill(status, response->mutable_error());
  return absl::OkStatus();
}

absl::Status Lookup(const snapshot::ReleaseSet& set, const v1::LookupRequest& request, v1::LookupResponse* response) {
  RETURN_IF_ERROR(CheckForm(request.form()));
  ASSIGN_OR_RETURN(const query::Lookup lookup, query::LookUp(set, ToQuery(request)));
  ToMessage(set, lookup, response);
  return absl::OkStatus();
}

// That a system or release is not loaded makes a verdict undetermined, and is no error: an outage must not read as one.
absl::Status ValidateCode(const snapshot::ReleaseSet& set, const Limits& limits, const v1::ValidateCodeRequest& request,
                          v1::ValidateCodeResponse* response) {
  RETURN_IF_ERROR(CheckForm(request.form()));
  if (!v1::Use_IsValid(request.use())) {
    return NotKnown("use", request.use(), "use USE_CLAIM or USE_TERMINOLOGY");
  }
  if (request.max_repairs() > limits.repairs || request.max_repairs() < 0) {
    return WrongNumber("max_repairs", request.max_repairs(), absl::StrCat(" is not between 0 and ", limits.repairs),
                       "give a number in between");
  }
  const query::CodeValidator validator(set, ToQuery(request));
  if (absl::IsInvalidArgument(validator.status())) return validator.status();
  ToMessage(validator, request, validator.Validate(request.code()), response);
  return absl::OkStatus();
}

absl::Status Subsumes(const snapshot::ReleaseSet& set, const v1::SubsumesRequest& request,
                      v1::SubsumesResponse* response) {
  RETURN_IF_ERROR(CheckForm(request.form()));
  ASSIGN_OR_RETURN(const query::Subsumption answer, query::Subsumes(set, ToQuery(request)));
  ToMessage(answer, response);
  return absl::OkStatus();
}

absl::Status ListReleases(const snapshot::ReleaseSet& set, const v1::ListReleasesRequest& /*request*/,
                          v1::ListReleasesResponse* response) {
  for (const snapshot::Release& release : set.releases()) {
    ToMessage(release, Detail::kFull, response->add_releases());
  }
  return absl::OkStatus();
}

absl::Status ResolveBatch(const CallContext& context, const snapshot::ReleaseSet& set, const Limits& limits,
                          const v1::ResolveBatchRequest& request, v1::ResolveBatchResponse* response) {
  RETURN_IF_ERROR(CheckEnumerations(request));
  if (request.codes_size() > limits.batch_codes) {
    return WrongNumber("codes", request.codes_size(),
                       absl::StrCat(" codes, more than the ", limits.batch_codes, " that a batch may have"),
                       "split the batch");
  }
  // What is wrong with the whole request is its error, not that of each code.
  RETURN_IF_ERROR(query::Resolve(set, ToQuery(request, "")).status());
  SharedContent shared(response);
  response->mutable_items()->Reserve(request.codes_size());
  for (const std::string& code : request.codes()) {
    if (response->items_size() % kCodesBetweenLooks == 0) RETURN_IF_ERROR(context.Check());
    v1::ResolveBatchResponse::Item* item = response->add_items();
    const absl::StatusOr<query::Resolution> resolution = query::Resolve(set, ToQuery(request, code));
    if (resolution.ok()) {
      ToMessage(*resolution, Detail::kShared, item->mutable_result());
      shared.Add(*resolution);
    } else {
      Fill(resolution.status(), item->mutable_error());
    }
  }
  if (const size_t bytes = response->ByteSizeLong(); bytes > limits.reply_bytes) {
    response->Clear();
    return base::FieldError(absl::StatusCode::kResourceExhausted, "codes", std::to_string(request.codes_size()),
                            absl::StrCat("the reply for ", request.codes_size(), " codes has ", bytes,
                                         " bytes, more than the ", limits.reply_bytes, " that clients take"),
                            "split the batch");
  }
  return absl::OkStatus();
}

using Live = std::shared_ptr<const snapshot::LiveReleases>;

// Answers each call from the set that is live when it comes.
template <typename Request, typename Response>
Handler<Request, Response> Pinned(const Live& live,
                                  absl::Status (*answer)(const snapshot::ReleaseSet&, const Request&, Response*)) {
  return [live, answer](const CallContext& /*context*/, const Request& request, Response* response) {
    return answer(*live->Get(), request, response);
  };
}

template <typename Request, typename Response>
Handler<Request, Response> Pinned(const Live& live, const Limits& limits,
                                  absl::Status (*answer)(const snapshot::ReleaseSet&, const Limits&, const Request&,
                                                         Response*)) {
  return [live, limits, answer](const CallContext& /*context*/, const Request& request, Response* response) {
    return answer(*live->Get(), limits, request, response);
  };
}

}  // namespace

TerminologyHandlers MakeTerminologyHandlers(std::shared_ptr<const snapshot::LiveReleases> live, const Limits& limits) {
  return {.resolve = Pinned(live, Resolve),
          .resolve_batch =
              [live, limits](const CallContext& context, const v1::ResolveBatchRequest& request,
                             v1::ResolveBatchResponse* response) {
                return ResolveBatch(context, *live->Get(), limits, request, response);
              },
          .resolve_in_stream = Pinned(live, ResolveInStream),
          .lookup = Pinned(live, Lookup),
          .validate_code = Pinned(live, limits, ValidateCode),
          .subsumes = Pinned(live, Subsumes),
          .list_releases = Pinned(live, ListReleases)};
}

}  // namespace nosograph::service
