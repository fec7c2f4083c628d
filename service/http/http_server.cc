#include "service/http/http_server.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <type_traits>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "service/give_way.h"
#include "service/listen_address.h"
#include "terminology/base/status_macros.h"

namespace nosograph::service {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;
// A connection stays with one thread: its context has no other, so that nothing of it is ever locked or handed over.
using Executor = asio::io_context::executor_type;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Plain = asio::basic_stream_socket<tcp, Executor>;
using Tls = asio::ssl::stream<Plain>;
using Clock = std::chrono::steady_clock;

// Takes work from threads of low priority to the thread of a context. A post to the context itself would hold its lock
// while the thread is woken: who is preempted there, and has low priority, keeps that thread waiting for long.
class Mailbox {
 public:
  using Task = absl::AnyInvocable<void()>;

  explicit Mailbox(asio::io_context& context) : event_(context, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { Wait(); }
  ~Mailbox() { Delete(last_.exchange(nullptr)); }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Any thread; takes no lock.
  void Put(Task task) {
    auto* const letter = new Letter{std::move(task), last_.load(std::memory_order_relaxed)};
    while (!last_.compare_exchange_weak(letter->before, letter, std::memory_order_release, std::memory_order_relaxed)) {
    }
    (void)eventfd_write(event_.native_handle(), 1);
  }

 private:
  struct Letter {
    Task task;
    Letter* before;
  };

  void Wait() {
    event_.async_wait(asio::posix::descriptor_base::wait_read, [this](error_code error) {
      if (error) return;
      eventfd_t ignored = 0;
      (void)eventfd_read(event_.native_handle(), &ignored);
      Letter* letter = last_.exchange(nullptr, std::memory_order_acquire);
      for (Letter* each = letter; each != nullptr; each = each->before) each->task();
      Delete(letter);
      Wait();
    });
  }
  static void Delete(Letter* letter) {
    while (letter != nullptr) delete std::exchange(letter, letter->before);
  }

  std::atomic<Letter*> last_{nullptr};
  asio::posix::basic_stream_descriptor<Executor> event_;
};

// One that is open.
class OpenConnection {
 public:
  virtual ~OpenConnection() = default;
  // Ends it once no reply is under way. Any thread.
  virtual void EndWhenIdle() = 0;
  // Ends it where it waits for the other side for longer than it may. Any thread.
  virtual void EndWhenOverdue(Clock::time_point now) = 0;
};

// The connections that are open.
class Connections {
 public:
  explicit Connections(size_t most) : most_(most) {}
  bool Add(OpenConnection* connection) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closing_ || open_.size() >= most_) return false;
    open_.insert(connection);
    return true;
  }
  void Remove(OpenConnection* connection) {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_.erase(connection);
    if (open_.empty()) none_.notify_all();
  }
  bool closing() const { return closing_.load(std::memory_order_relaxed); }
  void Close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
    // None can go meanwhile: they take themselves out under the lock.
    for (OpenConnection* connection : open_) connection->EndWhenIdle();
  }
  void EndOverdue(Clock::time_point now) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (OpenConnection* connection : open_) connection->EndWhenOverdue(now);
  }
  void WaitForNone(absl::Duration patience) {
    std::unique_lock<std::mutex> lock(mutex_);
    none_.wait_for(lock, absl::ToChronoNanoseconds(patience), [this] { return open_.empty(); });
  }

 private:
  const size_t most_;
  std::mutex mutex_;
  std::condition_variable none_;
  std::set<OpenConnection*> open_;
  std::atomic<bool> closing_{false};
};

std::string PeerOf(const Plain& socket) {
  error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return "";
  const std::string host = peer.address().to_string();
  return absl::StrCat(peer.address().is_v6() ? absl::StrCat("[", host, "]") : host, ":", peer.port());
}

std::optional<std::vector<std::string>> CertificateNames(Tls& stream) {
  const X509* const certificate = SSL_get0_peer_certificate(stream.native_handle());
  if (certificate == nullptr) return std::nullopt;
  return SubjectAlternativeNames(*certificate);
}

