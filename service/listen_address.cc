#include "service/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <optional>

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

// How far an address reaches; none for what is no address.
std::optional<Reach> ReachOf(const std::string& host) {
  in_addr v4;
  in6_addr v6;
  bool loopback = false;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    loopback = (ntohl(v4.s_addr) >> 24) == 127;
  } else if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) {
    loopback = IN6_IS_ADDR_LOOPBACK(&v6);
  } else {
    return std::nullopt;
  }
  return loopback ? Reach::kLoopback : Reach::kAnywhere;
}

}  // namespace

absl::StatusOr<ListenAddress> ReadListenAddress(absl::string_view text, Reach reach) {
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
  const std::optional<Reach> needed = ReachOf(bare);
  if (!needed) {
    return absl::InvalidArgumentError(
        absl::StrCat("address '", base::Excerpt(text),
                     "' has a name for its host; give an IP address of this machine, 0.0.0.0 or [::] for all of them"));
  }
  if (*needed == Reach::kAnywhere && reach == Reach::kLoopback) {
    return absl::InvalidArgumentError(
        absl::StrCat("address '", base::Excerpt(text),
                     "' is beyond this machine's loopback, where calls would not be encrypted; serve with TLS "
                     "(--tls-certificate, --tls-key), use 127.0.0.1:",
                     port, ", or say --plaintext-beyond-loopback where the network itself encrypts"));
  }
  address.host = absl::StrContains(bare, ":") ? absl::StrCat("[", bare, "]") : bare;
  address.port = port;
  return address;
}

}  // namespace nosograph::service
