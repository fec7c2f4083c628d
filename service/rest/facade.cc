#include "service/rest/facade.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "service/rest/batch.h"
#include "service/rest/capabilities.h"
#include "service/rest/clinical_tables.h"
#include "service/rest/content_source.h"
#include "service/rest/encoding.h"
#include "service/rest/page.h"
#include "service/rest/question.h"
#include "service/rest/resource_writes.h"
#include "service/rest/resources.h"
#include "service/rest/search_parameters.h"
#include "service/rest/search_set.h"
#include "service/rest/target.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/parameters_writer.h"
#include "terminology/operations/display_languages.h"
#include "terminology/operations/parameter_names.h"
#include "terminology/operations/reply.h"
#include "terminology/operations/request_content.h"
#include "terminology/operations/value_set.h"

namespace nosograph::rest {
namespace {

using operations::Content;
using operations::DisplayLanguages;
using operations::ErrorReply;
using operations::HasRequestContent;
using operations::kAcceptLanguage;
using operations::kAskedCodeSystem;
using operations::kExcludeSystem;
using operations::NotUnderstood;
using operations::RefuseMistaken;
using operations::Reply;
using operations::SentContent;
using operations::WithRequestContent;

using service::HttpRequest;
using service::HttpResponse;

constexpr size_t kLongestRequestId = 200;

Reply NotThere(absl::string_view what) {
  return ErrorReply(404, {.code = "not-supported",
                          .text = absl::StrCat("there is no ", base::Excerpt(what), " here"),
                          .diagnostics = "ask for metadata, which says what there is"});
}

// A ValueSet that is sent by itself is the parameter of that name.
constexpr fhir::Alone kAlone = {"ValueSet", "valueSet"};

constexpr char kOther[] = "other";
constexpr std::pair<const char*, const char*> kWrites[] = {{"PUT", "update"}, {"DELETE", "delete"}, {"POST", "create"}};

std::string OperationName(const Operation& operation) {
  return absl::StrCat(operation.type, *operation.type == '\0' ? "" : "/", "$", operation.name);
}

class Facade {
 public:
  Facade(std::shared_ptr<const snapshot::LiveReleases> live, FacadeOptions options)
      : live_(std::move(live)),
        source_(live_, options.kept),
        cache_(options.caches),
        writes_(live_, options.kept, options.may_write),
        options_(std::move(options)) {}

  HttpResponse Answer(const HttpRequest& request) const {
    HttpResponse response = AnswerInForm(request);
    if (response.operation.empty()) response.operation = kOther;
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    response.headers.emplace_back("Access-Control-Expose-Headers", "ETag, Location, X-Request-Id");
    const std::string& id = request.Header("x-request-id");
    const bool printable =
        std::all_of(id.begin(), id.end(), [](char c) { return absl::ascii_isprint(static_cast<unsigned char>(c)); });
    if (!id.empty() && id.size() <= kLongestRequestId && printable) response.headers.emplace_back("X-Request-Id", id);
    return response;
  }

