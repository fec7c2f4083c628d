// Whoever answers the command line: the data folder in this process, or a service.
//
// The same handlers answer in both cases, so that both give the same answer. Thread-safe.
//
//   ASSIGN_OR_RETURN(service::TerminologyHandlers handlers, HandlersFor(options.server, options.data));
//   RETURN_IF_ERROR(handlers.resolve({}, request, &response));
#ifndef NOSOGRAPH_SERVICE_CLI_HANDLERS_FOR_H_
#define NOSOGRAPH_SERVICE_CLI_HANDLERS_FOR_H_

#include <string>

#include "absl/status/statusor.h"
#include "service/cli/command.h"
#include "service/cli/server_connection.h"
#include "service/grpc/catalogue_service.h"
#include "service/grpc/terminology_service.h"

namespace nosograph::cli {

// Those of the service that `server` names, or of the data folder where it names none. Errors: those of
// OpenChannel and of store::DataFolder::Load. Calls to a service end after ten seconds; their errors are the service's;
// Unavailable and DeadlineExceeded name the address and the remedy.
absl::StatusOr<service::TerminologyHandlers> HandlersFor(const ServerConnection& server,
                                                         const std::string& data_folder);

// The same for changes: of the service that `server` names, or of the data folder. Imports into a service may take ten
// minutes, other changes one. Errors: those of OpenChannel.
absl::StatusOr<service::CatalogueHandlers> CatalogueFor(const ServerConnection& server, const std::string& data_folder);

// The caller of handlers in this process: the user who runs it.
class LocalCaller final : public service::CallContext {
 public:
  std::string caller() const override { return UserName(); }
};

}  // namespace nosograph::cli

#endif  // NOSOGRAPH_SERVICE_CLI_HANDLERS_FOR_H_
