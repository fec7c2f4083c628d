// Who a caller is, by the client certificate of the connection, and what they may do.
//
// Thread-safe: functions without state.
//
//   RoleRules rules{.releasers = {"spiffe://hospital.example/releaser"}};
//   Role role = RoleOf(rules, *context.auth_context());
//   handlers.activate = WithRole(Role::kReleaser, "Activate", handlers.activate);
#ifndef NOSOGRAPH_SERVICE_GRPC_IDENTITY_H_
#define NOSOGRAPH_SERVICE_GRPC_IDENTITY_H_

#include <grpcpp/security/auth_context.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "service/grpc/call_context.h"

namespace nosograph::service {

// Subject alternative names (RFC 5280, 4.2.1.6: URI, DNS name, e-mail or IP address), compared as they are written.
struct RoleRules {
  std::vector<std::string> readers = {};  // empty: whoever has a certificate of the client CA may read
  std::vector<std::string> releasers = {};
  Role anonymous = Role::kReader;  // of callers without a certificate: plaintext, or TLS that asks for none
};

// The highest role that any of the names of a certificate has. One whose names have none is kNone where readers are
// named.
Role RoleOf(const RoleRules& rules, const std::vector<std::string>& names);
// The same for a connection of gRPC.
Role RoleOf(const RoleRules& rules, const grpc::AuthContext& authentication);

// The first subject alternative name of the certificate, else its common name; empty without a certificate.
std::string NameOf(const grpc::AuthContext& authentication);

// Errors: PermissionDenied, which says what is needed and how it is given.
absl::Status CheckRole(Role needed, const CallContext& context);

// The decorator of identity.
template <typename Request, typename Response>
Handler<Request, Response> WithRole(Role needed, Handler<Request, Response> next) {
  return [needed, next = std::move(next)](const CallContext& context, const Request& request, Response* response) {
    if (absl::Status status = CheckRole(needed, context); !status.ok()) return status;
    return next(context, request, response);
  };
}

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_IDENTITY_H_
