#include "service/rest/batch.h"

#include <simdjson.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "service/rest/resource_writes.h"
#include "service/rest/target.h"
#include "terminology/base/json_writer.h"

namespace nosograph::rest {

using operations::ErrorReply;
using operations::Reply;
using service::HttpRequest;

namespace {

// An error stands in `outcome`, where FHIR has it, and in `resource` too, where clients look first.
void WriteEntry(const Reply& reply, base::JsonWriter& json) {
  const auto header = [&](absl::string_view name) {
    const auto found =
        std::find_if(reply.headers.begin(), reply.headers.end(), [&](const auto& each) { return each.first == name; });
    return found == reply.headers.end() ? absl::string_view() : absl::string_view(found->second);
  };
  json.StartObject();
  if (!reply.body.empty()) json.Raw("resource", reply.body);
  json.StartObject("response").Text("status", absl::StrCat(reply.status));
  json.TextIfAny("location", header("Location")).TextIfAny("etag", header("ETag"));
  if (reply.status >= 400) json.Raw("outcome", reply.body);
  json.EndObject().EndObject();
}

// An entry that changes what is kept, as the request that it stands for: who sent the batch, and its own conditions.
Reply WriteOfEntry(const Question& question, const HttpRequest& batch, simdjson::dom::element entry,
                   const WriteQuestion& write) {
  HttpRequest request{.method = question.method,
                      .headers = batch.headers,
                      .peer = batch.peer,
                      .secure = batch.secure,
                      .certificate_names = batch.certificate_names};
  const auto replace = [&](const char* header, const char* field) {
    std::erase_if(request.headers, [&](const auto& each) { return each.first == header; });
    std::string_view text;
    if (entry.at_pointer(field).get(text) == simdjson::SUCCESS) request.headers.emplace_back(header, text);
  };
  replace("if-match", "/request/ifMatch");
  replace("if-none-match", "/request/ifNoneMatch");
  replace("if-none-exist", "/request/ifNoneExist");
  simdjson::dom::element resource;
  if (entry.at_key("resource").get(resource) == simdjson::SUCCESS) request.body = simdjson::minify(resource);
  return write(question, request);
}

Reply AskEntry(const Question& question, const HttpRequest& batch, simdjson::dom::element entry, const AskQuestion& ask,
               const WriteQuestion& write) {
  std::string_view method;
  std::string_view url;
  if (entry.at_pointer("/request/method").get(method) != simdjson::SUCCESS ||
      entry.at_pointer("/request/url").get(url) != simdjson::SUCCESS) {
    return ErrorReply(400, {.code = "invalid",
                            .text = "an entry has no request with method and url",
                            .expression = "Bundle.entry.request"});
  }
  absl::string_view path(url.data(), url.size());
  (void)absl::ConsumePrefix(&path, question.base);
  (void)absl::ConsumePrefix(&path, "/");
  const size_t mark = path.find('?');
  absl::StatusOr<Target> target =
      ReadTarget(absl::StrCat("/", path.substr(0, mark)),
                 mark == absl::string_view::npos ? std::string() : std::string(path.substr(mark + 1)));
  if (!target.ok()) return ErrorReply(target.status());
  Question one{question.view,
               question.version,
               question.base,
               std::string(method),
               std::move(target->segments),
               std::move(target->parameters),
               question.languages,
               question.cache_id,
               question.strict};
  if (ResourceWrites::IsWrite(one)) return WriteOfEntry(one, batch, entry, write);
  if (method != "POST") return ask(std::move(one));
  if (one.segments.empty()) return WrongMethod("POST of a batch within a batch");
  simdjson::dom::element resource;
  const std::string sent =
      entry.at_key("resource").get(resource) == simdjson::SUCCESS ? simdjson::minify(resource) : "";
  absl::StatusOr<fhir::Parameters> parameters = fhir::Parameters::Read(sent);
  if (!parameters.ok()) return ErrorReply(parameters.status());
  one.parameters = *std::move(parameters);
  return ask(std::move(one));
}

}  // namespace

Reply AnswerBatch(const Question& question, const HttpRequest& request, size_t most, const AskQuestion& ask,
                  const WriteQuestion& write) {
  simdjson::dom::parser parser;
  simdjson::dom::object bundle;
  std::string_view text;
  simdjson::dom::element listed;
  if (parser.parse(request.body).get(bundle) != simdjson::SUCCESS ||
      bundle.at_key("resourceType").get(text) != simdjson::SUCCESS || text != "Bundle" ||
      bundle.at_key("type").get(text) != simdjson::SUCCESS || text != "batch") {
    return ErrorReply(400, {.code = "invalid",
                            .text = "the body is no Bundle of type batch",
                            .expression = "Bundle.type",
                            .diagnostics = "send a batch here, and a single question to its own address"});
  }
  simdjson::dom::array entries;
  if (bundle.at_key("entry").get(listed) == simdjson::SUCCESS && !listed.is_array()) {
    return ErrorReply(400, {.code = "invalid",
                            .text = "entry is no list",
                            .expression = "Bundle.entry",
                            .diagnostics = "give a list of entries"});
  }
  if (bundle.at_key("entry").get(entries) == simdjson::SUCCESS && entries.size() > most) {
    return ErrorReply(422, {.code = "too-costly",
                            .text = absl::StrCat("the batch has ", entries.size(), " entries, more than ", most),
                            .expression = "Bundle.entry",
                            .diagnostics = "send them in several batches"});
  }
  base::JsonWriter json;
  json.Text("resourceType", "Bundle").Text("type", "batch-response");
  if (bundle.at_key("entry").get(entries) != simdjson::SUCCESS || entries.size() == 0) return {200, json.Take()};
  json.StartList("entry");
  for (const simdjson::dom::element entry : entries) {
    WriteEntry(AskEntry(question, request, entry, ask, write), json);
  }
  json.EndList();
  return {200, json.Take()};
}

}  // namespace nosograph::rest
