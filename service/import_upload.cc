#include "service/import_upload.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "terminology/base/field_error.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::service {
namespace {

constexpr size_t kMaxNameBytes = 200;
constexpr size_t kMaxFiles = 100'000;
constexpr char kConditions[] = "conditions";

absl::Status Wrong(absl::string_view field, absl::string_view value, absl::string_view problem,
                   absl::string_view remedy) {
  return base::FieldError(absl::StatusCode::kInvalidArgument, field, value, problem, remedy);
}

bool IsPlainName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name != "." && name != ".." &&
         !absl::StrContains(name, "/") && std::none_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_iscntrl(static_cast<unsigned char>(c));
         });
}

}  // namespace

absl::StatusOr<ImportUpload> ImportUpload::Begin(uint64_t most_bytes) {
  ASSIGN_OR_RETURN(PrivateFolder folder, PrivateFolder::Make("import"));
  return ImportUpload(std::move(folder), most_bytes);
}

absl::Status ImportUpload::Add(const v1::ImportRequest& part) {
  if (complete_) return Wrong("complete", "true", "more was sent behind it", "send it last");
  switch (part.part_case()) {
    case v1::ImportRequest::kOptions:
      if (has_options_) return Wrong("options", "", "sent twice", "send them once, first");
      return Take(part.options());
    case v1::ImportRequest::kFile:
      if (!has_options_) return Wrong("options", "", "not sent before the files", "send them first");
      return AddFile(part.file());
    case v1::ImportRequest::kComplete:
      complete_ = part.complete();
      return Close();
    case v1::ImportRequest::PART_NOT_SET:
      break;
  }
  return Wrong("part", "", "not set", "set options, file or complete in each message");
}

absl::Status ImportUpload::Take(const v1::ImportOptions& options) {
  has_options_ = true;
  job_.options = options;
  if (options.format() != v1::CONTENT_FORMAT_EXTENSION) return absl::OkStatus();
  if (!IsPlainName(options.folder())) {
    return Wrong("options.folder", base::Excerpt(options.folder()),
                 absl::StrCat("'", base::Excerpt(options.folder()), "' is no name of a folder"),
                 "give one without '/'");
  }
  const std::string folder = absl::StrCat(folder_.path(), "/", options.folder());
  std::error_code error;
  std::filesystem::create_directories(absl::StrCat(folder, "/", kConditions), error);
  if (error) return base::FileError(error.value(), "make the folder", folder);
  return absl::OkStatus();
}

absl::Status ImportUpload::Open(const v1::ContentFile& file) {
  RETURN_IF_ERROR(Close());
  const v1::ContentFormat format = job_.options.format();
  const bool extension = format == v1::CONTENT_FORMAT_EXTENSION;
  absl::string_view plain = file.name();
  if (extension) (void)absl::ConsumePrefix(&plain, absl::StrCat(kConditions, "/"));
  if (!IsPlainName(plain)) {
    return Wrong("file.name", base::Excerpt(file.name()),
                 absl::StrCat("'", base::Excerpt(file.name()), "' is no name of a file without folders"),
                 "give one; files of an extension may lie in conditions/");
  }
  if (!names_.insert(file.name()).second || names_.size() > kMaxFiles) {
    return Wrong("file.name", file.name(), absl::StrCat("'", file.name(), "' is sent twice, or too many files"),
                 "send the pieces of a file behind each other, and each file once");
  }
  const std::string folder = extension ? absl::StrCat(folder_.path(), "/", job_.options.folder()) : folder_.path();
  std::string path = absl::StrCat(folder, "/", file.name());
  if (file.use() == v1::ContentFile::USE_SYNONYMS) {
    if (!job_.paths.synonyms.empty()) {
      return Wrong("file.use", file.name(), "a second file of synonyms", "send one at most");
    }
    path = absl::StrCat(folder_.path(), "/synonyms of ", plain);  // not among the files of an extension
    job_.paths.synonyms = path;
  } else if (file.use() == v1::ContentFile::USE_ORDER && format == v1::CONTENT_FORMAT_ICD10CM) {
    job_.paths.order = path;
  } else if (file.use() != v1::ContentFile::USE_UNSPECIFIED) {
    return Wrong("file.use", std::to_string(file.use()), "not known for the format", "leave it out");
  } else if (extension) {
    job_.paths.path = folder;
  } else if (!job_.paths.path.empty()) {
    return Wrong("file.name", file.name(), absl::StrCat("'", file.name(), "' is a second file of content"),
                 "send one file, and beside it an order file at most");
  } else {
    job_.paths.path = path;
  }
  open_name_ = file.name();
  open_.open(path, std::ios::binary);
  return absl::OkStatus();
}

absl::Status ImportUpload::AddFile(const v1::ContentFile& file) {
  if (open_name_.empty() || file.name() != open_name_) RETURN_IF_ERROR(Open(file));
  bytes_ += file.data().size();
  if (bytes_ > most_bytes_) {
    return base::FieldError(absl::StatusCode::kResourceExhausted, "file.data", std::to_string(bytes_),
                            absl::StrCat("more than the ", most_bytes_, " bytes that an import may have here"),
                            "import it on the server's machine, or let it take more (--max-import-bytes)");
  }
  open_ << file.data();
  return absl::OkStatus();
}

absl::Status ImportUpload::Close() {
  if (open_name_.empty()) return absl::OkStatus();
  open_.close();
  if (open_) {
    open_name_.clear();
    return absl::OkStatus();
  }
  return base::FieldError(absl::StatusCode::kResourceExhausted, "file.data", open_name_,
                          absl::StrCat("'", open_name_, "' could not be stored on the server"),
                          "make room in its folder for temporary files");
}

absl::StatusOr<ImportJob> ImportUpload::Finish() {
  if (!has_options_) return Wrong("options", "", "not sent", "send them first");
  if (!complete_) {
    return Wrong("complete", "false", "the sender did not say that all was sent", "send it behind the last file");
  }
  if (job_.paths.path.empty()) return Wrong("file", "", "no content was sent", "send the file to import");
  return job_;
}

absl::Status ImportUpload::WithSentNames(const absl::Status& status) const {
  if (status.ok()) return status;
  absl::Status named(status.code(), absl::StrReplaceAll(status.message(),
                                                        {{folder_.path() + "/", ""}, {folder_.path(), "the folder"}}));
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& payload) { named.SetPayload(type, payload); });
  return named;
}

}  // namespace nosograph::service
