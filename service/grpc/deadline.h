// The decorator of deadlines: a call that nobody waits for any more is not begun.
//
// Thread-safe: a function without state.
//
//   handlers.resolve = WithDeadline(handlers.resolve);
#ifndef NOSOGRAPH_SERVICE_GRPC_DEADLINE_H_
#define NOSOGRAPH_SERVICE_GRPC_DEADLINE_H_

#include <utility>

#include "absl/status/status.h"
#include "service/grpc/call_context.h"

namespace nosograph::service {

template <typename Request, typename Response>
Handler<Request, Response> WithDeadline(Handler<Request, Response> next) {
  return [next = std::move(next)](const CallContext& context, const Request& request, Response* response) {
    if (absl::Status status = context.Check(); !status.ok()) return status;
    return next(context, request, response);
  };
}

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_DEADLINE_H_
