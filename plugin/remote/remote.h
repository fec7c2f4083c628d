// The backend that asks a service over gRPC; of a library of its own, libnosograph_remote, which is loaded on demand.
//
// Its one symbol is kOpenSymbol. Thread-safe. Each call has a deadline; a call that cannot be sent is retried within
// it. Answers are kept while the service serves the releases that they came from. After a fork a child makes no calls.
//
//   auto open = reinterpret_cast<OpenRemote*>(dlsym(library, kOpenSymbol));
//   open(conninfo, kRemoteInterface, true, &backend, &status);
#ifndef NOSOGRAPH_PLUGIN_REMOTE_REMOTE_H_
#define NOSOGRAPH_PLUGIN_REMOTE_REMOTE_H_

#include <memory>

#include "absl/status/status.h"
#include "plugin/backend.h"
#include "plugin/conninfo.h"

namespace nosograph::plugin {

// The two libraries share classes: they must be of one build's sources.
inline constexpr char kRemoteInterface[] = "nosograph " NOSOGRAPH_VERSION " backend 1";
inline constexpr char kOpenSymbol[] = "noso_remote_open";

// Nothing is called yet. Errors: InvalidArgument for certificate files that cannot be read; Unimplemented for another
// `interface` than its own. `quiet` keeps gRPC from logging to standard error; not where the host uses that gRPC too.
using OpenRemote = void(const Conninfo& conninfo, const char* interface, bool quiet, std::unique_ptr<Backend>* backend,
                        absl::Status* status);

}  // namespace nosograph::plugin

#endif  // NOSOGRAPH_PLUGIN_REMOTE_REMOTE_H_