// One connection: a request is read, answered, and the next one read. All of it runs on the thread of its socket.
template <typename Stream>
class Connection final : public OpenConnection, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  // `context` lives as long as the connection.
  Connection(Plain socket, std::shared_ptr<asio::ssl::context> context, const HttpOptions& options,
             const HttpHandler& handler, asio::thread_pool& heavy, Mailbox& mailbox, Connections& connections)
      : context_(std::move(context)),
        stream_(Make(std::move(socket), context_.get())),
        options_(options),
        handler_(handler),
        heavy_(heavy),
        mailbox_(mailbox),
        connections_(connections) {}
  ~Connection() override {
    if (counted_) connections_.Remove(this);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Begin() {
    counted_ = connections_.Add(this);
    if (!counted_) return;  // the socket closes with the object
    asio::dispatch(stream_.get_executor(), [self = this->shared_from_this()] { self->Greet(); });
  }
  void EndWhenIdle() override {
    asio::post(stream_.get_executor(), [weak = this->weak_from_this()] {
      const std::shared_ptr<Connection> self = weak.lock();
      if (self && self->reading_) self->Close();
    });
  }
  void EndWhenOverdue(Clock::time_point now) override {
    if (deadline_.load(std::memory_order_relaxed) > now) return;
    asio::post(stream_.get_executor(), [weak = this->weak_from_this(), now] {
      const std::shared_ptr<Connection> self = weak.lock();
      if (self && self->deadline_.load(std::memory_order_relaxed) <= now) self->Close();
    });
  }

 private:
  static Stream Make(Plain socket, asio::ssl::context* context) {
    if constexpr (std::is_same_v<Stream, Tls>) {
      return Tls(std::move(socket), *context);
    } else {
      return socket;
    }
  }
  Plain& lowest() { return beast::get_lowest_layer(stream_); }
  void WaitAtMost(Clock::duration patience) { deadline_.store(Clock::now() + patience, std::memory_order_relaxed); }
  void Wait() { WaitAtMost(absl::ToChronoMilliseconds(options_.patience)); }
  void WaitForEver() { deadline_.store(Clock::time_point::max(), std::memory_order_relaxed); }

  void Greet() {
    peer_ = PeerOf(lowest());
    if constexpr (std::is_same_v<Stream, Tls>) {
      Wait();
      reading_ = true;
      stream_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](error_code error) {
        self->reading_ = false;
        if (error) return self->Close();
        self->certificate_names_ = CertificateNames(self->stream_);
        self->Read();
      });
    } else {
      Read();
    }
  }

  void Read() {
    if (connections_.closing()) return Close();
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(options_.max_header_bytes));
    parser_->body_limit(options_.max_body_bytes);
    Wait();
    reading_ = true;
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = this->shared_from_this()](error_code error, size_t /*bytes*/) {
                              self->exchange_ = {.begin = absl::Now(), .peer = self->peer_};
                              self->reading_ = false;
                              if (error || self->parser_->is_done()) return self->OnRead(error);
                              self->ReadBody();
                            });
  }

  void ReadBody() {
    reading_ = true;
    // Who waits to be told that the body may come is told.
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
      go_on_ = http::response<http::empty_body>(http::status::continue_, parser_->get().version());
      return http::async_write(stream_, go_on_, [self = this->shared_from_this()](error_code error, size_t /*bytes*/) {
        if (error) return self->Shut();
        self->ReadRest();
      });
    }
    ReadRest();
  }
  void ReadRest() {
    http::async_read(stream_, buffer_, *parser_, [self = this->shared_from_this()](error_code error, size_t /*bytes*/) {
      self->reading_ = false;
      self->OnRead(error);
    });
  }

  void OnRead(error_code error) {
    if (error == http::error::body_limit) {
      return Refuse(http::status::payload_too_large,
                    absl::StrCat("the body is larger than ", options_.max_body_bytes, " bytes"));
    }
    if (error == http::error::header_limit) {
      return Refuse(http::status::request_header_fields_too_large,
                    absl::StrCat("the header is larger than ", options_.max_header_bytes, " bytes"));
    }
    // What is no HTTP is answered where the other side still listens; all else, a timeout among it, just ends.
    if (error.category() == make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message) {
      return Refuse(http::status::bad_request, "this is no HTTP request");
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
    request.peer = peer_;
    request.secure = std::is_same_v<Stream, Tls>;
    request.certificate_names = certificate_names_;
    if (options_.ended) exchange_.traceparent = request.Header("traceparent");
    const Form form{message.version(), message.keep_alive(), message.method() == http::verb::head};
    if (options_.is_heavy && options_.is_heavy(request)) {
      // Its time to be answered is its own; what is written again is bounded.
      WaitForEver();
      asio::post(heavy_, [self = this->shared_from_this(), form, request = std::move(request)]() mutable {
        HttpResponse answer = self->Ask(request);
        Mailbox& mailbox = self->mailbox_;
        mailbox.Put([self = std::move(self), form, answer = std::move(answer)]() mutable {
          self->Answer(std::move(answer), form);
        });
      });
      return;
    }
    Answer(Ask(request), form);
  }

  // What a handler throws, memory that has ended before all, is that request's error and not the end of the process.
  HttpResponse Ask(const HttpRequest& request) const {
    try {
      return handler_(request);
    } catch (const std::exception& error) {
      return Refusal(http::status::internal_server_error, error.what());
    }
  }

  // Of the request that is answered.
  struct Form {
    unsigned version;
    bool keep_alive;
    bool head;
  };

  void Answer(HttpResponse answer, const Form& form) {
    Respond(std::move(answer), form.version, form.keep_alive && !connections_.closing());
    // The length stays: it tells what a GET would have had.
    if (form.head) response_.body().clear();
    Write();
  }

  void Respond(HttpResponse answer, unsigned version, bool keep_alive) {
    exchange_.operation = std::move(answer.operation);
    exchange_.status = answer.status;
    response_ = http::response<http::string_body>(static_cast<http::status>(answer.status), version);
    response_.set(http::field::content_type, answer.content_type);
    for (const auto& [name, value] : answer.headers) response_.set(name, value);
    // These have none (RFC 9110, 15.3.5 and 15.4.5).
    const bool without_body =
        response_.result() == http::status::no_content || response_.result() == http::status::not_modified;
    if (!without_body) response_.body() = std::move(answer.body);
    response_.keep_alive(keep_alive);
    response_.prepare_payload();
  }

  void Refuse(http::status status, const std::string& problem) {
    Respond(Refusal(status, problem), 11, false);
    refused_ = true;
    Write();
  }

  HttpResponse Refusal(http::status status, const std::string& problem) const {
    const int number = static_cast<int>(status);
    return options_.refuse ? options_.refuse(number, problem) : HttpResponse{.status = number, .body = problem + "\n"};
  }

  void Write() {
    Wait();
    serializer_.emplace(response_);
    auto written = [self = this->shared_from_this()](error_code error, size_t /*bytes*/) { self->OnWritten(error); };
    if (response_.body().size() > kPiece) {
      // In pieces, so that a large reply does not keep the thread from the others.
      serializer_->limit(kPiece);
      return http::async_write(stream_, *serializer_, std::move(written));
    }
    // Put together once: the serializer's chains of buffers cost more at each step than the copy.
    reply_.clear();
    error_code error;
    while (!error && !serializer_->is_done()) {
      serializer_->next(error, [this](error_code& /*error*/, const auto& buffers) {
        for (const asio::const_buffer buffer : beast::buffers_range_ref(buffers)) {
          reply_.append(static_cast<const char*>(buffer.data()), buffer.size());
        }
        serializer_->consume(beast::buffer_bytes(buffers));
      });
    }
    if (error && error != http::error::end_of_stream) return OnWritten(error);
    std::string().swap(response_.body());  // an idle connection keeps one of the two
    asio::async_write(stream_, asio::buffer(reply_), std::move(written));
  }

  void OnWritten(error_code error) {
    if (options_.ended) {
      exchange_.duration = absl::Now() - exchange_.begin;
      options_.ended(exchange_);
    }
    if (!error && refused_) return Linger();
    if (error || !response_.keep_alive() || connections_.closing()) return Shut();
    Read();
  }

  // Who is refused still sends, and would be told of a broken connection instead of the reply: what comes is passed
  // over for a while.
  void Linger() {
    error_code ignored;
    if constexpr (std::is_same_v<Stream, Plain>) lowest().shutdown(tcp::socket::shutdown_send, ignored);
    WaitAtMost(kLingering);
    Discard();
  }
  void Discard() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kDiscarded),
                            [self = this->shared_from_this()](error_code error, size_t /*bytes*/) {
                              if (error) return self->Shut();
                              self->Discard();
                            });
  }

  void Shut() {
    if constexpr (std::is_same_v<Stream, Tls>) {
      // The other side is told that nothing was cut off.
      WaitAtMost(kLingering);
      stream_.async_shutdown([self = this->shared_from_this()](error_code /*error*/) { self->Close(); });
    } else {
      Close();
    }
  }
  void Close() {
    error_code ignored;
    lowest().shutdown(tcp::socket::shutdown_both, ignored);
    lowest().close(ignored);
  }

  static constexpr std::chrono::seconds kLingering{2};
  static constexpr size_t kDiscarded = 64 << 10;
  static constexpr size_t kPiece = 64 << 10;

  const std::shared_ptr<asio::ssl::context> context_;  // null without TLS
  Stream stream_;
  const HttpOptions& options_;
  const HttpHandler& handler_;
  asio::thread_pool& heavy_;  // for what may take long
  Mailbox& mailbox_;          // of its thread
  Connections& connections_;
  bool counted_ = false;
  bool reading_ = false;
  bool refused_ = false;
  std::atomic<Clock::time_point> deadline_{Clock::time_point::max()};  // of what it waits for
  std::string peer_;
  std::optional<std::vector<std::string>> certificate_names_;
  HttpExchange exchange_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::empty_body> go_on_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;  // of it
  std::string reply_;                                                       // a small one, as it is sent
};

