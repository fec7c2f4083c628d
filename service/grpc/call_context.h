// What a handler may know of the call it answers: who asks, and whether they still wait.
//
// A default CallContext is that of a caller in this process: allowed everything, never gone. Thread-safe. The transport
// derives its own; handlers keep none beyond their call.
//
//   absl::Status Answer(const CallContext& context, const v1::ResolveBatchRequest& request, ...) {
//     RETURN_IF_ERROR(context.Check());  // now and then in long work
#ifndef NOSOGRAPH_SERVICE_GRPC_CALL_CONTEXT_H_
#define NOSOGRAPH_SERVICE_GRPC_CALL_CONTEXT_H_

#include <functional>
#include <string>

#include "absl/status/status.h"

namespace nosograph::service {

// What a caller may do; each may what those before it may.
enum class Role {
  kNone,
  kReader,    // ask: TerminologyService
  kReleaser,  // change what is served: CatalogueService
};

class CallContext {
 public:
  CallContext() = default;
  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;
  virtual ~CallContext() = default;

  // Errors: Cancelled or DeadlineExceeded once nobody waits for the answer.
  virtual absl::Status Check() const { return absl::OkStatus(); }
  virtual Role role() const { return Role::kReleaser; }
  // Who asks, for the history: a name of the client certificate, else where the call comes from.
  virtual std::string caller() const { return ""; }
};

// A plain function from request to reply, without transport.
template <typename Request, typename Response>
using Handler = std::function<absl::Status(const CallContext&, const Request&, Response*)>;

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_CALL_CONTEXT_H_