 private:
  HttpResponse AnswerInForm(const HttpRequest& request) const {
    if (request.method == "OPTIONS") {
      return {.status = 204,
              .headers = {{"Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, HEAD, OPTIONS"},
                          {"Access-Control-Allow-Headers",
                           "Accept, Accept-Language, Content-Type, If-Match, If-None-Exist, If-None-Match, Prefer, "
                           "X-Cache-Id, X-Request-Id"},
                          {"Access-Control-Max-Age", "86400"}}};
    }
    if (options_.may_ask && !options_.may_ask(request)) {
      return InJson(ErrorReply(403, {.code = "forbidden",
                                     .text = "the client certificate gives no right to ask here",
                                     .diagnostics = "use one whose subject alternative name the service lists under "
                                                    "--reader or --releaser"}),
                    fhir::Version::kR4, request);
    }
    absl::StatusOr<Target> target = ReadTarget(request.path, request.query);
    if (!target.ok()) return InJson(ErrorReply(target.status()), fhir::Version::kR4, request);
    if (target->segments.empty()) return {.content_type = "text/html; charset=utf-8", .body = kFrontPage};
    if (request.path == "/api/icd10cm/v3/search") {
      return Named("clinical tables",
                   InJson(SearchClinicalTable(*live_->Get(), target->parameters), std::nullopt, request));
    }
    if (!IsBase(target->segments.front())) return InJson(NotThere(request.path), fhir::Version::kR4, request);
    const std::optional<fhir::Version> version = VersionOf(target->segments.front(), request);
    if (!version) {
      return InJson(ErrorReply(406, {.code = "not-supported",
                                     .text = "this version of FHIR is not spoken here",
                                     .expression = "fhirVersion",
                                     .diagnostics = "ask for 4.0 or 5.0"}),
                    fhir::Version::kR4, request);
    }
    const std::string& encoding = request.Header("content-encoding");
    if (!encoding.empty() && encoding != "identity") {
      return InJson(
          ErrorReply(415, {.code = "not-supported",
                           .text = absl::StrCat("bodies in '", base::Excerpt(encoding), "' are not read here"),
                           .expression = "Content-Encoding",
                           .diagnostics = "send the body as it is"}),
          *version, request);
    }
    const Form form = FormOf(target->format, request.Header("accept"));
    if (form == Form::kNone) {
      return InJson(ErrorReply(406, {.code = "not-supported",
                                     .text = "only JSON is spoken here",
                                     .diagnostics = "accept application/fhir+json"}),
                    *version, request);
    }
    // Behind a proxy that does TLS it says so.
    const bool secure = request.secure || request.Header("x-forwarded-proto") == "https";
    const char* const scheme = secure ? "https://" : "http://";
    const std::string base = absl::StrCat(scheme, HostOf(request), "/", target->segments.front());
    std::string name = NameOf(target->segments, request.method);
    Reply reply = AnswerAt(*version, base, *std::move(target), request);
    // What has no body has no page either.
    if (form == Form::kHtml && !reply.body.empty()) {
      return {.status = reply.status,
              .content_type = "text/html; charset=utf-8",
              .body = PageOf(reply.body),
              .operation = std::move(name)};
    }
    return Named(std::move(name), InJson(std::move(reply), *version, request));
  }

  static HttpResponse Named(std::string name, HttpResponse response) {
    response.operation = std::move(name);
    return response;
  }
  // What is asked for, by a name that has nothing of the caller's in it.
  static std::string NameOf(const std::vector<std::string>& segments, const std::string& method) {
    if (segments.size() == 1) return method == "POST" ? "batch" : kOther;
    const std::string& last = segments.back();
    const std::string& type = segments[1];
    if (segments.size() == 2 && last == "metadata") return last;
    if (absl::StartsWith(last, "$")) {
      const absl::string_view of = segments.size() == 2 ? "" : absl::string_view(type);
      for (const Operation& operation : Operations()) {
        if (operation.type == of && operation.name == last.substr(1)) return OperationName(operation);
      }
      return kOther;
    }
    for (const ResourceKind& kind : ResourceKinds()) {
      if (kind.type != type || kind.read == nullptr) continue;
      if (IsKeptType(type)) {
        for (const auto& [of, interaction] : kWrites) {
          if (method == of && (method != "POST" || segments.size() == 2)) return absl::StrCat(type, " ", interaction);
        }
      }
      return absl::StrCat(type, segments.size() == 2 || last == "_search" ? " search" : " read");
    }
    return kOther;
  }

  Reply AnswerAt(fhir::Version version, const std::string& base, Target target, const HttpRequest& request) const {
    // All of a batch is answered from one state.
    const ContentSource::View view = source_.Get();
    Question question{view, version, base, request.method, {}, std::move(target.parameters)};
    question.segments.assign(std::make_move_iterator(target.segments.begin() + 1),
                             std::make_move_iterator(target.segments.end()));
    // What a header wants of displays a parameter may say otherwise; a list that is none is passed over.
    const std::string& languages = request.Header("accept-language");
    if (!languages.empty() && DisplayLanguages::Read(languages).ok()) question.languages = languages;
    question.cache_id = request.Header("x-cache-id");
    question.strict = absl::StrContains(request.Header("prefer"), "handling=strict");
    if (ResourceWrites::IsWrite(question)) return writes_.Write(question, request);
    if (request.method != "POST") return Ask(std::move(question));
    if (question.segments.empty()) {
      return AnswerBatch(
          question, request, options_.max_batch, [this](Question one) { return Ask(std::move(one)); },
          [this](const Question& one, const HttpRequest& entry) { return writes_.Write(one, entry); });
    }
    const std::string& type = request.Header("content-type");
    if (absl::StartsWith(type, "application/x-www-form-urlencoded")) {
      absl::StatusOr<Target> form = ReadTarget("/", request.body);
      if (!form.ok()) return ErrorReply(form.status());
      question.parameters = std::move(form->parameters);
      return Ask(std::move(question));
    }
    if (!type.empty() && !IsJson(type)) {
      return ErrorReply(415, {.code = "not-supported",
                              .text = absl::StrCat("'", base::Excerpt(type), "' is not read here"),
                              .expression = "Content-Type",
                              .diagnostics = "send application/fhir+json"});
    }
    absl::StatusOr<fhir::Parameters> sent = fhir::Parameters::Read(request.body, kAlone);
    if (!sent.ok()) return ErrorReply(sent.status());
    // What the address says counts where the body says nothing.
    for (const fhir::Parameter& parameter : question.parameters.all()) {
      if (!sent->Has(parameter.name)) sent->Add(parameter);
    }
    question.parameters = *std::move(sent);
    return Ask(std::move(question));
  }