// OpenSSL's form of the files, made anew when they have changed.
class TlsContexts {
 public:
  explicit TlsContexts(HttpTls tls) : tls_(std::move(tls)) {}

  // Files that it does not take leave the last good ones in use. Errors: InvalidArgument where there are none yet.
  absl::StatusOr<std::shared_ptr<asio::ssl::context>> Get() {
    std::shared_ptr<const TlsFiles> content = tls_.content();
    const std::lock_guard<std::mutex> lock(mutex_);
    if (content == content_) return context_;
    absl::StatusOr<std::shared_ptr<asio::ssl::context>> made = Make(*content);
    if (!made.ok() && context_ == nullptr) return made;
    content_ = std::move(content);
    if (made.ok()) context_ = *std::move(made);
    return context_;
  }

 private:
  absl::StatusOr<std::shared_ptr<asio::ssl::context>> Make(const TlsFiles& files) const {
    using Context = asio::ssl::context;
    auto context = std::make_shared<Context>(Context::tls_server);
    error_code error;
    context->set_options(Context::default_workarounds | Context::no_tlsv1 | Context::no_tlsv1_1, error);
    if (!error) context->use_certificate_chain(asio::buffer(files.certificate), error);
    if (!error) context->use_private_key(asio::buffer(files.key), Context::pem, error);
    if (!error && !files.client_ca.empty()) {
      context->add_certificate_authority(asio::buffer(files.client_ca), error);
      const bool required = tls_.clients == ClientCertificate::kRequired;
      context->set_verify_mode(asio::ssl::verify_peer |
                               (required ? asio::ssl::verify_fail_if_no_peer_cert : asio::ssl::verify_none));
    }
    // Sessions that are taken up again would keep what a new CA no longer allows.
    SSL_CTX_set_session_cache_mode(context->native_handle(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_TICKET);
    if (error) return absl::InvalidArgumentError(absl::StrCat("the TLS files cannot be used: ", error.message()));
    return context;
  }

  const HttpTls tls_;
  std::mutex mutex_;
  std::shared_ptr<const TlsFiles> content_;
  std::shared_ptr<asio::ssl::context> context_;
};

// How far the threads of heavy requests stand back: behind all others.
constexpr int kHeavyNice = 19;

class BeastServer final : public HttpServer {
 public:
  BeastServer(const HttpOptions& options, HttpHandler handler)
      : options_(options),
        handler_(std::move(handler)),
        connections_(options.max_connections),
        workers_(static_cast<size_t>(std::max(1, options.threads))),
        heavy_(static_cast<size_t>(options.heavy_threads)),
        acceptor_(front_.context),
        sweep_(front_.context),
        pause_(front_.context) {
    if (options_.tls) contexts_.emplace(*options_.tls);
    front_.Start();
    for (Worker& worker : workers_) worker.Start();
    // Each takes one, and waits until all have; so is waited here, since a pool that is stopped takes none any more.
    const auto all = std::make_shared<std::latch>(options.heavy_threads + 1);
    for (int i = 0; i < options.heavy_threads; ++i) {
      asio::post(heavy_, [all] {
        GiveWay(kHeavyNice);
        all->arrive_and_wait();
      });
    }
    all->arrive_and_wait();
  }
  ~BeastServer() override {
    if (!drained_) Drain(absl::ZeroDuration());
  }

