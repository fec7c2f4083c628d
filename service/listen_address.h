// The address that a server listens on, read and checked.
//
// Thread-safe: a function without state.
//
//   ASSIGN_OR_RETURN(ListenAddress address, ReadListenAddress("localhost:50051", Reach::kLoopback));
//   // address.host == "127.0.0.1", address.port == 50051
#ifndef NOSOGRAPH_SERVICE_LISTEN_ADDRESS_H_
#define NOSOGRAPH_SERVICE_LISTEN_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace nosograph::service {

struct ListenAddress {
  std::string host;  // an IPv4 address, or an IPv6 address in brackets
  int port = 0;

  std::string Text(int actual_port) const { return host + ":" + std::to_string(actual_port); }
};

enum class Reach {
  kLoopback,  // 127.0.0.0/8, ::1, localhost
  kAnywhere,  // any address of this machine, and 0.0.0.0 or [::] for all
};

// Errors: InvalidArgument when `text` is no HOST:PORT, HOST is neither an IP address nor localhost, or it is beyond
// `reach`.
absl::StatusOr<ListenAddress> ReadListenAddress(absl::string_view text, Reach reach);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_LISTEN_ADDRESS_H_
