// CatalogueService over gRPC's completion queues. Changes run one after the other on a thread of their own.
//
//   CatalogueCalls catalogue(handlers, list_releases, {}, calls);
//   queues.AddTo(builder, {&catalogue.service()});
//   catalogue.Announce();
#ifndef NOSOGRAPH_SERVICE_GRPC_CATALOGUE_CALLS_H_
#define NOSOGRAPH_SERVICE_GRPC_CATALOGUE_CALLS_H_

#include <grpcpp/impl/codegen/service_type.h>

#include <cstdint>
#include <memory>

#include "nosograph/v1/terminology.pb.h"
#include "service/grpc/call_queues.h"
#include "service/grpc/calls.h"
#include "service/grpc/catalogue_service.h"

namespace nosograph::service {

class CatalogueCalls {
 public:
  virtual ~CatalogueCalls() = default;
  virtual CallService& service() = 0;
  // Tells those who watch that what is served has changed. Thread-safe.
  virtual void Announce() = 0;
};

// `list_releases` is what Watch tells. `most_import_bytes` is how large the files of an import may be. `calls` must
// outlive it; no call may run when it ends.
std::unique_ptr<CatalogueCalls> NewCatalogueCalls(
    CatalogueHandlers handlers, Handler<v1::ListReleasesRequest, v1::ListReleasesResponse> list_releases,
    uint64_t most_import_bytes, Calls& calls);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_CATALOGUE_CALLS_H_