  Reply Ask(Question question) const {
    const std::vector<std::string>& segments = question.segments;
    const bool post = question.method == "POST";
    if (!post && question.method != "GET" && question.method != "HEAD") return WrongMethod(question.method);
    if (segments.empty()) return NotThere("resource without a type");
    const std::string& last = segments.back();
    if (absl::StartsWith(last, "$")) return Operate(std::move(question));
    if (segments.size() == 1 && last == "metadata") {
      const absl::StatusOr<std::string> mode = question.parameters.Text("mode");
      if (!mode.ok()) return ErrorReply(mode.status());
      return *mode == "terminology" ? TerminologyCapabilities(question.content().releases, question.version,
                                                              question.base, options_.program_version)
                                    : CapabilityStatement(question.version, question.base, options_.program_version,
                                                          options_.kept != nullptr && options_.kept->writable());
    }
    const ResourceKind* const kind = KindOf(segments.front(), question.version);
    if (kind == nullptr || kind->read == nullptr) return NotThere(segments.front());
    const Place place{question.content().releases, question.view.kept(), question.version, question.base};
    if (segments.size() == 1 || (post && segments.size() == 2 && last == "_search")) {
      if (post && segments.size() == 1) return WrongMethod("POST without an operation");
      if (std::optional<Reply> refused = RefuseSearch(*kind, question.version, question.parameters, question.strict)) {
        return *std::move(refused);
      }
      return kind->search(place, question.parameters);
    }
    if (post) return WrongMethod("POST without an operation");
    if (segments.size() == 2) return kind->read(place, segments[1], question.parameters);
    if (segments.size() == 4 && segments[2] == "_history") return ReadVersion(*kind, place, segments, question);
    return NotThere(last);
  }

  // A parameter that would change the answer and is not understood is refused, never passed over; null for none.
  static const char* RefusedOf(const Operation& operation, const fhir::Parameters& parameters) {
    if (absl::string_view(operation.name) != "expand" && parameters.Has(kExcludeSystem)) return kExcludeSystem;
    // A translation has versions of its own, sourceVersion and targetVersion in the map.
    for (const char* parameter : {"system-version", "check-system-version", "force-system-version"}) {
      if (absl::string_view(operation.type) == "ConceptMap" && parameters.Has(parameter)) return parameter;
    }
    return nullptr;
  }

