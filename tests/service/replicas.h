// Three replicas of the service over one data folder, and a channel to them as deploy/client_service_config.json says.
#ifndef NOSOGRAPH_TESTS_SERVICE_REPLICAS_H_
#define NOSOGRAPH_TESTS_SERVICE_REPLICAS_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "nosograph/v1/terminology.grpc.pb.h"
#include "tests/service/program.h"

namespace nosograph::testing {

// The channel arguments that deploy/three_replicas.md gives for clients.
inline constexpr int kKeepaliveMilliseconds = 5000;
inline constexpr int kKeepaliveTimeoutMilliseconds = 2000;

class Replicas {
 public:
  Replicas() {
    for (auto& replica : replicas_) {
      replica = std::make_unique<ServiceProcess>(folder_.path());
      EXPECT_NE(replica->address(), "") << replica->log();
    }
  }

  std::shared_ptr<grpc::Channel> Connect() const {
    std::string target = "ipv4:";
    for (const auto& replica : replicas_) target += (target.back() == ':' ? "" : ",") + replica->address();
    grpc::ChannelArguments arguments;
    arguments.SetServiceConfigJSON(FileContent(NOSOGRAPH_SOURCE_DIR "/deploy/client_service_config.json"));
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMilliseconds);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMilliseconds);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
    return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
  }

  pid_t pid(size_t replica) const { return replicas_[replica]->pid(); }
  const std::string& address(size_t replica) const { return replicas_[replica]->address(); }

  void KillAndRestart(size_t replica) {
    const std::string address = replicas_[replica]->address();
    kill(replicas_[replica]->pid(), SIGKILL);
    replicas_[replica]->Stop();
    replicas_[replica] = std::make_unique<ServiceProcess>(folder_.path(), std::vector<std::string>{}, address);
    ASSERT_EQ(replicas_[replica]->address(), address) << replicas_[replica]->log();
  }

 private:
  ContentFolder folder_;
  std::array<std::unique_ptr<ServiceProcess>, 3> replicas_;
};

// Callers that ask and ask, until they are stopped.
class ReplicaLoad {
 public:
  struct Call {
    std::chrono::steady_clock::time_point begin;
    std::chrono::milliseconds took;
    grpc::StatusCode code;
    bool right;
    std::string peer;
    std::string message;
  };

  ReplicaLoad(const std::shared_ptr<grpc::Channel>& channel, int callers, std::chrono::milliseconds deadline)
      : stub_(v1::TerminologyService::NewStub(channel)) {
    for (int i = 0; i < callers; ++i) {
      threads_.emplace_back([this, deadline] {
        while (!stop_) Ask(deadline);
      });
    }
  }
  ~ReplicaLoad() { Stop(); }

  void WaitForCalls(size_t more) {
    const size_t until = answered_ + more;
    while (answered_ < until) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::vector<Call> Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    return std::move(calls_);
  }

 private:
  void Ask(std::chrono::milliseconds deadline) {
    grpc::ClientContext context;
    const auto begin = std::chrono::steady_clock::now();
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    v1::ResolveRequest request;
    request.set_code(answered_ % 2 == 0 ? "L94.2" : "S72.001A");
    v1::ResolveResponse response;
    const grpc::Status status = stub_->Resolve(&context, request, &response);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    const bool right = !status.ok() || response.matched_concept().code() == request.code();
    const std::lock_guard<std::mutex> lock(mutex_);
    calls_.push_back({begin, took, status.error_code(), right, context.peer(), status.error_message()});
    ++answered_;
  }

  const std::unique_ptr<v1::TerminologyService::Stub> stub_;
  std::atomic<bool> stop_{false};
  std::atomic<size_t> answered_{0};
  std::mutex mutex_;
  std::vector<Call> calls_;
  std::vector<std::thread> threads_;
};

}  // namespace nosograph::testing

#endif  // NOSOGRAPH_TESTS_SERVICE_REPLICAS_H_
