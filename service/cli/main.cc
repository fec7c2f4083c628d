// The program `nosograph`.
#include <grpc/support/log.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "terminology/base/one_slip.h"
#include "terminology/base/unicode.h"

namespace {

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* /*command*/) { return true; });
}

// The name of a command that was meant by one that is none; empty where nothing is like it.
std::string MeantBy(const CLI::App& app, const std::string& name) {
  std::vector<std::string> begun;
  for (const CLI::App* command : CommandsOf(app)) {
    if (nosograph::base::IsOneSlip(name, command->get_name())) return command->get_name();
    if (command->get_name().starts_with(name)) begun.push_back(command->get_name());
  }
  return begun.size() == 1 ? begun.front() : std::string();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace nosograph::cli;
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is an error of writing, not the end of the process
  // What the library says by itself would stand between our lines; whoever wants it asks for it.
  if (std::getenv("GRPC_VERBOSITY") == nullptr)
    gpr_set_log_verbosity(static_cast<gpr_log_severity>(GPR_LOG_SEVERITY_ERROR + 1));
  CLI::App app("From an ICD-10 code to the disease behind it");
  app.name("nosograph");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("nosograph ") + Version());
  app.footer("Exit status: 0 done, 1 the answer is no, 2 wrong usage or input, 3 no answer could be given.");
  int exit_code = kOk;
  AddServeCommand(app, exit_code);
  AddImportCommand(app, exit_code);
  AddResolveCommand(app, exit_code);
  AddSearchCommand(app, exit_code);
  AddLookupCommand(app, exit_code);
  AddValidateCommand(app, exit_code);
  AddSubsumesCommand(app, exit_code);
  AddChildrenCommand(app, exit_code);
  AddReleasesCommand(app, exit_code);
  AddCompletionCommand(app, exit_code);
  AddVersionCommand(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    // Of the program, or of a command that has some: "releases list".
    const bool of_command = app.get_subcommands().size() == 1;
    const CLI::App& parent = of_command ? *app.get_subcommands().front() : app;
    const int place = of_command ? 2 : 1;
    const std::string name = argc > place ? argv[place] : "";
    if (CommandsOf(parent).empty() || !parent.get_subcommands().empty() || name.empty() || name.front() == '-') {
      return app.exit(error), kUsage;
    }
    const std::string before = of_command ? parent.get_name() + " " : "";
    const std::string meant = MeantBy(parent, name);
    std::cerr << "error: there is no command '" << before << nosograph::base::Excerpt(name) << "'; "
              << (meant.empty() ? "see --help for those that there are" : "did you mean '" + before + meant + "'?")
              << '\n';
    return kUsage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  } catch (const std::exception& error) {  // memory has ended, or a bug; never without a word
    std::cerr << "error: " << error.what() << '\n';
    return kNoAnswer;
  }
  if (!std::cout.flush()) {
    std::cerr << "error: the output could not be written; make room, or give another file\n";
    return std::max<int>(exit_code, kNoAnswer);
  }
  return exit_code;
}