  // "$lookup" on a type, an instance or the system.
  Reply Operate(Question question) const {
    const Content& content = question.content();
    const std::vector<std::string>& segments = question.segments;
    const std::string name = segments.back().substr(1);
    const std::string type = segments.size() == 1 ? "" : segments.front();
    fhir::Parameters& parameters = question.parameters;
    for (const Operation& operation : Operations()) {
      if (operation.name != name || operation.type != type) continue;
      if (operation.answer == nullptr) return ControlCache(question);
      if (const char* refused = RefusedOf(operation, parameters)) {
        return NotUnderstood(refused);
      }
      if (std::optional<Reply> mistaken = RefuseMistaken(parameters)) return *std::move(mistaken);
      if (segments.size() == 3 && KindOf(type, question.version)->read != nullptr) {
        // Of an instance: its canonical stands for it.
        const auto canonical = CanonicalOfInstance(question, type, segments[1]);
        if (!canonical) return NoSuchResource(operation.type, segments[1]);
        parameters.Add(name == "lookup" || name == "subsumes" ? "system" : "url", canonical->first);
        if (!canonical->second.empty()) {
          parameters.Add(type == "CodeSystem" ? "version"
                         : type == "ValueSet" ? "valueSetVersion"
                                              : "conceptMapVersion",
                         canonical->second);
        }
      } else if (segments.size() > 2) {
        break;
      }
      // Nobody else takes a code system with the question: passed over, as what is not known is.
      if (type != "CodeSystem" || !absl::EndsWith(name, "validate-code")) parameters.Remove(kAskedCodeSystem);
      parameters.Remove(kAcceptLanguage);  // what a client calls so is no header
      if (!question.languages.empty()) parameters.Add(kAcceptLanguage, std::move(question.languages));
      std::shared_ptr<const SentContent> cached;
      if (!question.cache_id.empty()) {
        cached = cache_.Find(question.cache_id);
        if (cached == nullptr) return NoSuchCache(question.cache_id);
      }
      if (cached == nullptr && !HasRequestContent(parameters) &&
          !(type == "ValueSet" && NamesSupplements(content, parameters))) {
        return operation.answer(content, parameters, question.version);
      }
      const absl::StatusOr<Content> with_sent = WithRequestContent(content, parameters, cached.get());
      if (!with_sent.ok()) return ErrorReply(with_sent.status());
      return operation.answer(*with_sent, parameters, question.version);
    }
    return NotThere(segments.back());
  }

  static Reply NoSuchCache(const std::string& id) {
    return ErrorReply(422, {.code = "not-found",
                            .text = absl::StrCat("there is no cache '", base::Excerpt(id), "' any more"),
                            .expression = "X-Cache-Id",
                            .diagnostics = "start one by $cache-control?mode=start-cache, or send the resources"});
  }

  // $cache-control: mode=start-cache takes up the tx-resources, mode=end-cache ends that of X-Cache-Id or cache-id.
  Reply ControlCache(const Question& question) const {
    const auto control = [&]() -> absl::StatusOr<Reply> {
      ASSIGN_OR_RETURN(const std::string mode, question.parameters.Text("mode"));
      fhir::ParametersWriter answer;
      if (mode == "start-cache") {
        ASSIGN_OR_RETURN(const std::string id, cache_.Start(question.parameters));
        answer.Value("cache-id", "valueId", id);
        return Reply{200, answer.Take()};
      }
      if (mode != "end-cache") {
        return base::InvalidField("mode", mode, "is no mode", "ask for start-cache or end-cache");
      }
      ASSIGN_OR_RETURN(const std::string given, question.parameters.Text("cache-id"));
      const std::string& id = given.empty() ? question.cache_id : given;
      if (!cache_.End(id)) return NoSuchCache(id);
      answer.Flag("result", true);
      return Reply{200, answer.Take()};
    };
    return OrError(control());
  }

  // Url and version of a resource that is named by its id.
  static std::optional<std::pair<std::string, std::string>> CanonicalOfInstance(const Question& question,
                                                                                const std::string& type,
                                                                                const std::string& id) {
    if (question.view.kept() != nullptr) {
      if (const KeptResource* kept = question.view.kept()->Find(type, id)) return std::pair(kept->url, kept->version);
    }
    const snapshot::Release* const release = type == "ConceptMap" ? nullptr : FindById(question.content().releases, id);
    if (release == nullptr) return std::nullopt;
    const snapshot::Snapshot& snapshot = *release->snapshot;
    return std::pair(type == "CodeSystem" ? std::string(snapshot.url()) : ValueSetUrl(snapshot),
                     std::string(snapshot.version()));
  }

  // Only the version that is there now is kept.
  static Reply ReadVersion(const ResourceKind& kind, const Place& place, const std::vector<std::string>& segments,
                           const Question& question) {
    const KeptResource* const kept = place.kept == nullptr ? nullptr : place.kept->Find(kind.type, segments[1]);
    if (kept == nullptr || absl::StrCat(kept->stored.version_id) != segments[3]) {
      return ErrorReply(404, {.code = "not-found",
                              .text = absl::StrCat("there is no version '", base::Excerpt(segments[3]), "' of ",
                                                   kind.type, "/", base::Excerpt(segments[1])),
                              .diagnostics = "only the present version is kept"});
    }
    return kind.read(place, segments[1], question.parameters);
  }

