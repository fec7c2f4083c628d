// How the program ends; the same for every command.
#ifndef NOSOGRAPH_SERVICE_CLI_EXIT_CODE_H_
#define NOSOGRAPH_SERVICE_CLI_EXIT_CODE_H_

namespace nosograph::cli {

enum ExitCode {
  kOk = 0,        // done; for a question: there is an answer
  kNoSuch = 1,    // the answer is no: a code is unknown
  kUsage = 2,     // the command line, or a file it names, is wrong
  kNoAnswer = 3,  // could not be done or answered: no catalogue, no service, no disk space
};

}  // namespace nosograph::cli

#endif  // NOSOGRAPH_SERVICE_CLI_EXIT_CODE_H_
