// A client of grpc.health.v1, whose proto Debian does not ship: the two messages have one field each, written here by
// their wire form.
#ifndef NOSOGRAPH_TESTS_SERVICE_HEALTH_CLIENT_H_
#define NOSOGRAPH_TESTS_SERVICE_HEALTH_CLIENT_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <utility>

namespace nosograph::testing {

class HealthClient {
 public:
  enum Answer { kError = -2, kNotFound = -1, kUnknown = 0, kServing = 1, kNotServing = 2, kServiceUnknown = 3 };

  explicit HealthClient(std::shared_ptr<grpc::Channel> channel) : stub_(std::move(channel)) {}

  Answer Check(const std::string& service) {
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const auto call = stub_.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", Request(service), &queue);
    call->StartCall();
    grpc::ByteBuffer response;
    grpc::Status status;
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    if (status.error_code() == grpc::StatusCode::NOT_FOUND) return kNotFound;
    return status.ok() ? Status(response) : kError;
  }

  // A stream of answers. Ends with the object.
  class Watch {
   public:
    ~Watch() {
      context_.TryCancel();
      call_.reset();
      queue_.Shutdown();
      void* tag = nullptr;
      bool ok = false;
      while (queue_.Next(&tag, &ok)) {
      }
    }

    // Waits for the next answer; kError when the stream has ended.
    Answer Next() {
      grpc::ByteBuffer response;
      call_->Read(&response, nullptr);
      return Wait() ? Status(response) : kError;
    }

   private:
    friend class HealthClient;
    bool Wait() {
      void* tag = nullptr;
      bool ok = false;
      return queue_.Next(&tag, &ok) && ok;
    }

    grpc::ClientContext context_;
    grpc::CompletionQueue queue_;
    std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  };

  std::unique_ptr<Watch> StartWatch(const std::string& service) {
    auto watch = std::make_unique<Watch>();
    watch->call_ = stub_.PrepareCall(&watch->context_, "/grpc.health.v1.Health/Watch", &watch->queue_);
    watch->call_->StartCall(nullptr);
    watch->Wait();
    watch->call_->Write(Request(service), nullptr);
    watch->Wait();
    return watch;
  }

 private:
  // HealthCheckRequest { string service = 1; }
  static grpc::ByteBuffer Request(const std::string& service) {
    std::string bytes;
    if (!service.empty()) bytes = "\x0a" + std::string(1, static_cast<char>(service.size())) + service;
    const grpc::Slice slice(bytes);
    return {&slice, 1};
  }

  // HealthCheckResponse { ServingStatus status = 1; }
  static Answer Status(const grpc::ByteBuffer& response) {
    grpc::Slice slice;
    if (!response.DumpToSingleSlice(&slice).ok()) return kError;
    if (slice.size() == 0) return kUnknown;
    return slice.size() == 2 && slice.begin()[0] == 0x08 ? static_cast<Answer>(slice.begin()[1]) : kError;
  }

  grpc::GenericStub stub_;
};

}  // namespace nosograph::testing

#endif  // NOSOGRAPH_TESTS_SERVICE_HEALTH_CLIENT_H_
