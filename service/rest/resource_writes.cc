#include "service/rest/resource_writes.h"

#include <simdjson.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "service/rest/capabilities.h"
#include "service/rest/resources.h"
#include "service/rest/search_set.h"
#include "service/rest/target.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/outcome.h"

namespace nosograph::rest {

using operations::ErrorReply;
using operations::Reply;
using service::HttpRequest;

namespace {

// Another process wrote meanwhile, or still does, or it is another version of FHIR's.
Reply Busy(const absl::Status& status) {
  return ErrorReply(409, {.code = "conflict", .text = std::string(status.message())});
}

// What a condition of the request does not allow; `header` is the one that says so.
Reply Precondition(absl::string_view problem, const char* header) {
  return ErrorReply(412, {.code = "conflict", .text = std::string(problem), .expression = header});
}

// Whether parameters pick resources out, each of them; an empty one, or those of how an answer looks, would fit all.
bool IsCondition(const fhir::Parameters& parameters) {
  bool picks = false;
  for (const fhir::Parameter& parameter : parameters.all()) {
    if (parameter.text.empty()) return false;
    picks = picks || !absl::StartsWith(parameter.name, "_") || parameter.name == "_id";
  }
  return picks;
}

// Why a condition picks nothing out that could be written; nothing where it may. What is passed over of a condition
// would find something else.
std::optional<Reply> RefuseCondition(const Question& question, const fhir::Parameters& condition, const char* where) {
  const std::string& type = question.segments[0];
  if (!IsCondition(condition)) {
    return ErrorReply(400, {.code = "required",
                            .text = "neither an id nor a whole condition says which resource is meant",
                            .expression = where,
                            .diagnostics = absl::StrCat("write ", type, "/ID, or ", type, "?url=URL")});
  }
  const ResourceKind* const kind = KindOf(type, question.version);
  return kind == nullptr ? std::nullopt : RefuseSearch(*kind, question.version, condition, true);
}

Reply SeveralFit(size_t count, const std::string& type, const char* where) {
  return ErrorReply(412, {.code = "multiple-matches",
                          .text = absl::StrCat(count, " resources of type ", type, " fit the condition"),
                          .expression = where,
                          .diagnostics = "ask for what one alone has, such as its url"});
}

// What fits is of a release, which no write changes.
Reply OfARelease(const std::string& type, const std::string& id) {
  return ErrorReply(409, {.code = "conflict",
                          .text = absl::StrCat(type, "/", id, ", which fits the condition, is of a release"),
                          .diagnostics = "releases are changed by nosograph releases"});
}

}  // namespace

ResourceWrites::ResourceWrites(std::shared_ptr<const snapshot::LiveReleases> live, std::shared_ptr<KeptResources> kept,
                               std::function<bool(const HttpRequest&)> may_write)
    : live_(std::move(live)), kept_(std::move(kept)), may_write_(std::move(may_write)) {}

bool ResourceWrites::IsWrite(const Question& question) {
  const std::vector<std::string>& segments = question.segments;
  if (segments.empty() || !IsKeptType(segments[0]) || absl::StartsWith(segments.back(), "$")) return false;
  if (question.method == "POST") return segments.size() == 1;
  return (question.method == "PUT" || question.method == "DELETE") && segments.size() <= 2;
}

Reply ResourceWrites::Write(const Question& question, const HttpRequest& request) const {
  if (kept_ == nullptr || !kept_->writable()) {
    return ErrorReply(405, {.code = "not-supported",
                            .text = "nobody may change what is kept here",
                            .diagnostics = "start the service with --anonymous-role releaser, or with TLS and "
                                           "--releaser, the name of those who may"});
  }
  if (may_write_ && !may_write_(request)) {
    return ErrorReply(403, {.code = "forbidden",
                            .text = "only a releaser may change what is kept here",
                            .diagnostics = "use a client certificate whose subject alternative name the service "
                                           "lists under --releaser, or start it with --anonymous-role releaser"});
  }
  KeptResources::Change change{.type = question.segments[0],
                               .id = question.segments.size() == 2 ? question.segments[1] : "",
                               .version = question.version,
                               .if_none_match = request.Header("if-none-match") == "*"};
  if (std::optional<Reply> wrong = ReadIfMatch(request, change)) return *std::move(wrong);
  const std::string& if_none_exist = request.Header("if-none-exist");
  const bool create = question.method == "POST";
  const bool by_condition = question.segments.size() == 1 && (!create || !if_none_exist.empty());
  // Of writes by condition each sees what the one before has written.
  std::unique_lock<std::mutex> lock(conditional_, std::defer_lock);
  if (by_condition) lock.lock();
  if (question.method == "DELETE") {
    if (by_condition) {
      if (std::optional<Reply> refused = ChooseByCondition(question, change)) return *std::move(refused);
    }
    return Delete(question, change);
  }
  const std::string& content_type = request.Header("content-type");
  if (!content_type.empty() && !IsJson(content_type)) {
    return ErrorReply(415, {.code = "not-supported",
                            .text = absl::StrCat("'", base::Excerpt(content_type), "' is not read here"),
                            .expression = "Content-Type",
                            .diagnostics = "send application/fhir+json"});
  }
  change.json = request.body;
  if (by_condition) {
    std::optional<Reply> instead = create ? FindInstead(question, if_none_exist) : ChooseByCondition(question, change);
    if (instead) return *std::move(instead);
  }
  if (request.Header("if-match") == "*" && !change.if_match && kept_->Get()->Find(change.type, change.id) == nullptr) {
    return Precondition("there is no such resource yet", "If-Match");
  }
  return Put(question, request, change);
}

// The version that If-Match asks for, into the change; or what is wrong with it.
std::optional<Reply> ResourceWrites::ReadIfMatch(const HttpRequest& request, KeptResources::Change& change) {
  const std::string& tag = request.Header("if-match");
  if (tag.empty() || tag == "*") return std::nullopt;
  absl::string_view number = tag;
  (void)absl::ConsumePrefix(&number, "W/");
  int64_t version = 0;
  if (!absl::ConsumePrefix(&number, "\"") || !absl::ConsumeSuffix(&number, "\"") ||
      !absl::SimpleAtoi(number, &version)) {
    return ErrorReply(400, {.code = "invalid",
                            .text = absl::StrCat("'", base::Excerpt(tag), "' is no version of a resource"),
                            .expression = "If-Match",
                            .diagnostics = "send the ETag that the resource was read with"});
  }
  change.if_match = version;
  return std::nullopt;
}

Reply ResourceWrites::Delete(const Question& question, const KeptResources::Change& change) const {
  const snapshot::Release* const release =
      change.type == "ConceptMap" ? nullptr : FindById(question.content().releases, change.id);
  if (release != nullptr && question.view.kept()->Find(change.type, change.id) == nullptr && !IsKept(*release)) {
    return ErrorReply(
        405, {.code = "not-supported",
              .text = absl::StrCat(change.type, "/", base::Excerpt(change.id), " is of a release that was imported"),
              .diagnostics = "releases are changed by nosograph releases"});
  }
  const absl::Status deleted = kept_->Delete(change.type, change.id, change.version, change.if_match);
  if (absl::IsFailedPrecondition(deleted)) return Precondition(deleted.message(), "If-Match");
  if (absl::IsAborted(deleted)) return Busy(deleted);
  return deleted.ok() || absl::IsNotFound(deleted) ? Reply{204, ""} : ErrorReply(deleted);
}

Reply ResourceWrites::Put(const Question& question, const HttpRequest& request,
                          const KeptResources::Change& change) const {
  const snapshot::LiveReleases::Pin imported = live_->Get();
  const std::string& type = change.type;
  if (type != "ConceptMap" && !change.id.empty() && FindById(*imported, change.id) != nullptr) {
    return ErrorReply(409, {.code = "conflict",
                            .text = absl::StrCat(type, "/", change.id, " is that of a release that was imported"),
                            .diagnostics = "take another id"});
  }
  const absl::StatusOr<KeptResources::Written> written = kept_->Put(change, *imported);
  if (absl::IsFailedPrecondition(written.status())) {
    return Precondition(written.status().message(), change.if_none_match ? "If-None-Match" : "If-Match");
  }
  if (absl::IsAborted(written.status())) return Busy(written.status());
  if (absl::IsAlreadyExists(written.status())) {
    return ErrorReply(422, {.code = "duplicate", .text = std::string(written.status().message())});
  }
  if (!written.ok()) {
    // What is a resource and cannot be taken is told apart from what is none, or another (FHIR R4 3.1.0.7.1).
    const fhir::Issue issue = fhir::IssueOf(written.status());
    const bool none = issue.expression == "resource" || issue.expression == "resourceType" ||
                      issue.expression == "id" || issue.expression == type + ".id";
    if (!absl::IsInvalidArgument(written.status())) return ErrorReply(written.status());
    return ErrorReply(none ? 400 : 422, issue);
  }
  const store::StoredResource& stored = written->resource->stored;
  const std::string location = absl::StrCat(question.base, "/", type, "/", stored.id, "/_history/", stored.version_id);
  const bool minimal = absl::StrContains(request.Header("prefer"), "return=minimal");
  return {written->created ? 201 : 200,
          minimal ? "" : std::string(stored.json.view()),
          {{"ETag", written->resource->tag()}, {"Location", location}, {"Last-Modified", HttpDate(stored.updated)}}};
}

// Which resource an update or delete by condition is about, into the change: the one that fits, as it was when it did,
// or for an update a new one (FHIR R4 3.1.0.4.3 and 3.1.0.7.1, R5 3.2.0.1.3.1); or why it cannot be. Judged by what is
// kept now: what an entry of the same batch has written counts.
std::optional<Reply> ResourceWrites::ChooseByCondition(const Question& question, KeptResources::Change& change) const {
  if (std::optional<Reply> refused = RefuseCondition(question, question.parameters, "url")) return refused;
  const std::shared_ptr<const KeptSet> kept = kept_->Get();
  const Place place{question.content().releases, kept.get(), question.version, question.base};
  const absl::StatusOr<Fitting> fitting = FindFitting(place, change.type, question.parameters);
  if (!fitting.ok()) return ErrorReply(fitting.status());
  if (fitting->kept.size() > 1) return SeveralFit(fitting->kept.size(), change.type, "url");
  if (fitting->kept.empty() && !fitting->others.empty()) return OfARelease(change.type, fitting->others.front());
  change.id_may_lack = true;
  if (!fitting->kept.empty()) {
    const store::StoredResource& fits = fitting->kept.front()->stored;
    change.id = fits.id;
    if (!change.if_match) change.if_match = fits.version_id;
    return std::nullopt;
  }
  if (question.method == "DELETE") {
    return ErrorReply(
        404, {.code = "not-found", .text = absl::StrCat("no resource of type ", change.type, " fits the condition")});
  }
  // None fits: it is made, with the id that the resource says, if it says one that nobody has.
  simdjson::dom::parser parser;
  simdjson::dom::element resource;
  std::string_view id;
  if (parser.parse(change.json).get(resource) != simdjson::SUCCESS || resource["id"].get(id) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  change.id = id;
  if (kept->Find(change.type, change.id) == nullptr) {
    change.if_none_match = true;
    return std::nullopt;
  }
  return ErrorReply(409, {.code = "conflict",
                          .text = absl::StrCat(change.type, "/", base::Excerpt(change.id),
                                               " is there, and does not fit the condition"),
                          .expression = change.type + ".id",
                          .diagnostics = "leave the id out, or put the resource at its address"});
}

// What a conditional create answers instead of creating; nothing where no resource fits (FHIR R4 3.1.0.8.1).
std::optional<Reply> ResourceWrites::FindInstead(const Question& create, const std::string& condition) const {
  constexpr char kHeader[] = "If-None-Exist";
  const std::string& type = create.segments[0];
  absl::StatusOr<Target> target = ReadTarget(absl::StrCat("/", type), std::string(absl::StripPrefix(condition, "?")));
  if (!target.ok()) return ErrorReply(target.status());
  if (std::optional<Reply> refused = RefuseCondition(create, target->parameters, kHeader)) return refused;
  const std::shared_ptr<const KeptSet> kept = kept_->Get();
  const Place place{create.content().releases, kept.get(), create.version, create.base};
  const absl::StatusOr<Fitting> fitting = FindFitting(place, type, target->parameters);
  if (!fitting.ok()) return ErrorReply(fitting.status());
  const size_t count = fitting->kept.size() + fitting->others.size();
  if (count == 0) return std::nullopt;
  if (count > 1) return SeveralFit(count, type, kHeader);
  const std::string& id = fitting->kept.empty() ? fitting->others.front() : fitting->kept.front()->stored.id;
  Reply known = KindOf(type, create.version)->read(place, id, {});
  known.headers.emplace_back("Location", absl::StrCat(create.base, "/", type, "/", id));
  return known;
}

}  // namespace nosograph::rest
