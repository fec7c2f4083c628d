// What an HTTP request asks for, taken apart: path and parameters, version of FHIR, form of the answer.
//
// Thread-safe: functions without state.
//
//   ASSIGN_OR_RETURN(Target target, ReadTarget(request.path, request.query));
#ifndef NOSOGRAPH_SERVICE_REST_TARGET_H_
#define NOSOGRAPH_SERVICE_REST_TARGET_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "service/http/http_server.h"
#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"

namespace nosograph::rest {

// What is asked, taken apart.
struct Target {
  std::vector<std::string> segments = {};  // decoded
  fhir::Parameters parameters = {};        // of the query
  std::string format = {};                 // _format
};

// Errors: InvalidArgument for what is no path and query.
absl::StatusOr<Target> ReadTarget(const std::string& path, const std::string& query);

// Whether a media type, or one that is accepted, is JSON.
bool IsJson(absl::string_view type);

enum class Form { kJson, kHtml, kNone };

// JSON where the client can read it at all, wherever it stands in its list; HTML for a browser.
Form FormOf(absl::string_view format, absl::string_view accept);

// Whether the first segment of a path is one of the bases that FHIR is spoken on.
bool IsBase(absl::string_view segment);

// The version of FHIR of a base, which for /fhir the request says; nothing for one that is not spoken.
std::optional<fhir::Version> VersionOf(absl::string_view base, const service::HttpRequest& request);

// The host that a client says it asked; what is none does not get into an answer.
std::string HostOf(const service::HttpRequest& request);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_TARGET_H_
