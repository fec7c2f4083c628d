#include "service/grpc/catalogue_calls.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "nosograph/v1/catalogue.grpc.pb.h"
#include "service/import_upload.h"
#include "service/worker.h"
#include "terminology/base/status_macros.h"

namespace nosograph::service {
namespace {

// How many changes may wait for those before them.
constexpr size_t kMostWaiting = 16;

// Gathers the files, then imports them on the worker.
class ImportCall final : public StreamCall<grpc::ServerReadReactor<v1::ImportRequest>> {
 public:
  ImportCall(Calls& calls, const grpc::CallbackServerContext& context, v1::ImportResponse* response,
             uint64_t most_bytes, const Handler<ImportJob, v1::ImportResponse>& handler, Worker& worker)
      : StreamCall(calls, context, "/nosograph.v1.CatalogueService/Import", Role::kReleaser),
        response_(response),
        most_bytes_(most_bytes),
        handler_(handler),
        worker_(worker) {}

  void OnReadDone(bool ok) override {
    if (!Go()) return;
    if (ok) {
      const absl::Status added = upload_->Add(request_);
      if (!added.ok()) return End(ToGrpc(upload_->WithSentNames(added)));
      return Read();
    }
    if (!worker_.Do([this] { End(ToGrpc(upload_->WithSentNames(Import()))); })) End(Overloaded());
  }

 private:
  void Start() override {
    absl::StatusOr<ImportUpload> upload = ImportUpload::Begin(most_bytes_);
    if (!upload.ok()) return End(ToGrpc(upload.status()));
    upload_.emplace(*std::move(upload));
    Read();
  }
  void Read() {
    Wait([this] { StartRead(&request_); });
  }
  absl::Status Import() {
    ASSIGN_OR_RETURN(const ImportJob job, upload_->Finish());
    return handler_(context(), job, response_);
  }

  v1::ImportResponse* const response_;
  const uint64_t most_bytes_;
  const Handler<ImportJob, v1::ImportResponse>& handler_;
  Worker& worker_;
  std::optional<ImportUpload> upload_;
  v1::ImportRequest request_;
};

// Tells what is served, and again when it has changed; of changes while a message is under way the last one.
class WatchCall final : public StreamCall<grpc::ServerWriteReactor<v1::WatchResponse>> {
 public:
  using List = Handler<v1::ListReleasesRequest, v1::ListReleasesResponse>;

  WatchCall(Calls& calls, const grpc::CallbackServerContext& context, const List& list)
      : StreamCall(calls, context, "/nosograph.v1.CatalogueService/Watch", Role::kReleaser), list_(list) {}

  void Changed() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!idle_) {
        news_ = true;
        return;
      }
      idle_ = false;
    }
    if (Go()) Tell();
  }

  // Nobody waits any more; a stream that is idle has to be ended, since nothing else will.
  void OnCancel() override {
    StreamCall::OnCancel();
    EndIfWaiting(grpc::Status::CANCELLED);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return End(grpc::Status::CANCELLED);
    bool news = false;
    bool waits = false;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      news = std::exchange(news_, false);
      waits = !news && TryWait([this] { idle_ = true; });
    }
    if (news) return Tell();
    if (!waits) return End(Stopping());
    // A cancellation that came while the message was under way.
    if (!context().Check().ok()) EndIfWaiting(grpc::Status::CANCELLED);
  }

 private:
  void Start() override { Tell(); }
  void Tell() {
    v1::ListReleasesResponse listed;
    const absl::Status status = list_(context(), {}, &listed);
    if (!status.ok()) return End(ToGrpc(status));
    response_.mutable_releases()->Swap(listed.mutable_releases());
    StartWrite(&response_);
  }

  const List& list_;
  std::mutex mutex_;
  bool idle_ = false;
  bool news_ = false;
  v1::WatchResponse response_;
};

class CallbackCatalogue final : public v1::CatalogueService::CallbackService, public CatalogueCalls {
 public:
  CallbackCatalogue(CatalogueHandlers handlers, WatchCall::List list_releases, uint64_t most_import_bytes, Calls& calls)
      : calls_(calls),
        list_releases_(std::move(list_releases)),
        most_import_bytes_(most_import_bytes),
        handlers_{Guarded(Role::kReleaser, std::move(handlers.import)),
                  Guarded(Role::kReleaser, std::move(handlers.activate)),
                  Guarded(Role::kReleaser, std::move(handlers.roll_back)),
                  Guarded(Role::kReleaser, std::move(handlers.verify))},
        worker_(1, kMostWaiting) {}

