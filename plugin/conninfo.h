// What a terminology is opened by: "snapshot:DIR", or the address of a service with its options.
//
// Thread-safe: a function without state.
//
//   ASSIGN_OR_RETURN(Conninfo conninfo, ParseConninfo("grpcs://terminology:7443?fallback=/var/lib/nosograph"));
#ifndef NOSOGRAPH_PLUGIN_CONNINFO_H_
#define NOSOGRAPH_PLUGIN_CONNINFO_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace nosograph::plugin {

struct Conninfo {
  std::string folder = {};  // of snapshots; empty: a service
  std::string target = {};  // HOST:PORT
  bool tls = false;
  int64_t deadline_milliseconds = 2000;
  std::string fallback = {};
  size_t cache_bytes = size_t{8} << 20;
  int64_t cache_check_milliseconds = 1000;
  std::string ca = {};
  std::string cert = {};
  std::string key = {};
  std::string server_name = {};
};

// Errors: InvalidArgument; the message names field, value and remedy.
absl::StatusOr<Conninfo> ParseConninfo(absl::string_view text);

}  // namespace nosograph::plugin

#endif  // NOSOGRAPH_PLUGIN_CONNINFO_H_
