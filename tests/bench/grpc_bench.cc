// The two ends of the measurements of gRPC: a bare echo server, and a client that loads either it or the service.
//
//   grpc_bench echo --style callback|queue --reply-bytes N --batch-bytes N      prints its address, until SIGTERM
//   grpc_bench load --address A --pid P --codes FILE --method METHOD --callers N --seconds S
//                   [--tls-ca FILE --tls-certificate FILE --tls-key FILE] [--rate CALLS_A_SECOND --deadline-ms N]
//
// METHOD is resolve, batch or stream, of codes; or search, unary, or typed, a stream, of queries, a line each, that are
// typed letter by letter. `load` keeps N calls running at once, or starts --rate a second whatever comes back, and
// prints one line of JSON: calls and failures, calls a second, latencies in microseconds, processor time of process P a
// call in microseconds, mean bytes of a reply. Neither end parses replies.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>
#include <deque>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "nosograph/v1/terminology.grpc.pb.h"

namespace {

using namespace nosograph;
using Clock = std::chrono::steady_clock;

grpc::ByteBuffer Bytes(const std::string& content) {
  const grpc::Slice slice(content);
  return {&slice, 1};
}

// ---- echo

struct EchoOptions {
  std::string style = "callback";
  size_t reply_bytes = 2500;
  size_t batch_bytes = 140'000;
};

using Api = v1::TerminologyService;
using RawApi =
    Api::WithRawCallbackMethod_Resolve<Api::WithRawCallbackMethod_ResolveBatch<Api::WithRawCallbackMethod_ResolveStream<
        Api::WithRawCallbackMethod_Search<Api::WithRawCallbackMethod_SearchAsTyped<Api::Service>>>>>;

class StreamEcho final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit StreamEcho(const grpc::ByteBuffer& reply) : reply_(reply) { StartRead(&request_); }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    response_ = reply_;
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override { ok ? StartRead(&request_) : Finish(grpc::Status::OK); }
  void OnDone() override { delete this; }