  absl::Status Listen(const ListenAddress& address) {
    if (contexts_) RETURN_IF_ERROR(contexts_->Get().status());
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
    asio::post(acceptor_.get_executor(), [this] {
      Accept();
      Sweep();
    });
    return absl::OkStatus();
  }

  std::string address() const override { return address_; }

  void Drain(absl::Duration patience) override {
    if (std::exchange(drained_, true)) return;
    asio::post(acceptor_.get_executor(), [this] {
      error_code ignored;
      acceptor_.close(ignored);
    });
    connections_.Close();
    connections_.WaitForNone(patience);
    heavy_.stop();
    heavy_.join();
    front_.Stop();
    for (Worker& worker : workers_) worker.Stop();
  }

 private:
  // A context and its one thread.
  struct Runner {
    void Start() {
      thread = std::thread([this] { context.run(); });
    }
    void Stop() {
      context.stop();
      thread.join();
    }
    asio::io_context context{1};
    asio::executor_work_guard<Executor> until_stopped{context.get_executor()};
    std::thread thread;
  };
  struct Worker : Runner {
    Mailbox mailbox{context};
  };

  // Each connection goes to the next worker.
  void Accept() {
    next_worker_ = (next_worker_ + 1) % workers_.size();
    Worker& worker = workers_[next_worker_];
    acceptor_.async_accept(worker.context.get_executor(), [this, &worker](error_code error, Plain socket) {
      if (!acceptor_.is_open()) return;
      if (error) return AcceptLater();
      Begin(std::move(socket), worker.mailbox);
      Accept();
    });
  }

