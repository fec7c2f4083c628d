#include "service/rest/resource_writes.h"

#include <simdjson.h>

#include <cstdint>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
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

Reply Precondition(const absl::Status& status) {
  return ErrorReply(412, {.code = "conflict", .text = std::string(status.message()), .expression = "If-Match"});
}

}  // namespace

ResourceWrites::ResourceWrites(std::shared_ptr<const snapshot::LiveReleases> live, std::shared_ptr<KeptResources> kept,
                               std::function<bool(const HttpRequest&)> may_write)
    : live_(std::move(live)), kept_(std::move(kept)), may_write_(std::move(may_write)) {}

bool ResourceWrites::IsWrite(const Question& question) {
  const std::vector<std::string>& segments = question.segments;
  if (segments.empty() || !IsKeptType(segments[0]) || absl::StartsWith(segments.back(), "$")) return false;
  if (question.method == "POST") return segments.size() == 1;
  return (question.method == "PUT" || question.method == "DELETE") && segments.size() == 2;
}

Reply ResourceWrites::Write(const Question& question, const HttpRequest& request, const AskQuestion& ask) const {
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
  const std::string& type = question.segments[0];
  const std::string id = question.segments.size() == 2 ? question.segments[1] : "";
  std::optional<int64_t> if_match;
  const std::string& tag = request.Header("if-match");
  if (!tag.empty() && tag != "*") {
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
    if_match = version;
  }
  if (question.method == "DELETE") {
    const snapshot::Release* const release = type == "ConceptMap" ? nullptr : FindById(question.content().releases, id);
    if (release != nullptr && question.view.kept()->Find(type, id) == nullptr && !IsKept(*release)) {
      return ErrorReply(405, {.code = "not-supported",
                              .text = absl::StrCat(type, "/", base::Excerpt(id), " is of a release that was imported"),
                              .diagnostics = "releases are changed by nosograph releases"});
    }
    const absl::Status deleted = kept_->Delete(type, id, question.version, if_match);
    if (absl::IsFailedPrecondition(deleted)) return Precondition(deleted);
    if (absl::IsAborted(deleted)) return Busy(deleted);
    return deleted.ok() || absl::IsNotFound(deleted) ? Reply{204, ""} : ErrorReply(deleted);
  }
  const std::string& content_type = request.Header("content-type");
  if (!content_type.empty() && !IsJson(content_type)) {
    return ErrorReply(415, {.code = "not-supported",
                            .text = absl::StrCat("'", base::Excerpt(content_type), "' is not read here"),
                            .expression = "Content-Type",
                            .diagnostics = "send application/fhir+json"});
  }
  const snapshot::LiveReleases::Pin imported = live_->Get();
  if (type != "ConceptMap" && !id.empty() && FindById(*imported, id) != nullptr) {
    return ErrorReply(409, {.code = "conflict",
                            .text = absl::StrCat(type, "/", id, " is that of a release that was imported"),
                            .diagnostics = "take another id"});
  }
  const std::string& condition = request.Header("if-none-exist");
  if (id.empty() && !condition.empty()) {
    if (std::optional<Reply> known = FindInstead(question, type, condition, ask)) return *std::move(known);
  }
  const absl::StatusOr<KeptResources::Written> written =
      kept_->Put({.type = type,
                  .id = id,
                  .json = request.body,
                  .version = question.version,
                  .if_match = if_match,
                  .if_none_match = request.Header("if-none-match") == "*"},
                 *imported);
  if (absl::IsFailedPrecondition(written.status())) return Precondition(written.status());
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

// What a conditional create answers instead of creating; nothing where no resource fits (FHIR R4 3.1.0.8.1).
std::optional<Reply> ResourceWrites::FindInstead(const Question& create, const std::string& type,
                                                 const std::string& condition, const AskQuestion& ask) const {
  absl::StatusOr<Target> target = ReadTarget(absl::StrCat("/", type), std::string(absl::StripPrefix(condition, "?")));
  if (!target.ok()) return ErrorReply(target.status());
  Question search = create;
  search.method = "GET";
  search.strict = true;  // what is passed over would find something else
  search.parameters = std::move(target->parameters);
  const Reply found = ask(search);
  if (found.status != 200) return found;
  simdjson::dom::parser parser;
  simdjson::dom::element bundle;
  int64_t total = 0;
  if (parser.parse(found.body).get(bundle) != simdjson::SUCCESS || bundle["total"].get(total) != simdjson::SUCCESS ||
      total == 0) {
    return std::nullopt;
  }
  std::string_view id;
  if (total > 1 || bundle.at_pointer("/entry/0/resource/id").get(id) != simdjson::SUCCESS) {
    return ErrorReply(412, {.code = "multiple-matches",
                            .text = absl::StrCat(total, " resources of type ", type, " fit the condition"),
                            .expression = "If-None-Exist",
                            .diagnostics = "ask for what one alone has, such as its url"});
  }
  search.segments = {type, std::string(id)};
  search.parameters = {};
  Reply known = ask(search);
  known.headers.emplace_back("Location", absl::StrCat(create.base, "/", type, "/", std::string(id)));
  return known;
}

}  // namespace nosograph::rest
