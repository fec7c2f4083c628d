#include "service/http/http_server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "service/listen_address.h"
#include "terminology/base/status_macros.h"

namespace nosograph::service {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

class Connection;

// The connections that are open.
class Connections {
 public:
  explicit Connections(size_t most) : most_(most) {}
  bool Add(Connection* connection) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closing_ || open_.size() >= most_) return false;
    open_.insert(connection);
    return true;
  }
  void Remove(Connection* connection) {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_.erase(connection);
    if (open_.empty()) none_.notify_all();
  }
  bool closing() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return closing_;
  }
  void Close();
  void WaitForNone(absl::Duration patience) {
    std::unique_lock<std::mutex> lock(mutex_);
    none_.wait_for(lock, absl::ToChronoNanoseconds(patience), [this] { return open_.empty(); });
  }

 private:
  const size_t most_;
  mutable std::mutex mutex_;
  std::condition_variable none_;
  std::set<Connection*> open_;
  bool closing_ = false;
};

// One connection: a request is read, answered, and the next one read. All of it runs on the strand of its socket.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, const HttpOptions& options, const HttpHandler& handler, Connections& connections)
      : stream_(std::move(socket)), options_(options), handler_(handler), connections_(connections) {}
  ~Connection() {
    if (counted_) connections_.Remove(this);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Begin() {
    counted_ = connections_.Add(this);
    if (!counted_) return;  // the socket closes with the object
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->Read(); });
  }
  // Ends it once no reply is under way. Any thread.
  void EndWhenIdle() {
    asio::post(stream_.get_executor(), [weak = weak_from_this()] {
      const std::shared_ptr<Connection> self = weak.lock();
      if (self && self->reading_) self->Shut();
    });
  }

 private:
  void Read() {
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(options_.max_header_bytes));
    parser_->body_limit(options_.max_body_bytes);
    stream_.expires_after(absl::ToChronoMilliseconds(options_.patience));
    reading_ = true;
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, size_t /*bytes*/) {
      self->reading_ = false;
      self->OnRead(error);
    });
  }

  void OnRead(error_code error) {
    if (error == http::error::body_limit) return Refuse(http::status::payload_too_large, "the body is too large\n");
    if (error == http::error::header_limit) {
      return Refuse(http::status::request_header_fields_too_large, "the header is too large\n");
    }
    // What is no HTTP is answered where the other side still listens; all else, a timeout among it, just ends.
    if (error.category() == make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message) {
      return Refuse(http::status::bad_request, "this is no HTTP request\n");
    }
    if (error) return Shut();
    http::request<http::string_body> message = parser_->release();
    const beast::string_view target = message.target();
    const size_t mark = target.find('?');
    HttpRequest request;
    request.method = std::string(message.method_string());
    request.path = std::string(target.substr(0, mark));
    if (mark != beast::string_view::npos) request.query = std::string(target.substr(mark + 1));
    request.body = std::move(message.body());
    for (const auto& field : message) {
      const beast::string_view name = field.name_string();
      const beast::string_view value = field.value();
      request.headers.emplace_back(absl::AsciiStrToLower({name.data(), name.size()}),
                                   std::string(value.data(), value.size()));
    }
    HttpResponse answer = handler_(request);
    response_ = http::response<http::string_body>(static_cast<http::status>(answer.status), message.version());
    response_.set(http::field::content_type, answer.content_type);
    for (const auto& [name, value] : answer.headers) response_.set(name, value);
    response_.body() = std::move(answer.body);
    response_.keep_alive(message.keep_alive() && !connections_.closing());
    response_.prepare_payload();
    // The length stays: it tells what a GET would have had.
    if (message.method() == http::verb::head) response_.body().clear();
    Write();
  }

  void Refuse(http::status status, const char* why) {
    response_ = http::response<http::string_body>(status, 11);
    response_.set(http::field::content_type, "text/plain; charset=utf-8");
    response_.body() = why;
    response_.keep_alive(false);
    response_.prepare_payload();
    refused_ = true;
    Write();
  }

  void Write() {
    stream_.expires_after(absl::ToChronoMilliseconds(options_.patience));
    http::async_write(stream_, response_, [self = shared_from_this()](error_code error, size_t /*bytes*/) {
      if (!error && self->refused_) return self->Linger();
      if (error || !self->response_.keep_alive() || self->connections_.closing()) return self->Shut();
      self->Read();
    });
  }

  // Who is refused still sends, and would be told of a broken connection instead of the reply: what comes is passed
  // over for a while.
  void Linger() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(kLingering);
    Discard();
  }
  void Discard() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kDiscarded),
                            [self = shared_from_this()](error_code error, size_t /*bytes*/) {
                              if (error) return self->Shut();
                              self->Discard();
                            });
  }

  void Shut() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.close();
  }

  static constexpr std::chrono::seconds kLingering{2};
  static constexpr size_t kDiscarded = 64 << 10;

  beast::tcp_stream stream_;
  const HttpOptions& options_;
  const HttpHandler& handler_;
  Connections& connections_;
  bool counted_ = false;
  bool reading_ = false;
  bool refused_ = false;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
};

void Connections::Close() {
  const std::lock_guard<std::mutex> lock(mutex_);
  closing_ = true;
  // None can go meanwhile: they take themselves out under the lock.
  for (Connection* connection : open_) connection->EndWhenIdle();
}

class BeastServer final : public HttpServer {
 public:
  BeastServer(const HttpOptions& options, HttpHandler handler)
      : options_(options),
        handler_(std::move(handler)),
        connections_(options.max_connections),
        pool_(static_cast<size_t>(options.threads)),
        acceptor_(asio::make_strand(pool_)) {}
  ~BeastServer() override {
    if (!drained_) Drain(absl::ZeroDuration());
  }

  absl::Status Listen(const ListenAddress& address) {
    error_code error;
    const std::string bare =
        address.host.front() == '[' ? address.host.substr(1, address.host.size() - 2) : address.host;
    const tcp::endpoint endpoint(asio::ip::make_address(bare, error), static_cast<uint16_t>(address.port));
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return absl::UnavailableError(absl::StrCat("cannot listen on ", address.Text(address.port), ": ", error.message(),
                                                 "; choose another port, or 0 for a free one"));
    }
    address_ = address.Text(acceptor_.local_endpoint().port());
    Accept();
    return absl::OkStatus();
  }

  std::string address() const override { return address_; }

  void Drain(absl::Duration patience) override {
    drained_ = true;
    asio::post(acceptor_.get_executor(), [this] {
      error_code ignored;
      acceptor_.close(ignored);
    });
    connections_.Close();
    connections_.WaitForNone(patience);
    pool_.stop();
    pool_.join();
  }

 private:
  void Accept() {
    acceptor_.async_accept(asio::make_strand(pool_), [this](error_code error, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (!error) std::make_shared<Connection>(std::move(socket), options_, handler_, connections_)->Begin();
      Accept();
    });
  }

  const HttpOptions options_;
  const HttpHandler handler_;
  Connections connections_;
  asio::thread_pool pool_;  // ends, with what it still holds, before what that uses
  tcp::acceptor acceptor_;
  std::string address_;
  bool drained_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpOptions& options, HttpHandler handler) {
  ASSIGN_OR_RETURN(const ListenAddress address, ReadListenAddress(options.address, Reach::kAnywhere));
  auto server = std::make_unique<BeastServer>(options, std::move(handler));
  RETURN_IF_ERROR(server->Listen(address));
  return server;
}

}  // namespace nosograph::service
