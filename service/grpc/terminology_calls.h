// TerminologyService over gRPC's completion queues.
//
//   const std::unique_ptr<TerminologyCalls> terminology = NewTerminologyCalls(handlers, calls);
//   queues.AddTo(builder, {&terminology->service()});
#ifndef NOSOGRAPH_SERVICE_GRPC_TERMINOLOGY_CALLS_H_
#define NOSOGRAPH_SERVICE_GRPC_TERMINOLOGY_CALLS_H_

#include <grpcpp/impl/codegen/service_type.h>

#include <memory>

#include "service/grpc/call_queues.h"
#include "service/grpc/calls.h"
#include "service/grpc/terminology_service.h"

namespace nosograph::service {

class TerminologyCalls {
 public:
  virtual ~TerminologyCalls() = default;
  virtual CallService& service() = 0;
};

// `calls` must outlive it; no call may run when it ends.
std::unique_ptr<TerminologyCalls> NewTerminologyCalls(TerminologyHandlers handlers, Calls& calls);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_TERMINOLOGY_CALLS_H_
