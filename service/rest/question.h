// One question in one version of FHIR, however it came: alone, or as an entry of a batch.
//
// A plain value, which refers to the state that it is answered from. Thread-safe once made.
#ifndef NOSOGRAPH_SERVICE_REST_QUESTION_H_
#define NOSOGRAPH_SERVICE_REST_QUESTION_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "service/http/http_server.h"
#include "service/rest/content_source.h"
#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"
#include "terminology/operations/content.h"
#include "terminology/operations/reply.h"

namespace nosograph::rest {

struct Question {
  const ContentSource::View& view;
  fhir::Version version;
  std::string base;  // the address of the version
  std::string method;
  std::vector<std::string> segments;  // behind the base
  fhir::Parameters parameters;
  std::string languages = {};  // of Accept-Language
  std::string cache_id = {};   // of X-Cache-Id
  bool strict = false;         // what is not understood is refused in searches too

  const operations::Content& content() const { return view.In(version); }
};

// How questions are answered: those that read, and those that change what is kept, with the request that they came in.
using AskQuestion = std::function<operations::Reply(Question)>;
using WriteQuestion = std::function<operations::Reply(const Question&, const service::HttpRequest&)>;

// The refusal of a method that is not taken where it was sent to.
operations::Reply WrongMethod(absl::string_view method);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_QUESTION_H_
