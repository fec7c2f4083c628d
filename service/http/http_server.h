// A small HTTP/1.1 server over Boost.Beast, with or without TLS: an address, a handler, limits, and an orderly end.
//
// Requests are read whole, answered by the handler on one of a few threads, and connections kept alive. What comes too
// slowly or is too large ends its connection and nothing else. Thread-safe: Drain may be called while requests run,
// once.
//
//   ASSIGN_OR_RETURN(auto server, HttpServer::Start({.address = "127.0.0.1:0"}, [](const HttpRequest& request) {
//     return HttpResponse{.status = 200, .content_type = "text/plain", .body = "ok\n"};
//   }));
#ifndef NOSOGRAPH_SERVICE_HTTP_HTTP_SERVER_H_
#define NOSOGRAPH_SERVICE_HTTP_HTTP_SERVER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "service/tls_files.h"

namespace nosograph::service {

struct HttpRequest {
  std::string method = {};  // "GET"
  std::string path = {};    // as it was sent, before '?'
  std::string query = {};   // behind '?', as it was sent
  std::string body = {};
  // In the order they came; names in lower case.
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string peer = {};  // HOST:PORT
  bool secure = false;    // it came over TLS
  // Subject alternative names of the client certificate; none where the connection has no certificate.
  std::optional<std::vector<std::string>> certificate_names = {};

  // The first of that name, in lower case; empty where there is none.
  const std::string& Header(absl::string_view name) const {
    static const std::string none;
    for (const auto& [known, value] : headers) {
      if (known == name) return value;
    }
    return none;
  }
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  // What was asked for, by a name out of a few that has nothing of the caller's in it: for logs and metrics.
  std::string operation = {};
};

// Thread-safe; must not throw.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// A request that is over, its reply out or lost.
struct HttpExchange {
  std::string operation = {};  // of the response
  int status = 0;
  absl::Time begin = absl::InfinitePast();  // when its header had come
  absl::Duration duration = absl::ZeroDuration();
  std::string peer = {};
  std::string traceparent = {};  // as it was sent
};

// TLS 1.2 or 1.3, from what `content` gives at each new connection: it never gives null.
struct HttpTls {
  std::function<std::shared_ptr<const TlsFiles>()> content;
  ClientCertificate clients = ClientCertificate::kOptional;
};

struct HttpOptions {
  std::string address = "127.0.0.1:0";  // HOST:PORT, any address of this machine; port 0 takes a free one
  int threads = 1;
  size_t max_header_bytes = 16 << 10;
  size_t max_body_bytes = 0;
  size_t max_connections = 256;
  absl::Duration patience = absl::Seconds(30);  // for a request to come whole, and for its reply to be taken
  std::optional<HttpTls> tls = {};              // plaintext without it
  // What is answered to what is no request or too large: its status, and what is wrong in words. Plain text without it.
  std::function<HttpResponse(int status, const std::string& problem)> refuse = {};
  std::function<void(const HttpExchange&)> ended = {};  // told of each; thread-safe
  // Whether a request may take long. Those are answered by threads of their own, which give way to the others, so that
  // what is quick does not wait for them. Thread-safe; without it none is.
  std::function<bool(const HttpRequest&)> is_heavy = {};
  int heavy_threads = 1;
};

class HttpServer {
 public:
  // Errors: InvalidArgument for an address that is none, and for TLS files that OpenSSL does not take; Unavailable when
  // it is in use or not this machine's.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const HttpOptions& options, HttpHandler handler);

  virtual ~HttpServer() = default;

  // HOST:PORT with the real port.
  virtual std::string address() const = 0;

  // Takes no more connections, lets replies that have begun go out for at most `patience`, then ends.
  virtual void Drain(absl::Duration patience) = 0;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_HTTP_HTTP_SERVER_H_
