#include "service/grpc/catalogue_calls.h"

#include <grpcpp/grpcpp.h>

#include <mutex>
#include <optional>
#include <utility>

#include "nosograph/v1/catalogue.pb.h"
#include "service/grpc/answer_calls.h"
#include "service/import_upload.h"
#include "service/weak_list.h"
#include "service/worker.h"
#include "terminology/base/status_macros.h"

namespace nosograph::service {
namespace {

// How many changes may wait for those before them.
constexpr size_t kMostWaiting = 16;

constexpr char kImport[] = "/nosograph.v1.CatalogueService/Import";
constexpr char kWatch[] = "/nosograph.v1.CatalogueService/Watch";

// Gathers the files, then imports them on the worker.
class ImportCall final : public StreamCall {
 public:
  ImportCall(Calls& calls, StreamWire& wire, uint64_t most_bytes, const Handler<ImportJob, v1::ImportResponse>& handler,
             Worker& worker)
      : StreamCall(calls, wire, kImport, Role::kReleaser),
        most_bytes_(most_bytes),
        handler_(handler),
        worker_(worker) {}

  void OnReadDone(bool ok) override {
    if (!Go()) return;
    if (ok) {
      absl::Status added = ParseRequest(request_bytes_, &request_);
      if (added.ok()) added = upload_->Add(request_);
      if (!added.ok()) return End(ToGrpc(upload_->WithSentNames(added)));
      return Read();
    }
    if (!worker_.Do([this] { Import(); })) End(Overloaded());
  }

 private:
  void Start() override {
    absl::StatusOr<ImportUpload> upload = ImportUpload::Begin(most_bytes_);
    if (!upload.ok()) return End(ToGrpc(upload.status()));
    upload_.emplace(*std::move(upload));
    Read();
  }
  void Read() {
    Wait([this] { wire().StartRead(&request_bytes_); });
  }
  void Import() {
    v1::ImportResponse response;
    const absl::StatusOr<ImportJob> job = upload_->Finish();
    const absl::Status status = job.ok() ? handler_(context(), *job, &response) : job.status();
    const absl::Status told = status.ok() ? status : upload_->WithSentNames(status);
    upload_.reset();  // here, since its files take a while to go
    if (!told.ok()) return End(ToGrpc(told));
    WireReply reply;
    reply.Set(response);
    EndWith(reply.Take());
  }

  const uint64_t most_bytes_;
  const Handler<ImportJob, v1::ImportResponse>& handler_;
  Worker& worker_;
  std::optional<ImportUpload> upload_;
  grpc::ByteBuffer request_bytes_;
  v1::ImportRequest request_;
};

// Tells what is served, and again when it has changed; of changes while a message is under way the last one.
class WatchCall final : public StreamCall {
 public:
  using List = Handler<v1::ListReleasesRequest, v1::ListReleasesResponse>;

  WatchCall(Calls& calls, StreamWire& wire, const List& list)
      : StreamCall(calls, wire, kWatch, Role::kReleaser), list_(list) {}

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
    v1::WatchResponse response;
    response.mutable_releases()->Swap(listed.mutable_releases());
    WireReply reply;
    reply.Set(response);
    wire().StartWrite(reply.Take());
  }

  const List& list_;
  std::mutex mutex_;
  bool idle_ = false;
  bool news_ = false;
};

class QueuedCatalogue final : public CatalogueCalls {
 public:
  QueuedCatalogue(CatalogueHandlers handlers, WatchCall::List list_releases, uint64_t most_import_bytes, Calls& calls)
      : calls_(calls),
        list_releases_(std::move(list_releases)),
        import_(Guarded(Role::kReleaser, std::move(handlers.import))),
        activate_(Served(std::move(handlers.activate))),
        roll_back_(Served(std::move(handlers.roll_back))),
        verify_(Served(std::move(handlers.verify))),
        list_events_(Served(std::move(handlers.list_events))),
        worker_(1, kMostWaiting) {
    service_.AddStream(kImport, [this, most_import_bytes](StreamWire& wire) {
      return BeginStream(calls_, std::make_shared<ImportCall>(calls_, wire, most_import_bytes, import_, worker_));
    });
    AddOnWorker("/nosograph.v1.CatalogueService/Activate", activate_);
    AddOnWorker("/nosograph.v1.CatalogueService/RollBack", roll_back_);
    AddOnWorker("/nosograph.v1.CatalogueService/Verify", verify_);
    AddOnWorker("/nosograph.v1.CatalogueService/ListEvents", list_events_);
    service_.AddStream(kWatch, [this](StreamWire& wire) { return BeginStream(calls_, NewWatch(wire)); });
  }

  CallService& service() override { return service_; }
  void Announce() override {
    for (const std::shared_ptr<WatchCall>& watch : watches_.Open()) watch->Changed();
  }

 private:
  template <typename Request, typename Response>
  static Handler<Request, WireReply> Served(Handler<Request, Response> handler) {
    return Guarded(Role::kReleaser, InWireFormat(std::move(handler)));
  }
  // Who may not call is told so at once, not behind the changes of others.
  template <typename Request>
  void AddOnWorker(const char* path, const Handler<Request, WireReply>& handler) {
    service_.AddUnary(path, Ending::kSeen, [this, path, &handler](UnaryCall& call) {
      const grpc::Status& admission = call.Enter(calls_, path);
      if (!admission.ok()) return call.Finish(admission);
      const absl::Status role = CheckRole(Role::kReleaser, WireCallContext(call.context(), calls_, call.ending()));
      if (!role.ok()) return call.Finish(ToGrpc(role));
      if (!worker_.Do([this, &handler, &call] { call.Finish(ToGrpc(Answer(calls_, handler, call))); })) {
        call.Finish(Overloaded());
      }
    });
  }
  std::shared_ptr<WatchCall> NewWatch(StreamWire& wire) {
    auto watch = std::make_shared<WatchCall>(calls_, wire, list_releases_);
    watches_.Add(watch);
    return watch;
  }

  Calls& calls_;
  const WatchCall::List list_releases_;
  const Handler<ImportJob, v1::ImportResponse> import_;
  const Handler<v1::ActivateRequest, WireReply> activate_;
  const Handler<v1::RollBackRequest, WireReply> roll_back_;
  const Handler<v1::VerifyRequest, WireReply> verify_;
  const Handler<v1::ListEventsRequest, WireReply> list_events_;
  WeakList<WatchCall> watches_;
  CallService service_;
  Worker worker_;  // the last: ends before what its work uses
};

}  // namespace

std::unique_ptr<CatalogueCalls> NewCatalogueCalls(
    CatalogueHandlers handlers, Handler<v1::ListReleasesRequest, v1::ListReleasesResponse> list_releases,
    uint64_t most_import_bytes, Calls& calls) {
  return std::make_unique<QueuedCatalogue>(std::move(handlers), std::move(list_releases), most_import_bytes, calls);
}

}  // namespace nosograph::service
