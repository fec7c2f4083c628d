#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "terminology/base/unicode.h"
#include "terminology/import/extension_folder.h"
#include "terminology/import/fhir_code_system.h"
#include "terminology/import/icd10cm_order.h"
#include "terminology/import/icd10cm_tabular.h"
#include "terminology/model/date.h"
#include "terminology/store/data_folder.h"

namespace nosograph::cli {
namespace {

struct ImportOptions {
  std::string path;
  std::string version;
  std::string valid_from;
  std::string valid_to;
  std::string order;
  std::string data;
  bool activate = false;
  bool replace = false;
  bool quiet = false;
};

int Import(const ImportOptions& options, const absl::StatusOr<model::CodeSystem>& system, store::Validity validity,
           absl::Time begin) {
  if (!system.ok()) return FailInput(system.status());
  if (!options.quiet) std::cerr << "writing the snapshot into " << options.data << "\n";
  const absl::StatusOr<store::ImportResult> result =
      store::DataFolder(options.data)
          .Import(*system, {std::move(validity), options.activate, options.replace, UserName()});
  if (!result.ok()) return FailInput(result.status());
  const snapshot::Snapshot& snapshot = *result->release.snapshot;
  std::cout << (result->release.active ? "active: " : "imported: ") << snapshot.url() << " " << snapshot.version()
            << ", " << snapshot.concept_count() << " concepts"
            << (snapshot.billable_count() == 0 ? ""
                                               : absl::StrCat(", ", snapshot.billable_count(), " of them billable"))
            << "\n"
            << "  source " << snapshot.source_name() << ", sha256 " << snapshot.source_sha256() << "\n"
            << "  snapshot " << result->release.id << "\n";
  for (const std::string& warning : result->warnings) std::cerr << "warning: " << warning << "\n";
  if (result->rewritten) std::cout << "  the snapshot was damaged or missing and is written anew\n";
  if (result->unchanged && !result->rewritten) std::cout << "  it was there already; nothing changed\n";
  if (!result->release.active) {
    std::cout << "  active is " << result->active->version << "; to change that: nosograph releases activate "
              << snapshot.url() << " " << snapshot.version() << "\n";
  }
  if (!options.quiet) {
    std::cerr << "done in " << absl::FormatDuration(absl::Trunc(absl::Now() - begin, absl::Milliseconds(1))) << "\n";
  }
  return kOk;
}

int ImportIcd10Cm(const ImportOptions& options) {
  const absl::Time begin = absl::Now();
  // Warnings are shown however quiet.
  const auto progress = [&](absl::string_view line) {
    if (!options.quiet || absl::StartsWith(line, "warning")) std::cerr << line << "\n";
  };
  absl::StatusOr<model::CodeSystem> system = import::ImportIcd10CmTabular(options.path, options.version, progress);
  if (system.ok() && !options.order.empty()) {
    progress("reading " + options.order);
    const absl::StatusOr<import::OrderFile> order = import::ReadIcd10CmOrder(options.order);
    if (!order.ok()) return FailInput(order.status());
    if (const absl::Status applied = import::ApplyOrder(*order, *system, progress); !applied.ok())
      return FailInput(applied);
  }
  if (!options.valid_to.empty() && !model::IsDate(options.valid_to)) {
    return Fail(absl::InvalidArgumentError("--valid-to: '" + base::Excerpt(options.valid_to) +
                                           "' is no date; write it as YYYY-MM-DD"));
  }
  if (!options.valid_to.empty() && options.valid_to < options.version) {
    return Fail(absl::InvalidArgumentError("--valid-to: " + options.valid_to + " lies before the first day, " +
                                           options.version + "; give a later day"));
  }
  // A release of ICD-10-CM ends with the fiscal year at the latest, on 30 September.
  const std::string end =
      options.valid_to.empty() ? std::to_string(model::FiscalYear(options.version)) + "-09-30" : options.valid_to;
  return Import(options, system, {options.version, end}, begin);
}

int ImportExtension(const ImportOptions& options) {
  return Import(options, import::ImportExtensionFolder(options.path), {}, absl::Now());
}

int ImportFhir(const ImportOptions& options) {
  const absl::Time begin = absl::Now();
  for (const auto& [name, day] : {std::pair("--valid-from", &options.valid_from), {"--valid-to", &options.valid_to}}) {
    if (day->empty() || model::IsDate(*day)) continue;
    return Fail(absl::InvalidArgumentError(
        absl::StrCat(name, ": '", base::Excerpt(*day), "' is no date; write it as YYYY-MM-DD")));
  }
  if (!options.valid_to.empty() && options.valid_to < options.valid_from) {
    return Fail(absl::InvalidArgumentError(absl::StrCat("--valid-to: ", options.valid_to, " lies before --valid-from, ",
                                                        options.valid_from, "; give a later day")));
  }
  return Import(options, import::ImportFhirCodeSystem(options.path), {options.valid_from, options.valid_to}, begin);
}

void AddCommonOptions(CLI::App& command, ImportOptions& options) {
  AddDataOption(command, options.data);
  command.add_flag("--activate", options.activate,
                   "Make it the active release; the first of a system becomes it anyway");
  command.add_flag("--replace", options.replace, "Take the place of a release of the same version");
  command.add_flag("--quiet", options.quiet, "Show no progress");
}

}  // namespace

void AddImportCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("import", "Import content");
  command->require_subcommand(1);

  CLI::App* tabular = command->add_subcommand("icd10cm", "The ICD-10-CM tabular list, XML of NCHS/CDC");
  auto tabular_options = std::make_shared<ImportOptions>();
  tabular->add_option("file", tabular_options->path, "The XML file")->required()->type_name("FILE");
  tabular->add_option("--version", tabular_options->version, "First day of validity, such as 2026-04-01")
      ->required()
      ->type_name("YYYY-MM-DD");
  tabular
      ->add_option("--order", tabular_options->order,
                   "The order file of the same release, authority on billable flags and official titles")
      ->type_name("FILE");
  tabular
      ->add_option("--valid-to", tabular_options->valid_to,
                   "Last day of validity; the end of the fiscal year unless given")
      ->type_name("YYYY-MM-DD");
  AddCommonOptions(*tabular, *tabular_options);
  tabular->callback([tabular_options, &exit_code] { exit_code = ImportIcd10Cm(*tabular_options); });

  CLI::App* extension = command->add_subcommand("extension",
                                                "A folder of authored content: an extension's CodeSystem "
                                                "and its condition knowledge");
  auto extension_options = std::make_shared<ImportOptions>();
  extension->add_option("folder", extension_options->path, "The folder, such as terminology/content/dermatology")
      ->required()
      ->type_name("DIR");
  AddCommonOptions(*extension, *extension_options);
  extension->callback([extension_options, &exit_code] { exit_code = ImportExtension(*extension_options); });

  CLI::App* fhir = command->add_subcommand("fhir", "A FHIR CodeSystem in JSON: complete, a fragment, or a supplement");
  auto fhir_options = std::make_shared<ImportOptions>();
  fhir->add_option("file", fhir_options->path, "The resource")->required()->type_name("FILE");
  fhir->add_option("--valid-from", fhir_options->valid_from, "First day of validity, for --date")
      ->type_name("YYYY-MM-DD");
  fhir->add_option("--valid-to", fhir_options->valid_to, "Last day of validity")->type_name("YYYY-MM-DD");
  AddCommonOptions(*fhir, *fhir_options);
  fhir->callback([fhir_options, &exit_code] { exit_code = ImportFhir(*fhir_options); });
}

}  // namespace nosograph::cli
