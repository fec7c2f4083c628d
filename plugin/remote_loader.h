// Loads libnosograph_remote when the first service is opened, and adds the local snapshots that answer in its stead.
//
// Thread-safe: a function without state; what is loaded stays.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<Backend> backend, OpenService(conninfo));
#ifndef NOSOGRAPH_PLUGIN_REMOTE_LOADER_H_
#define NOSOGRAPH_PLUGIN_REMOTE_LOADER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "plugin/backend.h"
#include "plugin/conninfo.h"

namespace nosograph::plugin {

// Errors: Unimplemented when the library is not there, or of another version; those of OpenEmbedded for the fallback;
// InvalidArgument for certificate files that cannot be read.
absl::StatusOr<std::unique_ptr<Backend>> OpenService(const Conninfo& conninfo);

}  // namespace nosograph::plugin

#endif  // NOSOGRAPH_PLUGIN_REMOTE_LOADER_H_
