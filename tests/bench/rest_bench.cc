// A bare HTTP server over Boost.Beast, the floor beside which REST is measured: reads a request, answers a fixed body.
//
//   rest_bench BYTES      prints its address; until SIGTERM
#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, const std::string& body) : stream_(std::move(socket)) {
    response_.set(http::field::content_type, "application/fhir+json; charset=utf-8");
    response_.body() = body;
    response_.prepare_payload();
  }
  void Read() {
    request_ = {};
    http::async_read(stream_, buffer_, request_, [self = shared_from_this()](error_code error, size_t) {
      if (!error) self->Write();
    });
  }

 private:
  void Write() {
    http::async_write(stream_, response_, [self = shared_from_this()](error_code error, size_t) {
      if (!error) self->Read();
    });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

void Accept(tcp::acceptor& acceptor, asio::thread_pool& pool, const std::string& body) {
  acceptor.async_accept(asio::make_strand(pool), [&](error_code error, tcp::socket socket) {
    if (!error) std::make_shared<Connection>(std::move(socket), body)->Read();
    if (acceptor.is_open()) Accept(acceptor, pool, body);
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: rest_bench BYTES\n";
    return 2;
  }
  const std::string body(static_cast<size_t>(std::atoi(argv[1])), 'x');
  asio::thread_pool pool(std::max(1U, std::thread::hardware_concurrency()));
  tcp::acceptor acceptor(pool, {asio::ip::make_address("127.0.0.1"), 0});
  asio::signal_set signals(pool, SIGTERM);
  signals.async_wait([&](error_code, int) { pool.stop(); });
  std::cout << "serving HTTP on 127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;
  Accept(acceptor, pool, body);
  pool.join();
  return 0;
}
