// Pages for people: a resource as a browser shows it.
//
// Thread-safe: a function without state.
#ifndef NOSOGRAPH_SERVICE_REST_PAGE_H_
#define NOSOGRAPH_SERVICE_REST_PAGE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace nosograph::rest {

// The resource, indented, with its title above it.
std::string PageOf(const std::string& resource);

// What stands at the root.
extern const char kFrontPage[];

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_PAGE_H_
