#include "service/cli/resolver.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nosograph/v1/terminology.grpc.pb.h"
#include "service/cli/command.h"
#include "service/grpc/terminology_service.h"
#include "terminology/base/status_macros.h"

namespace nosograph::cli {
namespace {

constexpr std::chrono::seconds kDeadline(10);

absl::Status FromGrpc(const grpc::Status& status, const std::string& address) {
  std::string message = status.error_message();
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE || status.error_code() == grpc::DEADLINE_EXCEEDED) {
    message = absl::StrCat("no answer from ", address, ": ", message, "; check that the service runs there");
  }
  return {static_cast<absl::StatusCode>(status.error_code()), message};  // the same numbers
}

}  // namespace

absl::StatusOr<Resolver> LocalResolver(const std::string& data_folder) {
  ASSIGN_OR_RETURN(snapshot::ReleaseSet set, LoadReleases(data_folder));
  const service::TerminologyHandlers handlers =
      service::MakeTerminologyHandlers(std::make_shared<const snapshot::LiveReleases>(std::move(set)), {});
  return Resolver([handlers](const v1::ResolveRequest& request) -> absl::StatusOr<v1::ResolveResponse> {
    v1::ResolveResponse response;
    RETURN_IF_ERROR(handlers.resolve(request, &response));
    return response;
  });
}

Resolver RemoteResolver(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // the service is on loopback; a proxy could not reach it
  const std::shared_ptr<grpc::Channel> channel =
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  const std::shared_ptr<v1::TerminologyService::Stub> stub = v1::TerminologyService::NewStub(channel);
  return [stub, address](const v1::ResolveRequest& request) -> absl::StatusOr<v1::ResolveResponse> {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kDeadline);
    v1::ResolveResponse response;
    const grpc::Status status = stub->Resolve(&context, request, &response);
    if (!status.ok()) return FromGrpc(status, address);
    return response;
  };
}

}  // namespace nosograph::cli
