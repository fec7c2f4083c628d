#include "service/grpc/terminology_service.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "service/grpc/convert.h"
#include "service/grpc/resolve_wire.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/query/lookup.h"
#include "terminology/query/release_difference.h"
#include "terminology/query/resolve.h"
#include "terminology/query/scope.h"
#include "terminology/query/search.h"
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

// A selector that is there and empty is a day or a version that the caller has not: the active release must not answer
// instead.
absl::Status CheckSelector(const v1::ReleaseSelector& release) {
  const bool empty_date = release.by_case() == v1::ReleaseSelector::kDate && release.date().empty();
  const bool empty_version = release.by_case() == v1::ReleaseSelector::kVersion && release.version().empty();
  if (!empty_date && !empty_version) return absl::OkStatus();
  return base::FieldError(absl::StatusCode::kInvalidArgument, empty_date ? "release.date" : "release.version", "",
                          "is empty", "give one, or leave `release` out for the active release");
}

template <typename Request>
absl::Status CheckRequest(const Request& request) {
  RETURN_IF_ERROR(CheckForm(request.form()));
  return CheckSelector(request.release());
}

template <typename Request>
absl::Status CheckEnumerations(const Request& request) {
  RETURN_IF_ERROR(CheckRequest(request));
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

absl::Status ResolveInStream(const snapshot::ReleaseSet& set, const v1::ResolveRequest& request,
                             v1::ResolveStreamResponse* response) {
  const absl::Status status = Resolve(set, request, response->mutable_result());
  if (!status.ok()) ToMessage(status, response->mutable_error());
  return absl::OkStatus();
}

absl::Status Lookup(const snapshot::ReleaseSet& set, const v1::LookupRequest& request, v1::LookupResponse* response) {
  RETURN_IF_ERROR(CheckRequest(request));
  ASSIGN_OR_RETURN(const query::Lookup lookup, query::LookUp(set, ToQuery(request)));
  ToMessage(set, lookup, response);
  return absl::OkStatus();
}

// That a system or release is not loaded makes a verdict undetermined, and is no error: an outage must not read as one.
absl::Status ValidateCode(const snapshot::ReleaseSet& set, const Limits& limits, const v1::ValidateCodeRequest& request,
                          v1::ValidateCodeResponse* response) {
  RETURN_IF_ERROR(CheckRequest(request));
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
  RETURN_IF_ERROR(CheckRequest(request));
  ASSIGN_OR_RETURN(const query::Subsumption answer, query::Subsumes(set, ToQuery(request)));
  ToMessage(answer, response);
  return absl::OkStatus();
}

absl::Status Search(const snapshot::ReleaseSet& set, const v1::SearchRequest& request, v1::SearchResponse* response) {
  RETURN_IF_ERROR(CheckSelector(request.release()));
  if (!v1::Fold_IsValid(request.fold())) {
    return NotKnown("fold", request.fold(), "use FOLD_WHEN_MANY, FOLD_ALWAYS or FOLD_NEVER");
  }
  ASSIGN_OR_RETURN(const query::SearchAnswer answer, query::Search(set, ToQuery(request)));
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

constexpr uint32_t kMostChanges = 1000;

// Where a page begins, and which releases it is of.
std::string PageToken(size_t begin, const snapshot::Release& from, const snapshot::Release& to) {
  constexpr size_t kEnoughOfId = 16;
  return absl::StrCat(begin, "-", from.id.substr(0, kEnoughOfId), "-", to.id.substr(0, kEnoughOfId));
}

absl::StatusOr<size_t> ReadPageToken(const std::string& token, const snapshot::Release& from,
                                     const snapshot::Release& to) {
  size_t begin = 0;
  if (token.empty()) return begin;
  if (!absl::SimpleAtoi(token.substr(0, token.find('-')), &begin) || token != PageToken(begin, from, to)) {
    return base::InvalidField("page_token", token, "is none of this comparison", "begin again without one");
  }
  return begin;
}

// The release of a version, which the request has in `field`.
absl::StatusOr<const snapshot::Release*> FindCompared(const snapshot::ReleaseSet& set, const std::string& system,
                                                      const char* field, const std::string& version) {
  const absl::StatusOr<const snapshot::Release*> found = set.Select(system, {.version = version});
  if (found.ok()) return found;
  const bool known = std::any_of(set.releases().begin(), set.releases().end(), [&](const snapshot::Release& release) {
    return release.snapshot->url() == snapshot::CanonicalSystem(system);
  });
  if (!known) return found;
  return base::FieldError(absl::StatusCode::kNotFound, field, version,
                          absl::StrCat("'", base::Excerpt(version), "' of ", base::Excerpt(system), " is not loaded"),
                          "give a version that ListReleases tells");
}

absl::Status CompareReleases(const snapshot::ReleaseSet& set, const v1::CompareReleasesRequest& request,
                             v1::CompareReleasesResponse* response) {
  for (const auto& [field, value] : {std::pair("system", &request.system()),
                                     {"from_version", &request.from_version()},
                                     {"to_version", &request.to_version()}}) {
    if (value->empty()) return base::InvalidField(field, "", "is not given", "give it, as ListReleases tells it");
  }
  if (request.page_size() > kMostChanges) {
    return base::InvalidField("page_size", std::to_string(request.page_size()),
                              absl::StrCat(request.page_size(), " changes, more than the ", kMostChanges, " of a page"),
                              "ask for several pages");
  }
  ASSIGN_OR_RETURN(const snapshot::Release* const from,
                   FindCompared(set, request.system(), "from_version", request.from_version()));
  ASSIGN_OR_RETURN(const snapshot::Release* const to,
                   FindCompared(set, request.system(), "to_version", request.to_version()));
  ASSIGN_OR_RETURN(const size_t begin, ReadPageToken(request.page_token(), *from, *to));
  const std::vector<query::Change> changes = query::Difference(*from, *to);
  const size_t size = request.page_size() == 0 ? kMostChanges : request.page_size();
  if (begin > changes.size()) {
    return base::InvalidField("page_token", request.page_token(), "is behind the last page", "begin again without one");
  }
  const size_t end = begin + std::min(size, changes.size() - begin);
  ToMessage(*from, Detail::kFull, response->mutable_from());
  ToMessage(*to, Detail::kFull, response->mutable_to());
  for (size_t i = begin; i < end; ++i) ToMessage(changes[i], response->add_changes());
  for (const query::Change::Kind kind : query::kChangeKinds) {
    v1::CompareReleasesResponse::Count* const count = response->add_counts();
    count->set_kind(ToMessage(kind));
    count->set_count(static_cast<uint32_t>(std::count_if(
        changes.begin(), changes.end(), [&](const query::Change& change) { return change.kind == kind; })));
  }
  if (end < changes.size()) response->set_next_page_token(PageToken(end, *from, *to));
  return absl::OkStatus();
}

absl::Status CheckBatch(const Limits& limits, const v1::ResolveBatchRequest& request) {
  RETURN_IF_ERROR(CheckEnumerations(request));
  if (request.codes_size() <= limits.batch_codes) return absl::OkStatus();
  return WrongNumber("codes", request.codes_size(),
                     absl::StrCat(" codes, more than the ", limits.batch_codes, " that a batch may have"),
                     "split the batch");
}

absl::Status CheckReply(const Limits& limits, const v1::ResolveBatchRequest& request, size_t bytes) {
  if (bytes <= limits.reply_bytes) return absl::OkStatus();
  return base::FieldError(absl::StatusCode::kResourceExhausted, "codes", std::to_string(request.codes_size()),
                          absl::StrCat("the reply for ", request.codes_size(), " codes has ", bytes,
                                       " bytes, more than the ", limits.reply_bytes, " that clients take"),
                          "split the batch");
}

// The answer for one code of a batch, which is also given as it is; an error where there is none.
absl::StatusOr<query::Resolution> AnswerItem(const snapshot::ReleaseSet& set, const v1::ResolveBatchRequest& request,
                                             const std::string& code, v1::ResolveBatchResponse::Item* item) {
  absl::StatusOr<query::Resolution> resolution = query::Resolve(set, ToQuery(request, code));
  if (resolution.ok()) {
    ToMessage(*resolution, Detail::kShared, item->mutable_result());
  } else {
    ToMessage(resolution.status(), item->mutable_error());
  }
  return resolution;
}

absl::Status ResolveBatch(const CallContext& context, const snapshot::ReleaseSet& set, const Limits& limits,
                          const v1::ResolveBatchRequest& request, v1::ResolveBatchResponse* response) {
  RETURN_IF_ERROR(CheckBatch(limits, request));
  // What is wrong with the whole request is its error, not that of each code.
  RETURN_IF_ERROR(query::ScopesOf(set, request.system(), ToQuery(request.release())).status());
  SharedContent shared(static_cast<size_t>(request.codes_size()));
  response->mutable_items()->Reserve(request.codes_size());
  for (const std::string& code : request.codes()) {
    if (response->items_size() % kCodesBetweenLooks == 0) RETURN_IF_ERROR(context.Check());
    const absl::StatusOr<query::Resolution> resolution = AnswerItem(set, request, code, response->add_items());
    if (resolution.ok()) shared.Add(*resolution);
  }
  for (const snapshot::Release* release : shared.releases()) {
    ToMessage(*release, Detail::kFull, response->add_releases());
  }
  shared.FillKnowledge(response);
  for (const query::ConceptRef& item : shared.concepts()) AddNotes(item, response);
  const absl::Status size = CheckReply(limits, request, response->ByteSizeLong());
  if (!size.ok()) response->Clear();
  return size;
}

absl::Status ResolveBatchWire(const CallContext& context, const snapshot::ReleaseSet& set, const Limits& limits,
                              const v1::ResolveBatchRequest& request, WireReply* reply) {
  RETURN_IF_ERROR(CheckBatch(limits, request));
  ASSIGN_OR_RETURN(const std::vector<query::Scope> scopes,
                   query::ScopesOf(set, request.system(), ToQuery(request.release())));
  WireBatch batch(set, scopes, request.codes());
  for (int place = 0; place < request.codes_size();) {
    RETURN_IF_ERROR(context.Check());
    for (const int end = batch.FindMore(); place < end; ++place) {
      if (batch.TryAdd(place)) continue;
      v1::ResolveBatchResponse::Item item;
      const absl::StatusOr<query::Resolution> resolution = AnswerItem(set, request, request.codes(place), &item);
      batch.Add(place, item, resolution.ok() ? &*resolution : nullptr);
    }
  }
  RETURN_IF_ERROR(CheckReply(limits, request, batch.Finish()));
  batch.Write(reply);
  return absl::OkStatus();
}

// The long way, of a request that has no short one.
template <typename Request, typename Response>
absl::Status Serialized(absl::Status (*answer)(const snapshot::ReleaseSet&, const Request&, Response*),
                        const snapshot::ReleaseSet& set, const Request& request, WireReply* reply) {
  Response response;
  RETURN_IF_ERROR(answer(set, request, &response));
  reply->Set(response);
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
          .search = Pinned(live, Search),
          .list_releases = Pinned(live, ListReleases),
          .compare_releases = Pinned(live, CompareReleases),
          .resolve_wire =
              [live](const CallContext& /*context*/, const v1::ResolveRequest& request, WireReply* reply) {
                const snapshot::LiveReleases::Pin set = live->Get();
                if (TryResolveWire(*set, request, reply)) return absl::OkStatus();
                return Serialized(Resolve, *set, request, reply);
              },
          .resolve_batch_wire =
              [live, limits](const CallContext& context, const v1::ResolveBatchRequest& request, WireReply* reply) {
                return ResolveBatchWire(context, *live->Get(), limits, request, reply);
              },
          .resolve_in_stream_wire =
              [live](const CallContext& /*context*/, const v1::ResolveRequest& request, WireReply* reply) {
                const snapshot::LiveReleases::Pin set = live->Get();
                if (TryResolveInStreamWire(*set, request, reply)) return absl::OkStatus();
                return Serialized(ResolveInStream, *set, request, reply);
              }};
}

}  // namespace nosograph::service
