// The program `nosograph`.
#include <csignal>
#include <exception>
#include <iostream>

#include "service/cli/command.h"
#include "service/cli/exit_code.h"

int main(int argc, char** argv) {
  using namespace nosograph::cli;
  std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves is an error of writing, not the end of a service
  CLI::App app("From an ICD-10 code to the disease behind it");
  app.name("nosograph");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("nosograph ") + Version());
  app.footer("Exit status: 0 done, 1 the answer is no, 2 wrong usage or input, 3 no answer could be given.");
  int exit_code = kOk;
  AddServeCommand(app, exit_code);
  AddImportCommand(app, exit_code);
  AddResolveCommand(app, exit_code);
  AddReleasesCommand(app, exit_code);
  AddVersionCommand(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  } catch (const std::exception& error) {  // memory has ended, or a bug; never without a word
    std::cerr << "error: " << error.what() << '\n';
    return kNoAnswer;
  }
  return exit_code;
}
