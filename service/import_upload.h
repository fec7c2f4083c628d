// The files of an import that come in pieces, gathered on disk.
//
// Not thread-safe. What was gathered is gone with the object.
//
//   ASSIGN_OR_RETURN(ImportUpload upload, ImportUpload::Begin(256 << 20));
//   for (const v1::ImportRequest& part : parts) RETURN_IF_ERROR(upload.Add(part));
//   ASSIGN_OR_RETURN(ImportJob job, upload.Finish());
#ifndef NOSOGRAPH_SERVICE_IMPORT_UPLOAD_H_
#define NOSOGRAPH_SERVICE_IMPORT_UPLOAD_H_

#include <cstdint>
#include <fstream>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nosograph/v1/catalogue.pb.h"
#include "service/grpc/catalogue_service.h"
#include "service/private_folder.h"

namespace nosograph::service {

class ImportUpload {
 public:
  // `most_bytes` is how large all files together may be. Errors: those of PrivateFolder::Make.
  static absl::StatusOr<ImportUpload> Begin(uint64_t most_bytes);

  // Errors: InvalidArgument (base::FieldError) for parts in the wrong order, a name that would lie outside the folder,
  // a file sent twice or of a use that the format has not; ResourceExhausted over the limit, or when the disk is full.
  absl::Status Add(const v1::ImportRequest& part);

  // What to import; its paths live as long as this. Errors: InvalidArgument when files are missing, or the sender did
  // not say that all were sent, as when its connection broke.
  absl::StatusOr<ImportJob> Finish();

  // `status` without the path of the folder in its message: the sender knows the files by the names it gave.
  absl::Status WithSentNames(const absl::Status& status) const;

 private:
  ImportUpload(PrivateFolder folder, uint64_t most_bytes) : folder_(std::move(folder)), most_bytes_(most_bytes) {}
  absl::Status Take(const v1::ImportOptions& options);
  absl::Status AddFile(const v1::ContentFile& file);
  absl::Status Open(const v1::ContentFile& file);
  absl::Status Close();

  PrivateFolder folder_;
  const uint64_t most_bytes_;
  uint64_t bytes_ = 0;
  bool has_options_ = false;
  bool complete_ = false;
  ImportJob job_;
  std::string open_name_;
  std::ofstream open_;
  std::set<std::string> names_;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_IMPORT_UPLOAD_H_
