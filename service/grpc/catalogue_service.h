// The handlers of CatalogueService: plain functions from request to reply, without transport.
//
// Thread-safe; changes of a data folder exclude each other.
//
//   CatalogueHandlers handlers = MakeCatalogueHandlers(folder, [&] { return follower.Poll().status(); });
//   absl::Status status = handlers.activate(context, request, &response);
#ifndef NOSOGRAPH_SERVICE_GRPC_CATALOGUE_SERVICE_H_
#define NOSOGRAPH_SERVICE_GRPC_CATALOGUE_SERVICE_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "nosograph/v1/catalogue.pb.h"
#include "service/grpc/call_context.h"
#include "service/import_content.h"
#include "terminology/import/progress.h"
#include "terminology/store/data_folder.h"

namespace nosograph::service {

// One import: what is asked, and where the files lie.
struct ImportJob {
  v1::ImportOptions options = {};
  ContentPaths paths = {};
  import::Progress progress = {};  // empty: silence
};

struct CatalogueHandlers {
  Handler<ImportJob, v1::ImportResponse> import;
  Handler<v1::ActivateRequest, v1::ActivateResponse> activate;
  Handler<v1::RollBackRequest, v1::ActivateResponse> roll_back;
  Handler<v1::VerifyRequest, v1::VerifyResponse> verify;
  Handler<v1::ListEventsRequest, v1::ListEventsResponse> list_events;
};

// `take_up` makes what the folder says what is served, before the reply to a change; its error is that of the call,
// though the folder is changed. Null where nothing is served. Errors of the handlers: those of DataFolder and of
// ReadContent.
CatalogueHandlers MakeCatalogueHandlers(std::shared_ptr<store::DataFolder> folder,
                                        std::function<absl::Status()> take_up);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_CATALOGUE_SERVICE_H_
