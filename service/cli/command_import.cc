#include <iostream>
#include <memory>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "terminology/import/extension_folder.h"
#include "terminology/import/icd10cm_tabular.h"
#include "terminology/store/data_folder.h"

namespace nosograph::cli {
namespace {

struct ImportOptions {
  std::string path;
  std::string version;
  std::string data;
  bool quiet = false;
};

int Activate(const ImportOptions& options, const absl::StatusOr<model::CodeSystem>& system,
             const store::Validity& validity, absl::Time begin) {
  if (!system.ok()) return Fail(system.status());
  store::DataFolder folder(options.data);
  if (!options.quiet) std::cerr << "writing the snapshot into " << options.data << "\n";
  const absl::StatusOr<store::Activation> activation = folder.Activate(*system, validity);
  if (!activation.ok()) return Fail(activation.status());
  const snapshot::Snapshot& snapshot = *activation->release.snapshot;
  std::cout << "active: " << snapshot.url() << " " << snapshot.version() << ", " << snapshot.concept_count()
            << " concepts, " << snapshot.billable_count() << " of them billable\n"
            << "  source " << snapshot.source_name() << ", sha256 " << snapshot.source_sha256() << "\n"
            << "  snapshot " << activation->release.id << "\n";
  if (activation->unchanged) {
    std::cout << "  it was active already; nothing changed\n";
  } else if (activation->previous) {
    std::cout << "  before: version " << activation->previous->version << ", snapshot "
              << activation->previous->snapshot << "\n";
  }
  if (!options.quiet)
    std::cerr << "done in " << absl::FormatDuration(absl::Trunc(absl::Now() - begin, absl::Milliseconds(1))) << "\n";
  return kOk;
}

int ImportIcd10Cm(const ImportOptions& options) {
  const absl::Time begin = absl::Now();
  // Warnings are shown however quiet.
  const auto progress = [&](absl::string_view line) {
    if (!options.quiet || absl::StartsWith(line, "warning")) std::cerr << line << "\n";
  };
  return Activate(options, import::ImportIcd10CmTabular(options.path, options.version, progress),
                  {.from = options.version}, begin);
}

int ImportExtension(const ImportOptions& options) {
  return Activate(options, import::ImportExtensionFolder(options.path), {}, absl::Now());
}

void AddCommonOptions(CLI::App& command, ImportOptions& options) {
  AddDataOption(command, options.data);
  command.add_flag("--quiet", options.quiet, "Show no progress");
}

}  // namespace

void AddImportCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("import", "Import content and make it active");
  command->require_subcommand(1);

  CLI::App* tabular = command->add_subcommand("icd10cm", "The ICD-10-CM tabular list, XML of NCHS/CDC");
  auto tabular_options = std::make_shared<ImportOptions>();
  tabular->add_option("file", tabular_options->path, "The XML file")->required()->type_name("FILE");
  tabular->add_option("--version", tabular_options->version, "First day of validity, such as 2026-04-01")
      ->required()
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
}

}  // namespace nosograph::cli
