#include "service/cli/handlers_for.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nosograph/v1/terminology.grpc.pb.h"
#include "service/cli/command.h"
#include "terminology/base/status_macros.h"
#include "terminology/snapshot/live_releases.h"

namespace nosograph::cli {
namespace {

using Stub = v1::TerminologyService::Stub;

constexpr std::chrono::seconds kDeadline(10);

// A handler that asks the service by a method of the stub.
template <typename Request, typename Response>
service::Handler<Request, Response> Remote(const std::shared_ptr<Stub>& stub, const std::string& address,
                                           grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                                        Response*)) {
  return [stub, address, method](const service::CallContext& /*context*/, const Request& request, Response* response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kDeadline);
    const grpc::Status status = ((*stub).*method)(&context, request, response);
    return status.ok() ? absl::OkStatus() : FromGrpc(status, address);
  };
}

absl::StatusOr<service::TerminologyHandlers> RemoteHandlers(const ServerConnection& server) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, OpenChannel(server));
  const std::shared_ptr<Stub> stub = v1::TerminologyService::NewStub(channel);
  const std::string& address = server.address;
  service::TerminologyHandlers handlers;
  handlers.resolve = Remote(stub, address, &Stub::Resolve);
  handlers.resolve_batch = Remote(stub, address, &Stub::ResolveBatch);
  handlers.lookup = Remote(stub, address, &Stub::Lookup);
  handlers.validate_code = Remote(stub, address, &Stub::ValidateCode);
  handlers.subsumes = Remote(stub, address, &Stub::Subsumes);
  handlers.list_releases = Remote(stub, address, &Stub::ListReleases);
  return handlers;
}

}  // namespace

absl::StatusOr<service::TerminologyHandlers> HandlersFor(const ServerConnection& server,
                                                         const std::string& data_folder) {
  if (server.asked()) return RemoteHandlers(server);
  ASSIGN_OR_RETURN(snapshot::ReleaseSet set, LoadReleases(data_folder));
  return service::MakeTerminologyHandlers(std::make_shared<const snapshot::LiveReleases>(std::move(set)), {});
}

}  // namespace nosograph::cli
