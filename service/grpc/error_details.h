// From the engine's statuses to those of gRPC, with details for a program (google.rpc, https://google.aip.dev/193).
//
// A status that names a field (base::FieldError) carries google.rpc.ErrorInfo: reason (name of the code), domain
// "nosograph", metadata field, value and remedy; and for INVALID_ARGUMENT google.rpc.BadRequest. Message and details
// stay under 4 KB together, since clients take 8 KB of metadata. Built without the protos of google.rpc the details are
// left out. Thread-safe: functions without state.
//
//   reactor->Finish(ToGrpc(status));
#ifndef NOSOGRAPH_SERVICE_GRPC_ERROR_DETAILS_H_
#define NOSOGRAPH_SERVICE_GRPC_ERROR_DETAILS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace nosograph::service {

grpc::Status ToGrpc(const absl::Status& status);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_ERROR_DETAILS_H_
