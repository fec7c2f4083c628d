#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/cli/handlers_for.h"
#include "service/fhir_files.h"
#include "service/rest/kept_resources.h"
#include "terminology/store/data_folder.h"

namespace nosograph::cli {
namespace {

struct ImportOptions {
  service::ImportJob job;
  std::string data;
  ServerConnection server;
  bool quiet = false;
  std::string fhir_version;  // of resources that are kept; empty: what their package says, else 4.0
};

void Print(const v1::ImportResponse& response) {
  const v1::Release& release = response.release();
  std::cout << (release.active() ? "active: " : "imported: ") << release.system() << " " << release.version() << ", "
            << release.concept_count() << " concepts"
            << (release.billable_count() == 0 ? "" : absl::StrCat(", ", release.billable_count(), " of them billable"))
            << "\n"
            << "  source " << release.source_name() << ", sha256 " << release.source_sha256() << "\n"
            << "  snapshot " << release.id() << "\n";
  for (const std::string& warning : response.warnings()) std::cerr << "warning: " << warning << "\n";
  if (response.rewritten()) std::cout << "  the snapshot was damaged or missing and is written anew\n";
  if (response.unchanged() && !response.rewritten()) std::cout << "  it was there already; nothing changed\n";
  if (release.active()) return;
  std::cout << "  active is " << response.active().version() << "; to change that: nosograph releases activate "
            << release.system() << " " << release.version() << "\n";
}

int Import(ImportOptions& options, v1::ContentFormat format) {
  const absl::Time begin = absl::Now();
  options.job.options.set_format(format);
  if (!options.quiet) options.job.progress = [](absl::string_view line) { std::cerr << line << "\n"; };
  const absl::StatusOr<service::CatalogueHandlers> catalogue = CatalogueFor(options.server, options.data);
  if (!catalogue.ok()) return FailInput(catalogue.status());
  v1::ImportResponse response;
  const absl::Status status = catalogue->import(LocalCaller(), options.job, &response);
  if (!status.ok()) return FailInput(status);
  Print(response);
  if (!options.quiet) {
    std::cerr << "done in " << absl::FormatDuration(absl::Trunc(absl::Now() - begin, absl::Milliseconds(1))) << "\n";
  }
  return kOk;
}

// Whether it is one CodeSystem, which is imported as a release; all else is kept as it is.
bool IsCodeSystem(const std::vector<service::FhirFile>& files) {
  return files.size() == 1 && files.front().name == "the file" &&
         (files.front().type == "CodeSystem" || files.front().type.empty());
}

// The version of FHIR that each is of: the one that is asked for, else what its package says, else R4.
absl::Status TakeVersions(const ImportOptions& options, std::vector<service::FhirFile>& files) {
  for (service::FhirFile& file : files) {
    if (!options.fhir_version.empty()) file.fhir_version = options.fhir_version;
    if (file.fhir_version.empty()) file.fhir_version = "4.0";
    if (absl::StartsWith(file.fhir_version, "4.") || absl::StartsWith(file.fhir_version, "5.")) continue;
    return absl::InvalidArgumentError(absl::StrCat(options.job.paths.path, " is of FHIR ", file.fhir_version,
                                                   ", and R4 and R5 are read; if its resources are as one of these "
                                                   "has them, say so by --fhir-version"));
  }
  return absl::OkStatus();
}

// The resources of a package, a Bundle, NDJSON, or a single ValueSet or ConceptMap.
int Keep(const ImportOptions& options, std::vector<service::FhirFile> files) {
  if (options.server.asked()) {
    return FailInput(
        absl::InvalidArgumentError("--server: packages, Bundles, NDJSON, ValueSets and ConceptMaps are imported into a "
                                   "data folder; give --data, or "
                                   "put each resource over HTTP"));
  }
  if (const absl::Status status = TakeVersions(options, files); !status.ok()) return FailInput(status);
  std::vector<rest::KeptResources::Change> changes;
  std::map<std::string, size_t> others;
  for (service::FhirFile& file : files) {
    if (!rest::IsKeptType(file.type)) {
      ++others[file.type];
      continue;
    }
    changes.push_back({.type = file.type,
                       .id = std::move(file.id),
                       .json = std::move(file.json),
                       .version = absl::StartsWith(file.fhir_version, "5.") ? fhir::Version::kR5 : fhir::Version::kR4});
  }
  if (changes.empty()) {
    return FailInput(absl::InvalidArgumentError(
        absl::StrCat(options.job.paths.path, " has no CodeSystem, ValueSet or ConceptMap; give a file that has some")));
  }
  const absl::StatusOr<std::shared_ptr<rest::KeptResources>> kept = rest::KeptResources::Open(options.data, true);
  if (!kept.ok()) return FailInput(kept.status());
  snapshot::ReleaseSet releases;
  if (absl::StatusOr<snapshot::ReleaseSet> set = store::DataFolder(options.data).Load(); set.ok()) releases = *set;
  const auto progress = [&](size_t done) {
    constexpr size_t kStep = 200;
    if (!options.quiet && done % kStep == 0 && done > 0) std::cerr << done << " of " << changes.size() << "\n";
  };
  const absl::StatusOr<rest::KeptResources::Imported> imported = (*kept)->Import(changes, releases, progress);
  if (!imported.ok()) return FailInput(imported.status());
  std::cout << "kept: " << imported->added << " new, " << imported->changed << " changed, " << imported->unchanged
            << " as they were\n";
  for (const std::string& left_out : imported->left_out) std::cerr << "left out: " << left_out << "\n";
  if (!options.quiet) {
    for (const auto& [type, count] : others) std::cerr << "passed over: " << count << " of type " << type << "\n";
  }
  return imported->added + imported->changed + imported->unchanged == 0 ? kUsage : kOk;
}

int ImportFhir(ImportOptions& options) {
  absl::StatusOr<std::vector<service::FhirFile>> files = service::ReadFhirFiles(options.job.paths.path);
  if (files.ok() && !files->empty() && !IsCodeSystem(*files)) return Keep(options, *std::move(files));
  if (!files.ok() && absl::IsInvalidArgument(files.status())) return FailInput(files.status());
  return Import(options, v1::CONTENT_FORMAT_FHIR);
}

// An option that sets a field of the request.
template <typename Set>
CLI::Option* AddField(CLI::App& command, const char* name, const char* help, Set set) {
  return command.add_option_function<std::string>(name, set, help)->check(NotEmpty());
}

void AddCommonOptions(CLI::App& command, ImportOptions& options) {
  AddDataOption(command, options.data);
  AddServerOptions(command, options.server);
  v1::ImportOptions& asked = options.job.options;
  command.add_flag_callback(
      "--activate", [&asked] { asked.set_activate(true); },
      "Make it the active release; the first of a system becomes it anyway");
  command.add_flag_callback(
      "--replace", [&asked] { asked.set_replace(true); }, "Take the place of a release of the same version");
  command
      .add_option(
          "--synonyms", options.job.paths.synonyms,
          "Words and phrases that search takes for one another, a line a group, parted by '='; in place of those "
          "that come with the program")
      ->type_name("FILE")
      ->check(NotEmpty());
  command.add_flag("--quiet", options.quiet, "Show no progress");
}

}  // namespace

void AddImportCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("import", "Import content");
  command->require_subcommand(1);