  // Without a version of FHIR it is plain JSON.
  static HttpResponse InJson(Reply reply, std::optional<fhir::Version> version, const HttpRequest& request) {
    HttpResponse response{.status = reply.status, .body = std::move(reply.body)};
    for (auto& header : reply.headers) response.headers.push_back(std::move(header));
    if (reply.status == 405) response.headers.emplace_back("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS");
    response.content_type =
        version ? absl::StrCat("application/fhir+json; fhirVersion=", fhir::ShortVersion(*version), "; charset=utf-8")
                : "application/json; charset=utf-8";
    response.headers.emplace_back("Vary", "Accept, Accept-Encoding");
    if (response.status == 200 && (request.method == "GET" || request.method == "HEAD")) {
      const auto known = std::find_if(response.headers.begin(), response.headers.end(),
                                      [](const auto& header) { return header.first == "ETag"; });
      const std::string tag = known == response.headers.end() ? TagOf(response.body) : known->second;
      if (known == response.headers.end()) response.headers.emplace_back("ETag", tag);
      if (TagsHave(request.Header("if-none-match"), tag)) {
        response.status = 304;
        response.body.clear();
        return response;
      }
    }
    if (AcceptsGzip(request.Header("accept-encoding"))) CompressIfWorth(response);
    return response;
  }

  const std::shared_ptr<const snapshot::LiveReleases> live_;
  const ContentSource source_;
  mutable RequestCache cache_;
  const ResourceWrites writes_;
  const FacadeOptions options_;
};

}  // namespace

bool IsHeavy(const HttpRequest& request) {
  constexpr size_t kLargeBody = 128 << 10;
  constexpr uint32_t kManyCodes = 2000;
  if (request.body.size() >= kLargeBody) return true;
  // Writers wait for one another and for the disk.
  if (request.method == "PUT" || request.method == "DELETE") return true;
  const bool operation = absl::StrContains(request.path, "$") || absl::EndsWith(request.path, "/_search");
  if (request.method == "POST" && !operation) {
    const absl::string_view path = absl::StripSuffix(request.path, "/");
    const bool batch = IsBase(path.substr(path.rfind('/') + 1));
    return !batch || absl::StrContains(request.body, "$expand") || absl::StrContains(request.body, "\"PUT\"") ||
           absl::StrContains(request.body, "\"DELETE\"");
  }
  if (!absl::StrContains(request.path, "$expand")) return false;
  // How many codes are asked for, wherever it stands: only a hint, so that nothing is parsed for it.
  for (const absl::string_view text : {absl::string_view(request.query), absl::string_view(request.body)}) {
    for (const absl::string_view sign : {"count=", "\"valueInteger\":", "\"valueInteger\": "}) {
      for (size_t at = text.find(sign); at != absl::string_view::npos; at = text.find(sign, at + 1)) {
        const absl::string_view rest = text.substr(at + sign.size());
        const size_t end = std::min(rest.find_first_not_of("0123456789"), rest.size());
        uint32_t number = 0;
        if (absl::SimpleAtoi(rest.substr(0, end), &number) && number >= kManyCodes) return true;
      }
    }
  }
  return false;
}

HttpResponse RefuseRequest(int status, const std::string& problem) {
  const char* const code = status == 400 ? "invalid" : status >= 500 ? "exception" : "too-long";
  HttpResponse response{.status = status,
                        .content_type = "application/fhir+json; charset=utf-8",
                        .body = fhir::OutcomeOf({{.code = code, .text = problem}}),
                        .operation = kOther};
  response.headers.emplace_back("Access-Control-Allow-Origin", "*");
  return response;
}

std::vector<std::string> OperationNames() {
  std::vector<std::string> names = {"metadata", "batch", "clinical tables", kOther};
  for (const Operation& operation : Operations()) names.push_back(OperationName(operation));
  for (const ResourceKind& kind : ResourceKinds()) {
    if (kind.read == nullptr) continue;
    for (const char* what : {" read", " search"}) names.push_back(absl::StrCat(kind.type, what));
    if (!IsKeptType(kind.type)) continue;
    for (const auto& [method, interaction] : kWrites) names.push_back(absl::StrCat(kind.type, " ", interaction));
  }
  return names;
}

service::HttpHandler MakeFacade(std::shared_ptr<const snapshot::LiveReleases> live, FacadeOptions options) {
  return [facade = std::make_shared<const Facade>(std::move(live), std::move(options))](const HttpRequest& request) {
    return facade->Answer(request);
  };
}

}  // namespace nosograph::rest
