#include "service/grpc/catalogue_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "service/grpc/convert.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"

namespace nosograph::service {
namespace {

using TakeUp = std::function<absl::Status()>;

// All that a snapshot says, or where it cannot be read, what the catalogue says of it; the error of reading it.
absl::Status Describe(const store::DataFolder& folder, const store::LoadedRelease& loaded, v1::Release* message) {
  const absl::StatusOr<snapshot::Release> opened = folder.OpenRelease(loaded);
  if (opened.ok()) {
    ToMessage(*opened, Detail::kFull, message);
    return absl::OkStatus();
  }
  ToMessage(loaded, message);
  return opened.status();
}

absl::Status Served(const TakeUp& take_up) {
  if (!take_up) return absl::OkStatus();
  const absl::Status status = take_up();
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat("the data folder is changed, but cannot be served yet: ", status.message()));
}

absl::Status Import(store::DataFolder& folder, const TakeUp& take_up, const CallContext& context, const ImportJob& job,
                    v1::ImportResponse* response) {
  const auto progress = [&](absl::string_view line) {
    if (absl::ConsumePrefix(&line, "warning: ")) {
      response->add_warnings(std::string(line));
    } else if (job.progress) {
      job.progress(line);
    }
  };
  ASSIGN_OR_RETURN(Content content, ReadContent(job.options, job.paths, progress));
  RETURN_IF_ERROR(context.Check());
  progress(absl::StrCat("writing the snapshot into ", folder.path()));
  ASSIGN_OR_RETURN(store::ImportResult result,
                   folder.Import(content.system, {std::move(content.validity), job.options.activate(),
                                                  job.options.replace(), context.caller()}));
  ToMessage(result.release, Detail::kFull, response->mutable_release());
  response->set_unchanged(result.unchanged);
  response->set_rewritten(result.rewritten);
  if (result.active) (void)Describe(folder, *result.active, response->mutable_active());
  for (std::string& warning : result.warnings) response->add_warnings(std::move(warning));
  return Served(take_up);
}

absl::Status Fill(const store::DataFolder& folder, const TakeUp& take_up, store::Activation activation,
                  v1::ActivateResponse* response) {
  RETURN_IF_ERROR(Describe(folder, activation.now, response->mutable_now()));
  if (activation.before) {
    (void)Describe(folder, *activation.before, response->mutable_before());
    response->mutable_before()->set_active(activation.before->snapshot == activation.now.snapshot);
  }
  for (std::string& warning : activation.warnings) response->add_warnings(std::move(warning));
  return Served(take_up);
}

absl::Status CheckSystem(const std::string& system) {
  if (!system.empty()) return absl::OkStatus();
  return base::FieldError(absl::StatusCode::kInvalidArgument, "system", "", "none given",
                          "give the canonical URI of a code system");
}

}  // namespace

CatalogueHandlers MakeCatalogueHandlers(std::shared_ptr<store::DataFolder> folder, TakeUp take_up) {
  CatalogueHandlers handlers;
  handlers.import = [folder, take_up](const CallContext& context, const ImportJob& job, v1::ImportResponse* response) {
    return Import(*folder, take_up, context, job, response);
  };
  handlers.activate = [folder, take_up](const CallContext& context, const v1::ActivateRequest& request,
                                        v1::ActivateResponse* response) -> absl::Status {
    RETURN_IF_ERROR(CheckSystem(request.system()));
    ASSIGN_OR_RETURN(store::Activation activation,
                     folder->Activate(request.system(), request.version(), context.caller()));
    return Fill(*folder, take_up, std::move(activation), response);
  };
  handlers.roll_back = [folder, take_up](const CallContext& context, const v1::RollBackRequest& request,
                                         v1::ActivateResponse* response) -> absl::Status {
    RETURN_IF_ERROR(CheckSystem(request.system()));
    ASSIGN_OR_RETURN(store::Activation activation, folder->RollBack(request.system(), context.caller()));
    return Fill(*folder, take_up, std::move(activation), response);
  };
  // Every release is looked at, whatever the first one says.
  handlers.verify = [folder](const CallContext& context, const v1::VerifyRequest& /*request*/,
                             v1::VerifyResponse* response) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<store::LoadedRelease> releases, folder->Releases());
    for (const store::LoadedRelease& loaded : releases) {
      RETURN_IF_ERROR(context.Check());
      v1::VerifyResponse::Item* item = response->add_items();
      const absl::Status status = Describe(*folder, loaded, item->mutable_release());
      item->set_sound(status.ok());
      item->set_problem(std::string(status.message()));
    }
    return absl::OkStatus();
  };
  handlers.list_events = [folder](const CallContext& /*context*/, const v1::ListEventsRequest& request,
                                  v1::ListEventsResponse* response) -> absl::Status {
    constexpr uint32_t kUsual = 20;
    constexpr uint32_t kMost = 10'000;
    if (request.limit() > kMost) {
      return base::FieldError(absl::StatusCode::kInvalidArgument, "limit", std::to_string(request.limit()),
                              absl::StrCat(request.limit(), " events, more than ", kMost),
                              "ask for fewer; the newest come first");
    }
    const uint32_t limit = request.limit() == 0 ? kUsual : request.limit();
    ASSIGN_OR_RETURN(const std::vector<store::Event> events, folder->Events(static_cast<int>(limit)));
    for (const store::Event& event : events) {
      v1::Event* const message = response->add_events();
      message->set_at(event.at);
      message->set_by(event.by);
      message->set_what(event.what);
      message->set_system(event.system);
      message->set_version(event.version);
      message->set_snapshot(event.snapshot);
    }
    return absl::OkStatus();
  };
  return handlers;
}

}  // namespace nosograph::service
