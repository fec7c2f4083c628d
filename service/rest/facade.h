// FHIR over REST: which resource or operation a request asks for, in which version of FHIR, and in which form.
//
// Bases: /r4, /r5, and /fhir, whose version the fhirVersion parameter of Accept or Content-Type says, R4 unless it
// does. Beside them /api/icd10cm/v3/search (clinical_tables.h). Thread-safe.
//
//   ASSIGN_OR_RETURN(auto server, HttpServer::Start({.address = "127.0.0.1:8080"}, MakeFacade(live, {})));
#ifndef NOSOGRAPH_SERVICE_REST_FACADE_H_
#define NOSOGRAPH_SERVICE_REST_FACADE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "service/http/http_server.h"
#include "service/rest/kept_resources.h"
#include "service/rest/request_cache.h"
#include "terminology/snapshot/live_releases.h"

namespace nosograph::rest {

struct FacadeOptions {
  std::string program_version = "0";
  size_t max_batch = 1000;  // entries of a batch Bundle
  // Whether who sent it may ask; without it everyone may.
  std::function<bool(const service::HttpRequest&)> may_ask = {};
  // Whether who sent it may put and delete resources; without it everyone may.
  std::function<bool(const service::HttpRequest&)> may_write = {};
  // Where resources are kept; without it none can be put.
  std::shared_ptr<KeptResources> kept = nullptr;
  RequestCacheLimits caches = {};
};

// An address of a scheme, host and port that clients reach it at: what the Host header of each request says.
service::HttpHandler MakeFacade(std::shared_ptr<const snapshot::LiveReleases> live, FacadeOptions options);

// Whether a request may take long: a large body, or an expansion of many codes. HttpOptions::is_heavy.
bool IsHeavy(const service::HttpRequest& request);

// What is no request, or too large, as an OperationOutcome: HttpOptions::refuse.
service::HttpResponse RefuseRequest(int status, const std::string& problem);

// The names that responses tell as their operation: "CodeSystem/$lookup", "CodeSystem read", "batch" ...
std::vector<std::string> OperationNames();

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_FACADE_H_
