// A ResolveResponse as a page for a person.
//
// Thread-safe: a function without state.
//
//   std::cout << RenderResolution("L94.21", response);
#ifndef NOSOGRAPH_SERVICE_CLI_RENDER_RESOLUTION_H_
#define NOSOGRAPH_SERVICE_CLI_RENDER_RESOLUTION_H_

#include <string>

#include "nosograph/v1/terminology.pb.h"

namespace nosograph::cli {

// `code` is the code as it was asked; it may hold any bytes.
std::string RenderResolution(const std::string& code, const v1::ResolveResponse& response);

}  // namespace nosograph::cli

#endif  // NOSOGRAPH_SERVICE_CLI_RENDER_RESOLUTION_H_