  grpc::Service& service() override { return *this; }
  void Announce() override {
    std::vector<std::shared_ptr<WatchCall>> open;
    {
      const std::lock_guard<std::mutex> lock(watches_mutex_);
      for (const std::weak_ptr<WatchCall>& watch : watches_) {
        if (std::shared_ptr<WatchCall> still = watch.lock()) open.push_back(std::move(still));
      }
    }
    for (const std::shared_ptr<WatchCall>& watch : open) watch->Changed();
  }

  grpc::ServerReadReactor<v1::ImportRequest>* Import(grpc::CallbackServerContext* context,
                                                     v1::ImportResponse* response) override {
    return BeginStream(calls_, std::make_shared<ImportCall>(calls_, *context, response, most_import_bytes_,
                                                            handlers_.import, worker_));
  }
  grpc::ServerUnaryReactor* Activate(grpc::CallbackServerContext* context, const v1::ActivateRequest* request,
                                     v1::ActivateResponse* response) override {
    return Answer(*context, "/nosograph.v1.CatalogueService/Activate", handlers_.activate, *request, response);
  }
  grpc::ServerUnaryReactor* RollBack(grpc::CallbackServerContext* context, const v1::RollBackRequest* request,
                                     v1::ActivateResponse* response) override {
    return Answer(*context, "/nosograph.v1.CatalogueService/RollBack", handlers_.roll_back, *request, response);
  }
  grpc::ServerUnaryReactor* Verify(grpc::CallbackServerContext* context, const v1::VerifyRequest* request,
                                   v1::VerifyResponse* response) override {
    return Answer(*context, "/nosograph.v1.CatalogueService/Verify", handlers_.verify, *request, response);
  }
  grpc::ServerWriteReactor<v1::WatchResponse>* Watch(grpc::CallbackServerContext* context,
                                                     const v1::WatchRequest* /*request*/) override {
    const auto watch = std::make_shared<WatchCall>(calls_, *context, list_releases_);
    {
      const std::lock_guard<std::mutex> lock(watches_mutex_);
      watches_.erase(std::remove_if(watches_.begin(), watches_.end(), [](const auto& w) { return w.expired(); }),
                     watches_.end());
      watches_.push_back(watch);
    }
    return BeginStream(calls_, watch);
  }

 private:
  // On the worker; who may not call is told so at once.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Answer(const grpc::CallbackServerContext& context, absl::string_view method,
                                   const Handler<Request, Response>& handler, const Request& request,
                                   Response* response) {
    auto* reactor = new UnaryReactor(calls_, context, method);  // deletes itself when the call is done
    if (!reactor->admission().ok()) {
      reactor->FinishWith(reactor->admission());
      return reactor;
    }
    const absl::Status role = CheckRole(Role::kReleaser, WireCallContext(context, calls_));
    const auto answer = [this, reactor, &context, &handler, &request, response] {
      reactor->FinishWith(ToGrpc(handler(WireCallContext(context, calls_), request, response)));
    };
    if (!role.ok()) {
      reactor->FinishWith(ToGrpc(role));
    } else if (!worker_.Do(answer)) {
      reactor->FinishWith(Overloaded());
    }
    return reactor;
  }

  Calls& calls_;
  const WatchCall::List list_releases_;
  const uint64_t most_import_bytes_;
  const CatalogueHandlers handlers_;
  std::mutex watches_mutex_;
  std::vector<std::weak_ptr<WatchCall>> watches_;
  Worker worker_;  // the last: ends before what its work uses
};

}  // namespace

std::unique_ptr<CatalogueCalls> NewCatalogueCalls(
    CatalogueHandlers handlers, Handler<v1::ListReleasesRequest, v1::ListReleasesResponse> list_releases,
    uint64_t most_import_bytes, Calls& calls) {
  return std::make_unique<CallbackCatalogue>(std::move(handlers), std::move(list_releases), most_import_bytes, calls);
}

}  // namespace nosograph::service
