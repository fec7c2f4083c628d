// TerminologyService over gRPC's callback API.
//
//   builder.RegisterService(NewTerminologyCalls(handlers, calls).get());
#ifndef NOSOGRAPH_SERVICE_GRPC_TERMINOLOGY_CALLS_H_
#define NOSOGRAPH_SERVICE_GRPC_TERMINOLOGY_CALLS_H_

#include <grpcpp/impl/codegen/service_type.h>

#include <memory>

#include "service/grpc/calls.h"
#include "service/grpc/terminology_service.h"

namespace nosograph::service {

// `calls` must outlive it.
std::unique_ptr<grpc::Service> NewTerminologyCalls(TerminologyHandlers handlers, Calls& calls);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_TERMINOLOGY_CALLS_H_
