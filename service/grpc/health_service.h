// gRPC's health checking protocol: the status of the server as a whole, "", and of each service.
//
// Thread-safe.
//
//   health.SetServing({"", "package.Service"}, true);
#ifndef NOSOGRAPH_SERVICE_GRPC_HEALTH_SERVICE_H_
#define NOSOGRAPH_SERVICE_GRPC_HEALTH_SERVICE_H_

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "service/grpc/call_queues.h"
#include "service/weak_list.h"

namespace nosograph::service {

class HealthService {
 public:
  HealthService();

  CallService& service() { return service_; }
  // Tells those who watch, too.
  void SetServing(const std::vector<std::string>& services, bool serving);
  // Nothing for a service that nobody has spoken of.
  std::optional<bool> IsServing(const std::string& service) const;

 private:
  class Watch;

  mutable std::mutex mutex_;
  std::map<std::string, bool> serving_;
  WeakList<Watch> watches_;
  CallService service_;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_HEALTH_SERVICE_H_
