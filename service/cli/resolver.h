// Whoever answers Resolve for the command line: the data folder in this process, or a service.
//
// The same handler answers in both cases. Thread-safe.
//
//   ASSIGN_OR_RETURN(Resolver resolver, LocalResolver(data));
//   ASSIGN_OR_RETURN(v1::ResolveResponse response, resolver(request));
#ifndef NOSOGRAPH_SERVICE_CLI_RESOLVER_H_
#define NOSOGRAPH_SERVICE_CLI_RESOLVER_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "nosograph/v1/terminology.pb.h"

namespace nosograph::cli {

using Resolver = std::function<absl::StatusOr<v1::ResolveResponse>(const v1::ResolveRequest&)>;

// Errors: those of store::DataFolder::Load.
absl::StatusOr<Resolver> LocalResolver(const std::string& data_folder);

// `address` is HOST:PORT. Calls end after ten seconds. Their errors are the service's; Unavailable and DeadlineExceeded
// name the address and the remedy.
Resolver RemoteResolver(const std::string& address);

}  // namespace nosograph::cli

#endif  // NOSOGRAPH_SERVICE_CLI_RESOLVER_H_
