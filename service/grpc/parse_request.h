// From the bytes of a request to its message, with an error that says what is wrong with them.
//
// The library would answer bytes that are no message with INTERNAL or UNIMPLEMENTED and no word of why. Thread-safe.
//
//   RETURN_IF_ERROR(ParseRequest(bytes, &request));
#ifndef NOSOGRAPH_SERVICE_GRPC_PARSE_REQUEST_H_
#define NOSOGRAPH_SERVICE_GRPC_PARSE_REQUEST_H_

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include "absl/status/status.h"

namespace nosograph::service {

// Errors: InvalidArgument; for text that is not UTF-8 it names the field (base::FieldError).
absl::Status ParseRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message* request);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_PARSE_REQUEST_H_
