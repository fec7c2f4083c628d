#include "service/cli/handlers_for.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <filesystem>
#include <limits>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nosograph/v1/catalogue.grpc.pb.h"
#include "nosograph/v1/terminology.grpc.pb.h"
#include "service/cli/command.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"
#include "terminology/snapshot/live_releases.h"

namespace nosograph::cli {
namespace {

using Stub = v1::TerminologyService::Stub;
using CatalogueStub = v1::CatalogueService::Stub;

constexpr std::chrono::seconds kDeadline(10);
constexpr std::chrono::minutes kChangeDeadline(1);
constexpr std::chrono::minutes kImportDeadline(10);
constexpr size_t kPieceBytes = 1 << 20;

// A handler that asks the service by a method of the stub.
template <typename AnyStub, typename Request, typename Response>
service::Handler<Request, Response> Remote(const std::shared_ptr<AnyStub>& stub, const std::string& address,
                                           grpc::Status (AnyStub::*method)(grpc::ClientContext*, const Request&,
                                                                           Response*),
                                           std::chrono::seconds deadline = kDeadline) {
  return [stub, address, method, deadline](const service::CallContext& /*context*/, const Request& request,
                                           Response* response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    const grpc::Status status = ((*stub).*method)(&context, request, response);
    return status.ok() ? absl::OkStatus() : FromGrpc(status, address);
  };
}

absl::StatusOr<service::TerminologyHandlers> RemoteHandlers(const ServerConnection& server) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, OpenChannel(server));
  const std::shared_ptr<Stub> stub = v1::TerminologyService::NewStub(channel);
  const std::string& address = server.address;
  service::TerminologyHandlers handlers;
  handlers.resolve = Remote(stub, address, &Stub::Resolve);
  handlers.resolve_batch = Remote(stub, address, &Stub::ResolveBatch);
  handlers.lookup = Remote(stub, address, &Stub::Lookup);
  handlers.validate_code = Remote(stub, address, &Stub::ValidateCode);
  handlers.subsumes = Remote(stub, address, &Stub::Subsumes);
  handlers.search = Remote(stub, address, &Stub::Search);
  handlers.list_releases = Remote(stub, address, &Stub::ListReleases);
  handlers.compare_releases = Remote(stub, address, &Stub::CompareReleases);
  return handlers;
}

// Sends files in pieces. A call that the service has ended takes no more.
class Sender {
 public:
  explicit Sender(grpc::ClientWriter<v1::ImportRequest>& writer) : writer_(writer) {}

  // Errors: those of reading the file.
  absl::Status Send(const std::string& path, const std::string& name, v1::ContentFile::Use use) {
    ASSIGN_OR_RETURN(const std::string content, base::ReadFile(path, std::numeric_limits<uint32_t>::max()));
    size_t sent = 0;
    do {
      v1::ImportRequest part;
      v1::ContentFile& file = *part.mutable_file();
      file.set_name(name);
      file.set_use(use);
      file.set_data(content.substr(sent, kPieceBytes));
      sent += kPieceBytes;
      if (!writer_.Write(part)) return absl::OkStatus();  // its status says why
    } while (sent < content.size());
    return absl::OkStatus();
  }

 private:
  grpc::ClientWriter<v1::ImportRequest>& writer_;
};

std::string FileName(const std::string& path) { return std::filesystem::path(path).filename().string(); }

absl::Status SendFiles(const service::ImportJob& job, Sender& sender) {
  if (!job.paths.synonyms.empty()) {
    RETURN_IF_ERROR(sender.Send(job.paths.synonyms, FileName(job.paths.synonyms), v1::ContentFile::USE_SYNONYMS));
  }
  if (job.options.format() != v1::CONTENT_FORMAT_EXTENSION) {
    RETURN_IF_ERROR(sender.Send(job.paths.path, FileName(job.paths.path), v1::ContentFile::USE_UNSPECIFIED));
    if (job.paths.order.empty()) return absl::OkStatus();
    return sender.Send(job.paths.order, FileName(job.paths.order), v1::ContentFile::USE_ORDER);
  }
  for (const char* below : {"", "conditions/"}) {
    const std::string folder = absl::StrCat(job.paths.path, "/", below);
    std::error_code error;
    if (*below != '\0' && !std::filesystem::exists(folder, error)) continue;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      if (!entry->is_regular_file()) continue;
      RETURN_IF_ERROR(sender.Send(entry->path().string(), below + FileName(entry->path().string()),
                                  v1::ContentFile::USE_UNSPECIFIED));
    }
    if (error) return base::FileError(error.value(), "list the folder", folder);
  }
  return absl::OkStatus();
}

absl::Status RemoteImport(CatalogueStub& stub, const std::string& address, const service::ImportJob& job,
                          v1::ImportResponse* response) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kImportDeadline);
  const std::unique_ptr<grpc::ClientWriter<v1::ImportRequest>> writer = stub.Import(&context, response);
  v1::ImportRequest first;
  *first.mutable_options() = job.options;
  if (job.options.format() == v1::CONTENT_FORMAT_EXTENSION) {
    first.mutable_options()->set_folder(
        FileName(std::filesystem::weakly_canonical(job.paths.path).string()));  // of "." or "a/" too
  }
  if (job.progress) job.progress("sending to " + address);
  writer->Write(first);
  Sender sender(*writer);
  if (const absl::Status sent = SendFiles(job, sender); !sent.ok()) {
    context.TryCancel();
    (void)writer->Finish();
    return sent;
  }
  v1::ImportRequest last;
  last.set_complete(true);
  writer->Write(last);
  writer->WritesDone();
  if (job.progress) job.progress("sent; the service imports");
  return FromGrpc(writer->Finish(), address);
}

absl::StatusOr<service::CatalogueHandlers> RemoteCatalogue(const ServerConnection& server) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, OpenChannel(server));
  const std::shared_ptr<CatalogueStub> stub = v1::CatalogueService::NewStub(channel);
  service::CatalogueHandlers handlers;
  handlers.import = [stub, address = server.address](const service::CallContext& /*context*/,
                                                     const service::ImportJob& job, v1::ImportResponse* response) {
    return RemoteImport(*stub, address, job, response);
  };
  handlers.activate = Remote(stub, server.address, &CatalogueStub::Activate, kChangeDeadline);
  handlers.roll_back = Remote(stub, server.address, &CatalogueStub::RollBack, kChangeDeadline);
  handlers.verify = Remote(stub, server.address, &CatalogueStub::Verify, kChangeDeadline);
  handlers.list_events = Remote(stub, server.address, &CatalogueStub::ListEvents, kChangeDeadline);
  return handlers;
}

}  // namespace

absl::StatusOr<service::CatalogueHandlers> CatalogueFor(const ServerConnection& server,
                                                        const std::string& data_folder) {
  if (server.asked()) return RemoteCatalogue(server);
  return service::MakeCatalogueHandlers(std::make_shared<store::DataFolder>(data_folder), nullptr);
}

absl::StatusOr<service::TerminologyHandlers> HandlersFor(const ServerConnection& server,
                                                         const std::string& data_folder) {
  if (server.asked()) return RemoteHandlers(server);
  ASSIGN_OR_RETURN(snapshot::ReleaseSet set, LoadReleases(data_folder));
  return service::MakeTerminologyHandlers(std::make_shared<const snapshot::LiveReleases>(std::move(set)), {});
}

}  // namespace nosograph::cli
