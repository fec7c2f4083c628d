// The backend that answers from the snapshots of a data folder, in the caller's own process.
//
// Pages are mapped, so that processes share them. Questions take no lock. Thread-safe.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<Backend> backend, OpenEmbedded("conninfo", "/var/lib/nosograph"));
#ifndef NOSOGRAPH_PLUGIN_EMBEDDED_H_
#define NOSOGRAPH_PLUGIN_EMBEDDED_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "plugin/backend.h"

namespace nosograph::plugin {

// Checks the header of each snapshot, not every byte. Errors: NotFound, which names `field`, for what is no folder;
// those of store::ReadActiveFile and store::OpenServed.
absl::StatusOr<std::unique_ptr<Backend>> OpenEmbedded(absl::string_view field, const std::string& folder);

}  // namespace nosograph::plugin

#endif  // NOSOGRAPH_PLUGIN_EMBEDDED_H_
