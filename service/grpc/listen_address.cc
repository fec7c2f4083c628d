#include "service/grpc/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/unicode.h"

namespace nosograph::service {
namespace {

constexpr int kMaxPort = 65535;

bool IsNumber(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

bool IsLoopback(const std::string& host) {
  in_addr v4;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6;
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace

absl::StatusOr<ListenAddress> ReadListenAddress(absl::string_view text) {
  const size_t colon = text.rfind(':');
  ListenAddress address;
  int port = -1;
  const bool has_port = colon != absl::string_view::npos && IsNumber(text.substr(colon + 1)) &&
                        absl::SimpleAtoi(text.substr(colon + 1), &port);
  if (!has_port || colon == 0 || port < 0 || port > kMaxPort) {
    return absl::InvalidArgumentError(absl::StrCat("address '", base::Excerpt(text),
                                                   "' is no HOST:PORT; give one such as 127.0.0.1:50051, with port 0 "
                                                   "for a free one"));
  }
  std::string host(text.substr(0, colon));
  if (absl::EqualsIgnoreCase(host, "localhost")) host = "127.0.0.1";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string bare = bracketed ? host.substr(1, host.size() - 2) : host;
  if (!IsLoopback(bare)) {
    return absl::InvalidArgumentError(
        absl::StrCat("address '", base::Excerpt(text),
                     "' is not this machine's loopback; calls are not encrypted yet, so that only "
                     "127.0.0.1, ::1 and localhost are served: use 127.0.0.1:",
                     port, ", and a proxy with TLS for other machines"));
  }
  address.host = absl::StrContains(bare, ":") ? absl::StrCat("[", bare, "]") : bare;
  address.port = port;
  return address;
}

}  // namespace nosograph::service
