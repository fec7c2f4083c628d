#include "service/import_content.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/import/extension_folder.h"
#include "terminology/import/fhir_code_system.h"
#include "terminology/import/icd10cm_order.h"
#include "terminology/import/icd10cm_tabular.h"
#include "terminology/import/synonyms.h"
#include "terminology/model/date.h"

namespace nosograph::service {
namespace {

constexpr size_t kMaxSynonymBytes = 16 << 20;

absl::Status Wrong(absl::string_view field, absl::string_view value, absl::string_view problem,
                   absl::string_view remedy) {
  return base::FieldError(absl::StatusCode::kInvalidArgument, field, value, problem, remedy);
}

absl::Status CheckDay(absl::string_view field, const std::string& day) {
  if (day.empty() || model::IsDate(day)) return absl::OkStatus();
  return Wrong(field, day, absl::StrCat("'", base::Excerpt(day), "' is no date"), "write it as YYYY-MM-DD");
}

absl::Status CheckOrder(const std::string& first, const std::string& last) {
  if (last.empty() || first.empty() || first <= last) return absl::OkStatus();
  return Wrong("valid_to", last, absl::StrCat(last, " lies before the first day, ", first), "give a later day");
}

absl::Status None(absl::string_view field, const std::string& value, absl::string_view format) {
  if (value.empty()) return absl::OkStatus();
  return Wrong(field, value, absl::StrCat("'", base::Excerpt(value), "' is not for ", format), "leave it out");
}

absl::StatusOr<Content> ReadIcd10Cm(const v1::ImportOptions& options, const ContentPaths& paths,
                                    const import::Progress& progress) {
  RETURN_IF_ERROR(None("valid_from", options.valid_from(), "ICD-10-CM, whose version is its first day"));
  ASSIGN_OR_RETURN(model::CodeSystem system, import::ImportIcd10CmTabular(paths.path, options.version(), progress));
  if (!paths.order.empty()) {
    progress("reading " + paths.order);
    ASSIGN_OR_RETURN(const import::OrderFile order, import::ReadIcd10CmOrder(paths.order));
    RETURN_IF_ERROR(import::ApplyOrder(order, system, progress));
  }
  RETURN_IF_ERROR(CheckDay("valid_to", options.valid_to()));
  RETURN_IF_ERROR(CheckOrder(options.version(), options.valid_to()));
  // A release of ICD-10-CM ends with the fiscal year at the latest, on 30 September.
  const std::string end =
      options.valid_to().empty() ? std::to_string(model::FiscalYear(options.version())) + "-09-30" : options.valid_to();
  return Content{std::move(system), {options.version(), end}};
}

absl::StatusOr<Content> ReadFhir(const v1::ImportOptions& options, const ContentPaths& paths) {
  RETURN_IF_ERROR(None("version", options.version(), "a FHIR CodeSystem, which has its own"));
  RETURN_IF_ERROR(CheckDay("valid_from", options.valid_from()));
  RETURN_IF_ERROR(CheckDay("valid_to", options.valid_to()));
  RETURN_IF_ERROR(CheckOrder(options.valid_from(), options.valid_to()));
  ASSIGN_OR_RETURN(model::CodeSystem system, import::ImportFhirCodeSystem(paths.path));
  return Content{std::move(system), {options.valid_from(), options.valid_to()}};
}

absl::StatusOr<Content> ReadExtension(const v1::ImportOptions& options, const ContentPaths& paths) {
  RETURN_IF_ERROR(None("version", options.version(), "an extension, which has its own"));
  RETURN_IF_ERROR(None("valid_from", options.valid_from(), "an extension"));
  RETURN_IF_ERROR(None("valid_to", options.valid_to(), "an extension"));
  ASSIGN_OR_RETURN(model::CodeSystem system, import::ImportExtensionFolder(paths.path));
  return Content{std::move(system), {}};
}

absl::StatusOr<Content> ReadFormat(const v1::ImportOptions& options, const ContentPaths& paths,
                                   const import::Progress& progress) {
  switch (options.format()) {
    case v1::CONTENT_FORMAT_ICD10CM:
      return ReadIcd10Cm(options, paths, progress);
    case v1::CONTENT_FORMAT_EXTENSION:
      return ReadExtension(options, paths);
    case v1::CONTENT_FORMAT_FHIR:
      return ReadFhir(options, paths);
    default:
      return Wrong("format", std::to_string(options.format()), absl::StrCat(options.format(), " is not known"),
                   "use CONTENT_FORMAT_ICD10CM, CONTENT_FORMAT_EXTENSION or CONTENT_FORMAT_FHIR");
  }
}

}  // namespace

absl::StatusOr<Content> ReadContent(const v1::ImportOptions& options, const ContentPaths& paths,
                                    const import::Progress& progress) {
  ASSIGN_OR_RETURN(Content content, ReadFormat(options, paths, progress));
  if (paths.synonyms.empty()) {
    content.system.synonyms = import::DefaultSynonyms();
    return content;
  }
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(paths.synonyms, kMaxSynonymBytes));
  ASSIGN_OR_RETURN(content.system.synonyms, import::ParseSynonyms(text));
  return content;
}

}  // namespace nosograph::service
