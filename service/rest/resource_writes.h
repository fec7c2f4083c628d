// What changes the resources that are kept: create, update and delete, with their conditions (FHIR R4 3.1.0.4 to
// 3.1.0.8).
//
// Thread-safe: one write goes after the other.
//
//   if (ResourceWrites::IsWrite(question)) return writes.Write(question, request);
#ifndef NOSOGRAPH_SERVICE_REST_RESOURCE_WRITES_H_
#define NOSOGRAPH_SERVICE_REST_RESOURCE_WRITES_H_

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "service/http/http_server.h"
#include "service/rest/kept_resources.h"
#include "service/rest/question.h"
#include "terminology/operations/reply.h"
#include "terminology/snapshot/live_releases.h"

namespace nosograph::rest {

class ResourceWrites {
 public:
  // `kept` is null where nothing can be written; `may_write` says whether who sent a request may, and is empty where
  // everyone may.
  ResourceWrites(std::shared_ptr<const snapshot::LiveReleases> live, std::shared_ptr<KeptResources> kept,
                 std::function<bool(const service::HttpRequest&)> may_write);

  // PUT and DELETE of an instance, or of what fits a condition, and POST of a resource to its type.
  static bool IsWrite(const Question& question);

  // Refusals are OperationOutcomes: 403 and 405 for who may not, 409
  // and 412 for conflicts, 400 for what is no resource, 422 for one that cannot be taken.
  operations::Reply Write(const Question& question, const service::HttpRequest& request) const;

 private:
  std::optional<operations::Reply> ChooseByCondition(const Question& question, KeptResources::Change& change) const;
  std::optional<operations::Reply> FindInstead(const Question& create, const std::string& condition) const;
  static std::optional<operations::Reply> ReadIfMatch(const service::HttpRequest& request,
                                                      KeptResources::Change& change);
  operations::Reply Delete(const Question& question, const KeptResources::Change& change) const;
  operations::Reply Put(const Question& question, const service::HttpRequest& request,
                        const KeptResources::Change& change) const;

  const std::shared_ptr<const snapshot::LiveReleases> live_;
  const std::shared_ptr<KeptResources> kept_;
  const std::function<bool(const service::HttpRequest&)> may_write_;
  mutable std::mutex conditional_;  // of writes by condition, from looking to writing
};

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_RESOURCE_WRITES_H_