  // Where no file is left for a connection, trying again at once would do nothing but that.
  void AcceptLater() {
    constexpr std::chrono::milliseconds kPause{20};
    pause_.expires_after(kPause);
    pause_.async_wait([this](error_code error) {
      if (!error && acceptor_.is_open()) Accept();
    });
  }

  // Connections have no timers of their own, of which each request would set several: they are looked at now and then.
  void Sweep() {
    constexpr Clock::duration kOften = std::chrono::milliseconds(10);
    constexpr Clock::duration kSeldom = std::chrono::seconds(1);
    sweep_.expires_after(
        std::clamp<Clock::duration>(absl::ToChronoMilliseconds(options_.patience) / 4, kOften, kSeldom));
    sweep_.async_wait([this](error_code error) {
      if (error) return;
      connections_.EndOverdue(Clock::now());
      Sweep();
    });
  }

  void Begin(Plain socket, Mailbox& mailbox) {
    if (!contexts_) {
      return std::make_shared<Connection<Plain>>(std::move(socket), nullptr, options_, handler_, heavy_, mailbox,
                                                 connections_)
          ->Begin();
    }
    absl::StatusOr<std::shared_ptr<asio::ssl::context>> context = contexts_->Get();
    if (!context.ok()) return;  // the socket closes
    std::make_shared<Connection<Tls>>(std::move(socket), *std::move(context), options_, handler_, heavy_, mailbox,
                                      connections_)
        ->Begin();
  }

  const HttpOptions options_;
  const HttpHandler handler_;
  std::optional<TlsContexts> contexts_;
  Connections connections_;
  std::vector<Worker> workers_;  // end, with what they still hold, before what that uses
  asio::thread_pool heavy_;
  Runner front_;  // takes connections and ends those that are overdue, whatever the workers do
  Acceptor acceptor_;
  asio::steady_timer sweep_;
  asio::steady_timer pause_;
  size_t next_worker_ = 0;
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
