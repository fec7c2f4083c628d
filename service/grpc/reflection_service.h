// gRPC's server reflection: which services there are, and the files that define them, from the pool of messages of this
// program. In version v1 and under the name of v1alpha, which most tools still ask and which is the same.
//
// Thread-safe.
//
//   ReflectionService reflection({"nosograph.v1.TerminologyService"});
#ifndef NOSOGRAPH_SERVICE_GRPC_REFLECTION_SERVICE_H_
#define NOSOGRAPH_SERVICE_GRPC_REFLECTION_SERVICE_H_

#include <string>
#include <vector>

#include "service/grpc/call_queues.h"

namespace nosograph::service {

class ReflectionService {
 public:
  // `services` are those that are listed, with their packages.
  explicit ReflectionService(std::vector<std::string> services);

  CallService& service() { return service_; }

 private:
  const std::vector<std::string> services_;
  CallService service_;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_REFLECTION_SERVICE_H_