 private:
  const grpc::ByteBuffer& reply_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

class CallbackEcho final : public RawApi {
 public:
  explicit CallbackEcho(const EchoOptions& options)
      : reply_(Bytes(std::string(options.reply_bytes, 'x'))), batch_(Bytes(std::string(options.batch_bytes, 'x'))) {}
  grpc::ServerUnaryReactor* Resolve(grpc::CallbackServerContext* context, const grpc::ByteBuffer* /*request*/,
                                    grpc::ByteBuffer* response) override {
    *response = reply_;
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  grpc::ServerUnaryReactor* ResolveBatch(grpc::CallbackServerContext* context, const grpc::ByteBuffer* /*request*/,
                                         grpc::ByteBuffer* response) override {
    *response = batch_;
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ResolveStream(
      grpc::CallbackServerContext* /*context*/) override {
    return new StreamEcho(reply_);
  }
  grpc::ServerUnaryReactor* Search(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override {
    return Resolve(context, request, response);
  }
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* SearchAsTyped(
      grpc::CallbackServerContext* /*context*/) override {
    return new StreamEcho(reply_);
  }

 private:
  const grpc::ByteBuffer reply_;
  const grpc::ByteBuffer batch_;
};

// Completion queues, one a core, of unary calls alone.
class QueueEcho {
 public:
  explicit QueueEcho(const EchoOptions& options)
      : reply_(Bytes(std::string(options.reply_bytes, 'x'))), batch_(Bytes(std::string(options.batch_bytes, 'x'))) {}

  void AddTo(grpc::ServerBuilder& builder) {
    builder.RegisterService(&service_);
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
      queues_.push_back(builder.AddCompletionQueue());
    }
  }
  void Run() {
    for (auto& queue : queues_) {
      threads_.emplace_back([this, &queue] {
        constexpr int kWaiting = 64;
        for (int i = 0; i < kWaiting; ++i) (new Call(*this, *queue))->Request();
        void* tag = nullptr;
        bool ok = false;
        while (queue->Next(&tag, &ok)) static_cast<Call*>(tag)->Next(ok);
      });
    }
  }
  void End() {
    for (auto& queue : queues_) queue->Shutdown();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  using Service = Api::WithRawMethod_Resolve<Api::WithRawMethod_ResolveBatch<Api::Service>>;
  class Call {
   public:
    Call(QueueEcho& echo, grpc::ServerCompletionQueue& queue, bool batch = false)
        : echo_(echo), queue_(queue), batch_(batch), writer_(&context_) {}
    void Request() {
      if (batch_) {
        echo_.service_.RequestResolveBatch(&context_, &request_, &writer_, &queue_, &queue_, this);
      } else {
        echo_.service_.RequestResolve(&context_, &request_, &writer_, &queue_, &queue_, this);
      }
      if (!batch_ && first_) (new Call(echo_, queue_, true))->RequestAgain();
    }
    void Next(bool ok) {
      if (!ok || finished_) {
        delete this;
        return;
      }
      (new Call(echo_, queue_, batch_))->RequestAgain();
      finished_ = true;
      writer_.Finish(batch_ ? echo_.batch_ : echo_.reply_, grpc::Status::OK, this);
    }

   private:
    void RequestAgain() {
      first_ = false;
      Request();
    }
    QueueEcho& echo_;
    grpc::ServerCompletionQueue& queue_;
    const bool batch_;
    bool first_ = true;
    bool finished_ = false;
    grpc::ServerContext context_;
    grpc::ByteBuffer request_;
    grpc::ServerAsyncResponseWriter<grpc::ByteBuffer> writer_;
  };

  const grpc::ByteBuffer reply_;
  const grpc::ByteBuffer batch_;
  Service service_;
  std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues_;
  std::vector<std::thread> threads_;
};

int Echo(const EchoOptions& options) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  CallbackEcho callback(options);
  QueueEcho queue(options);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  if (options.style == "queue") {
    queue.AddTo(builder);
  } else {
    builder.RegisterService(&callback);
  }
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (options.style == "queue") queue.Run();
  std::cout << "serving gRPC on 127.0.0.1:" << port << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown(std::chrono::system_clock::now());
  if (options.style == "queue") queue.End();
  return 0;
}

// ---- load

struct LoadOptions {
  std::string address;
  int pid = 0;
  std::string codes;
  std::string method = "resolve";
  int callers = 16;
  double seconds = 2;
  double warm_up = 0.3;
  int batch = 100;
  double rate = 0;
  int deadline_ms = 0;
  std::string ca, certificate, key;
};

double ProcessorSeconds(int pid) {
  clockid_t clock;
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Figures {
  uint64_t calls = 0;
  uint64_t bytes = 0;
  std::map<int, uint64_t> by_code;
  std::vector<float> microseconds;  // of those that ended well
  std::vector<float> refused;       // the same of those that were refused

  void Ended(const grpc::Status& status, Clock::time_point begin, size_t reply_bytes) {
    ++calls;
    ++by_code[status.error_code()];
    const float took = std::chrono::duration<float, std::micro>(Clock::now() - begin).count();
    if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) refused.push_back(took);
    if (!status.ok()) return;
    bytes += reply_bytes;
    microseconds.push_back(took);
  }
};

class Load {
 public:
  explicit Load(const LoadOptions& options) : options_(options) {
    std::ifstream file(options.codes);
    std::vector<std::string> codes;
    for (std::string line; std::getline(file, line);) codes.push_back(line);
    // A fixed walk over all codes that is no order of theirs.
    constexpr size_t kStride = 7919;
    constexpr size_t kRequests = 20'000;
    size_t at = 0;
    const auto next = [&]() -> const std::string& { return codes[(at += kStride) % codes.size()]; };
    for (size_t i = 0; i < kRequests; ++i) {
      if (options.method == "search" || options.method == "typed") {
        const std::string& query = next();
        for (size_t letters = 1; letters <= query.size(); ++letters) {
          if (letters < query.size() && (query[letters] & 0xC0) == 0x80) continue;  // within a character
          v1::SearchRequest request;
          request.set_text(query.substr(0, letters));
          requests_.push_back(Bytes(request.SerializeAsString()));
        }
        if (requests_.size() > kRequests) break;
      } else if (options.method != "batch") {
        v1::ResolveRequest request;
        request.set_code(next());
        requests_.push_back(Bytes(request.SerializeAsString()));
      } else if (i < kRequests / static_cast<size_t>(options.batch)) {
        v1::ResolveBatchRequest request;
        for (int j = 0; j < options.batch; ++j) request.add_codes(next());
        requests_.push_back(Bytes(request.SerializeAsString()));
      }
    }
    std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
    if (!options.ca.empty()) {
      credentials = grpc::SslCredentials({Read(options.ca), Read(options.key), Read(options.certificate)});
    }
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetMaxReceiveMessageSize(-1);
    stub_ = std::make_unique<grpc::GenericStub>(grpc::CreateCustomChannel(options.address, credentials, arguments));
  }

  int Run() {
    if (options_.method == "stream" || options_.method == "typed") {
      for (int i = 0; i < options_.callers; ++i) streams_.push_back(std::make_unique<Stream>(*this));
    } else if (options_.rate == 0) {
      for (int i = 0; i < options_.callers; ++i) StartUnary(Clock::now());
    }
    const Clock::time_point begin = Clock::now();
    const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
    double processor = ProcessorSeconds(options_.pid);
    double measured_from = 0;
    uint64_t started = 0;
    bool warm = false;
    while (true) {
      const double now = seconds();
      if (!warm && now >= options_.warm_up) {
        warm = true;
        measured_from = now;
        figures_ = {};
        processor = ProcessorSeconds(options_.pid);
      }
      if (now >= options_.warm_up + options_.seconds) break;
      // Whoever asks at a rate asks when it is time, and waits from then on, however busy the client is.
      for (; options_.rate > 0 && static_cast<double>(started) < now * options_.rate; ++started) {
        StartUnary(begin + std::chrono::duration_cast<Clock::duration>(
                               std::chrono::duration<double>(static_cast<double>(started) / options_.rate)));
      }
      // All that has come, then a wait.
      auto until = std::chrono::system_clock::now() + std::chrono::microseconds(options_.rate > 0 ? 50 : 10'000);
      constexpr int kMost = 256;
      void* tag = nullptr;
      bool ok = false;
      for (int i = 0; i < kMost && queue_.AsyncNext(&tag, &ok, until) == grpc::CompletionQueue::GOT_EVENT; ++i) {
        static_cast<Event*>(tag)->Come(ok);
        until = {};  // long past: what is there, without a wait
      }
    }
    const double processor_used = ProcessorSeconds(options_.pid) - processor;
    const double elapsed = seconds() - measured_from;
    Print(elapsed, processor_used);
    std::cout.flush();
    _exit(0);  // what still runs is of no interest
  }

 private:
  struct Event {
    virtual ~Event() = default;
    virtual void Come(bool ok) = 0;
  };

  struct Unary final : Event {
    explicit Unary(Load& the_load, Clock::time_point from) : load(the_load), begin(from) {}
    void Come(bool /*ok*/) override {
      load.figures_.Ended(status, begin, reply.Length());
      if (load.options_.rate == 0) load.StartUnary(Clock::now());
      delete this;
    }
    Load& load;
    const Clock::time_point begin;
    grpc::ClientContext context;
    grpc::ByteBuffer reply;
    grpc::Status status;
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  };

  // Asks, reads the answer, asks again.
  struct Stream final : Event {
    explicit Stream(Load& the_load) : load(the_load) {
      call = load.stub_->PrepareCall(&context, load.Path(), &load.queue_);
      call->StartCall(this);
    }
    void Come(bool ok) override {
      if (!ok) return;
      if (reading) load.figures_.Ended(grpc::Status::OK, begin, reply.Length());
      if (started && !reading) {
        reading = true;
        return call->Read(&reply, this);
      }
      started = true;
      reading = false;
      begin = Clock::now();
      call->Write(load.NextRequest(), this);
    }
    Load& load;
    bool started = false;
    bool reading = false;
    Clock::time_point begin;
    grpc::ClientContext context;
    grpc::ByteBuffer reply;
    std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call;
  };

  std::string Path() const {
    static const std::map<std::string, std::string> methods = {{"resolve", "Resolve"},
                                                               {"batch", "ResolveBatch"},
                                                               {"stream", "ResolveStream"},
                                                               {"search", "Search"},
                                                               {"typed", "SearchAsTyped"}};
    return "/nosograph.v1.TerminologyService/" + methods.at(options_.method);
  }

  const grpc::ByteBuffer& NextRequest() { return requests_[next_++ % requests_.size()]; }

  void StartUnary(Clock::time_point from) {
    auto* call = new Unary(*this, from);
    if (options_.deadline_ms > 0) {
      call->context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(options_.deadline_ms) -
                                 std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - from));
    }
    call->reader = stub_->PrepareUnaryCall(&call->context, Path(), NextRequest(), &queue_);
    call->reader->StartCall();
    call->reader->Finish(&call->reply, &call->status, call);
  }

  void Print(double elapsed, double processor) {
    const auto at = [](std::vector<float>& times, double part) {
      std::sort(times.begin(), times.end());
      return times.empty() ? 0 : times[static_cast<size_t>(part * static_cast<double>(times.size() - 1))];
    };
    std::vector<float>& times = figures_.microseconds;
    const double calls = static_cast<double>(figures_.calls);
    const double good = static_cast<double>(times.size());
    std::cout << "{\"calls\":" << figures_.calls << ",\"rate\":" << good / elapsed << ",\"p50\":" << at(times, 0.5)
              << ",\"p99\":" << at(times, 0.99) << ",\"max\":" << at(times, 1)
              << ",\"refused_p99\":" << at(figures_.refused, 0.99)
              << ",\"cpu\":" << processor / std::max(1.0, calls) * 1e6
              << ",\"bytes\":" << static_cast<double>(figures_.bytes) / std::max(1.0, good) << ",\"codes\":{";
    const char* comma = "";
    for (const auto& [code, count] : figures_.by_code) {
      std::cout << comma << "\"" << code << "\":" << count;
      comma = ",";
    }
    std::cout << "}}\n";
  }

  const LoadOptions options_;
  std::vector<grpc::ByteBuffer> requests_;
  size_t next_ = 0;
  std::unique_ptr<grpc::GenericStub> stub_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<Stream>> streams_;
  Figures figures_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Ends of the measurements of gRPC");
  app.require_subcommand(1);
  EchoOptions echo;
  CLI::App* echo_command = app.add_subcommand("echo", "A bare server");
  echo_command->add_option("--style", echo.style)->check(CLI::IsMember({"callback", "queue"}));
  echo_command->add_option("--reply-bytes", echo.reply_bytes);
  echo_command->add_option("--batch-bytes", echo.batch_bytes);
  LoadOptions load;
  CLI::App* load_command = app.add_subcommand("load", "A client");
  load_command->add_option("--address", load.address)->required();
  load_command->add_option("--pid", load.pid)->required();
  load_command->add_option("--codes", load.codes)->required();
  load_command->add_option("--method", load.method)
      ->check(CLI::IsMember({"resolve", "batch", "stream", "search", "typed"}));
  load_command->add_option("--batch", load.batch);
  load_command->add_option("--callers", load.callers);
  load_command->add_option("--seconds", load.seconds);
  load_command->add_option("--rate", load.rate);
  load_command->add_option("--deadline-ms", load.deadline_ms);
  load_command->add_option("--tls-ca", load.ca);
  load_command->add_option("--tls-certificate", load.certificate);
  load_command->add_option("--tls-key", load.key);
  CLI11_PARSE(app, argc, argv);
  return *echo_command ? Echo(echo) : Load(load).Run();
}
