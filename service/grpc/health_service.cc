#include "service/grpc/health_service.h"

#include <utility>

#include "grpc/health/v1/health.pb.h"
#include "service/grpc/error_details.h"
#include "service/grpc/parse_request.h"
#include "service/grpc/wire_reply.h"

namespace nosograph::service {
namespace {

using ::grpc::health::v1::HealthCheckRequest;
using ::grpc::health::v1::HealthCheckResponse;

grpc::ByteBuffer Told(std::optional<bool> serving) {
  HealthCheckResponse response;
  response.set_status(!serving   ? HealthCheckResponse::SERVICE_UNKNOWN
                      : *serving ? HealthCheckResponse::SERVING
                                 : HealthCheckResponse::NOT_SERVING);
  WireReply reply;
  reply.Set(response);
  return reply.Take();
}

}  // namespace

// Tells the status of one service, and again when it is another; of changes while a message is under way the last one.
class HealthService::Watch final : public StreamReactor {
 public:
  Watch(HealthService& health, StreamWire& wire) : health_(health), wire_(wire) {}

  void Begin() override { wire_.StartRead(&request_bytes_); }
  void OnReadDone(bool ok) override {
    HealthCheckRequest request;
    absl::Status status = ok ? ParseRequest(request_bytes_, &request) : absl::InvalidArgumentError("no request");
    const std::lock_guard<std::mutex> lock(mutex_);
    if (ended_) return;
    if (!status.ok()) return End(ToGrpc(status));
    service_ = request.service();
    begun_ = true;
    Tell();
  }
  void OnWriteDone(bool ok) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    writing_ = false;
    if (ended_) return;
    if (!ok) return End(grpc::Status::CANCELLED);
    Tell();
  }
  void OnCancel() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!ended_) End(grpc::Status::CANCELLED);
  }
  void OnDone() override {}

  void Changed() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (begun_ && !ended_) Tell();
  }

 private:
  // Both with the lock held.
  void Tell() {
    const std::optional<bool> serving = health_.IsServing(service_);
    if (writing_ || (told_ && *told_ == serving)) return;
    told_ = serving;
    writing_ = true;
    wire_.StartWrite(Told(serving));
  }
  void End(const grpc::Status& status) {
    ended_ = true;
    wire_.Finish(status);
  }

  HealthService& health_;
  StreamWire& wire_;
  grpc::ByteBuffer request_bytes_;
  std::mutex mutex_;
  std::string service_;
  std::optional<std::optional<bool>> told_;
  bool begun_ = false;
  bool writing_ = false;
  bool ended_ = false;
};

HealthService::HealthService() {
  service_.AddUnary("/grpc.health.v1.Health/Check", Ending::kUnseen, [this](UnaryCall& call) {
    HealthCheckRequest request;
    const absl::Status parsed = ParseRequest(call.request(), &request);
    if (!parsed.ok()) return call.Finish(ToGrpc(parsed));
    const std::optional<bool> serving = IsServing(request.service());
    if (!serving) return call.Finish({grpc::StatusCode::NOT_FOUND, "the server has no such service"});
    call.reply() = Told(serving);
    call.Finish(grpc::Status::OK);
  });
  service_.AddStream("/grpc.health.v1.Health/Watch", [this](StreamWire& wire) {
    auto watch = std::make_shared<Watch>(*this, wire);
    watches_.Add(watch);
    return watch;
  });
}

void HealthService::SetServing(const std::vector<std::string>& services, bool serving) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const std::string& service : services) serving_[service] = serving;
  }
  for (const std::shared_ptr<Watch>& watch : watches_.Open()) watch->Changed();
}

std::optional<bool> HealthService::IsServing(const std::string& service) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = serving_.find(service);
  return found == serving_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace nosograph::service