  CLI::App* tabular = command->add_subcommand("icd10cm", "The ICD-10-CM tabular list, XML of NCHS/CDC");
  auto tabular_options = std::make_shared<ImportOptions>();
  v1::ImportOptions& of_tabular = tabular_options->job.options;
  tabular->add_option("file", tabular_options->job.paths.path, "The XML file")->required()->type_name("FILE");
  AddField(*tabular, "--version", "First day of validity, such as 2026-04-01",
           [&](const std::string& day) { of_tabular.set_version(day); })
      ->required()
      ->type_name("YYYY-MM-DD");
  tabular
      ->add_option("--order", tabular_options->job.paths.order,
                   "The order file of the same release, authority on billable flags and official titles")
      ->type_name("FILE")
      ->check(NotEmpty());
  AddField(*tabular, "--valid-to", "Last day of validity; the end of the fiscal year unless given",
           [&](const std::string& day) { of_tabular.set_valid_to(day); })
      ->type_name("YYYY-MM-DD");
  AddCommonOptions(*tabular, *tabular_options);
  tabular->callback(
      [tabular_options, &exit_code] { exit_code = Import(*tabular_options, v1::CONTENT_FORMAT_ICD10CM); });

  CLI::App* extension = command->add_subcommand("extension",
                                                "A folder of authored content: an extension's CodeSystem "
                                                "and its condition knowledge");
  auto extension_options = std::make_shared<ImportOptions>();
  extension
      ->add_option("folder", extension_options->job.paths.path, "The folder, such as terminology/content/dermatology")
      ->required()
      ->type_name("DIR");
  AddCommonOptions(*extension, *extension_options);
  extension->callback(
      [extension_options, &exit_code] { exit_code = Import(*extension_options, v1::CONTENT_FORMAT_EXTENSION); });

  CLI::App* fhir = command->add_subcommand(
      "fhir",
      "A FHIR CodeSystem in JSON (complete, a fragment, or a supplement); a ValueSet or ConceptMap, a "
      "Bundle, NDJSON, or a package (.tgz), whose resources are kept");
  auto fhir_options = std::make_shared<ImportOptions>();
  v1::ImportOptions& of_fhir = fhir_options->job.options;
  fhir->add_option("file", fhir_options->job.paths.path, "The resource, Bundle, NDJSON or package")
      ->required()
      ->type_name("FILE");
  fhir->add_option(
          "--fhir-version", fhir_options->fhir_version,
          "The version of FHIR that resources are of which are kept, in which R4 and R5 differ for ConceptMaps; what "
          "their package says unless given, else 4.0")
      ->check(CLI::IsMember({"4.0", "5.0"}))
      ->type_name("VERSION");
  AddField(*fhir, "--valid-from", "First day of validity, for --date", [&](const std::string& day) {
    of_fhir.set_valid_from(day);
  })->type_name("YYYY-MM-DD");
  AddField(*fhir, "--valid-to", "Last day of validity", [&](const std::string& day) {
    of_fhir.set_valid_to(day);
  })->type_name("YYYY-MM-DD");
  AddCommonOptions(*fhir, *fhir_options);
  fhir->callback([fhir_options, &exit_code] { exit_code = ImportFhir(*fhir_options); });
}

}  // namespace nosograph::cli
