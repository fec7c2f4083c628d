#include "service/rest/target.h"

#include <algorithm>
#include <boost/url.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "terminology/base/field_error.h"
#include "terminology/base/unicode.h"

namespace nosograph::rest {

using service::HttpRequest;

namespace {

// Of the base /fhir; nothing for a version that is not spoken.
std::optional<fhir::Version> VersionIn(const HttpRequest& request) {
  for (const char* header : {"accept", "content-type"}) {
    const absl::string_view mime = request.Header(header);
    const size_t at = mime.find("fhirVersion=");
    if (at == absl::string_view::npos) continue;
    absl::string_view rest = mime.substr(at + 12);
    (void)absl::ConsumePrefix(&rest, "\"");
    if (absl::StartsWith(rest, "5.")) return fhir::Version::kR5;
    return absl::StartsWith(rest, "4.0") ? std::optional(fhir::Version::kR4) : std::nullopt;
  }
  return fhir::Version::kR4;
}

}  // namespace

absl::StatusOr<Target> ReadTarget(const std::string& path, const std::string& query) {
  std::string whole = query.empty() ? path : absl::StrCat(path, "?", query);
  // With scheme and host, as a proxy is asked (RFC 9112, 3.2.2).
  boost::urls::result<boost::urls::url_view> url =
      absl::StartsWith(path, "/") ? boost::urls::parse_origin_form(whole) : boost::urls::parse_absolute_uri(whole);
  if (!url) {
    // Many clients send what should have been encoded, such as the bar of "system|code", as it is.
    constexpr auto kAllowed = boost::urls::pchars + '/' + '?' + '%';
    whole = absl::StrCat(path, "?", boost::urls::encode(query, kAllowed));
    url = boost::urls::parse_origin_form(whole);
  }
  if (!url) {
    return base::FieldError(absl::StatusCode::kInvalidArgument, "url", base::Excerpt(path), "is no path and query",
                            "encode what may not stand in it by percent signs");
  }
  Target target;
  for (std::string segment : url->segments()) {
    if (!segment.empty()) target.segments.push_back(std::move(segment));
  }
  const boost::urls::params_view parameters = url->params();
  target.parameters.Reserve(parameters.size());
  for (auto parameter : parameters) {
    if (parameter.key == "_format") target.format = parameter.value;
    target.parameters.Add(std::move(parameter.key), std::move(parameter.value));
  }
  return target;
}

bool IsJson(absl::string_view type) {
  return absl::StrContains(type, "json") || absl::StrContains(type, "*/*") || absl::StrContains(type, "application/*");
}

Form FormOf(absl::string_view format, absl::string_view accept) {
  if (!format.empty()) {
    if (absl::StrContains(format, "html")) return Form::kHtml;
    return IsJson(format) ? Form::kJson : Form::kNone;
  }
  if (accept.empty()) return Form::kJson;
  if (absl::StartsWith(accept, "text/html")) return Form::kHtml;
  return IsJson(accept) ? Form::kJson : Form::kNone;
}

bool IsBase(absl::string_view segment) { return segment == "r4" || segment == "r5" || segment == "fhir"; }

std::optional<fhir::Version> VersionOf(absl::string_view base, const HttpRequest& request) {
  if (base == "fhir") return VersionIn(request);
  return base == "r5" ? fhir::Version::kR5 : fhir::Version::kR4;
}

std::string HostOf(const HttpRequest& request) {
  const std::string& host = request.Header("host");
  const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains(".:-_[]", c);
  });
  return host.empty() || !plain ? "localhost" : host;
}

}  // namespace nosograph::rest
