// What came with a request and is wanted again: tx-resources that a client sends once, by $cache-control, and refers to
// by X-Cache-Id (terminology ecosystem IG). Compiled once; gone when it is ended, is not asked for long, or is pushed
// out by later ones.
//
// Thread-safe. Who looks one up takes no lock.
//
//   ASSIGN_OR_RETURN(const std::string id, cache.Start(parameters));
//   std::shared_ptr<const SentContent> sent = cache.Find(id);
#ifndef NOSOGRAPH_SERVICE_REST_REQUEST_CACHE_H_
#define NOSOGRAPH_SERVICE_REST_REQUEST_CACHE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "terminology/base/mutex.h"
#include "terminology/fhir/parameters.h"
#include "terminology/operations/request_content.h"
#include "terminology/snapshot/live_releases.h"

namespace nosograph::rest {

struct RequestCacheLimits {
  size_t contexts = 64;                     // later ones push out the one that was not asked for longest
  size_t bytes = 256 << 20;                 // of all, as they were sent
  absl::Duration idle = absl::Minutes(30);  // without being asked for
};

class RequestCache {
 public:
  explicit RequestCache(RequestCacheLimits limits) : limits_(limits), contexts_(std::make_shared<const Contexts>()) {}

  // Takes up the tx-resources; gives the id that they are found by. Errors: as of ReadSentContent; ResourceExhausted
  // for more than all may have.
  absl::StatusOr<std::string> Start(const fhir::Parameters& parameters);

  // Null where there is none, or none any more.
  std::shared_ptr<const operations::SentContent> Find(const std::string& id) const;

  // Whether there was one.
  bool End(const std::string& id);

 private:
  struct Context {
    std::shared_ptr<const operations::SentContent> content;
    size_t bytes = 0;
    mutable std::atomic<int64_t> used{0};  // microseconds since 1970
  };
  using Contexts = absl::flat_hash_map<std::string, std::shared_ptr<const Context>>;

  const RequestCacheLimits limits_;
  base::Mutex mutex_;  // of who changes
  snapshot::Live<std::shared_ptr<const Contexts>> contexts_;
};

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_REQUEST_CACHE_H_
