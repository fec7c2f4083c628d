// Runs the built program `nosograph` as a user does, and its service.
#ifndef NOSOGRAPH_TESTS_SERVICE_PROGRAM_H_
#define NOSOGRAPH_TESTS_SERVICE_PROGRAM_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "tests/temporary_folder.h"

extern char** environ;

namespace nosograph::testing {

inline constexpr char kProgram[] = NOSOGRAPH_BINARY_DIR "/bin/nosograph";

struct RunResult {
  int exit_code = -1;  // 128 and the signal's number when one ended it
  std::string out;
  std::string err;
};

// The variables of this process without those that choose a data folder, and with `added` ("NAME=value") instead.
inline std::vector<std::string> ProgramEnvironment(const std::vector<std::string>& added) {
  auto name = [](const std::string& variable) { return variable.substr(0, variable.find('=')); };
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    std::string text = *variable;
    bool replaced = name(text) == "NOSOGRAPH_DATA";
    for (const std::string& other : added) replaced = replaced || name(other) == name(text);
    if (!replaced) variables.push_back(std::move(text));
  }
  variables.insert(variables.end(), added.begin(), added.end());
  return variables;
}

inline std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Runs any program by its path. Files, not pipes, hold what goes in and out, so that nothing can wait for anything.
inline RunResult RunCommand(std::vector<std::string> command, const std::string& input = "",
                            const std::vector<std::string>& environment = {}) {
  TemporaryFolder folder;
  WriteFile(folder / "in", input);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, (folder / "in").c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, (folder / "out").c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, (folder / "err").c_str(), O_WRONLY | O_CREAT, 0600);
  std::vector<std::string> variables = ProgramEnvironment(environment);
  pid_t pid = 0;
  int error_number =
      posix_spawn(&pid, command[0].c_str(), &actions, nullptr, Pointers(command).data(), Pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  RunResult result;
  if (error_number != 0) {
    ADD_FAILURE() << command[0] << " could not be started";
    return result;
  }
  int status = 0;
  waitpid(pid, &status, 0);
  result.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  result.out = FileContent(folder / "out");
  result.err = FileContent(folder / "err");
  return result;
}

inline RunResult RunProgram(std::vector<std::string> arguments, const std::string& input = "",
                            const std::vector<std::string>& environment = {}) {
  arguments.insert(arguments.begin(), kProgram);
  return RunCommand(std::move(arguments), input, environment);
}

// `nosograph serve` on a free port of this machine, ended by SIGTERM.
class ServiceProcess {
 public:
  explicit ServiceProcess(const std::string& data_folder, const std::vector<std::string>& arguments = {},
                          const std::string& listen = "127.0.0.1:0") {
    std::array<int, 2> out{};
    if (pipe2(out.data(), O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, (folder_ / "log").c_str(), O_WRONLY | O_CREAT, 0600);
    std::vector<std::string> command = {kProgram, "serve", "--data", data_folder, "--grpc", listen};
    command.insert(command.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables = ProgramEnvironment({});
    if (posix_spawn(&pid_, kProgram, &actions, nullptr, Pointers(command).data(), Pointers(variables).data()) != 0) {
      pid_ = 0;
    }
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    char character = 0;
    while (read(out[0], &character, 1) == 1 && character != '\n') first_line_ += character;
    out_ = out[0];  // stays open, so that the service can go on printing
    const std::string announced = "serving gRPC on ";
    if (first_line_.rfind(announced, 0) == 0)
      address_ = first_line_.substr(announced.size(), first_line_.find(',') - announced.size());
  }
  ~ServiceProcess() { Stop(); }
  ServiceProcess(const ServiceProcess&) = delete;
  ServiceProcess& operator=(const ServiceProcess&) = delete;

  // Empty when the service did not start; the log says why.
  const std::string& address() const { return address_; }
  pid_t pid() const { return pid_; }
  std::string log() const { return FileContent(folder_ / "log"); }

  // Its exit code, or 128 and the number of the signal that ended it.
  int Stop() {
    if (pid_ == 0) return -1;
    kill(pid_, SIGTERM);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    close(out_);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  TemporaryFolder folder_;
  pid_t pid_ = 0;
  int out_ = -1;
  std::string first_line_;
  std::string address_;
};

// A data folder with the repository's content in it: the starter excerpt and the dermatology extension.
class ContentFolder {
 public:
  ContentFolder() {
    Import({"import", "icd10cm", kContentFolder + "/starter/icd10cm-tabular-2026-04-01-excerpt.xml", "--version",
            "2026-04-01"});
    Import({"import", "extension", kContentFolder + "/dermatology"});
  }

  const std::string& path() const { return folder_.path(); }

 private:
  static inline const std::string kContentFolder = NOSOGRAPH_SOURCE_DIR "/terminology/content";

  void Import(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--quiet", "--data", folder_.path()});
    const RunResult result = RunProgram(std::move(arguments));
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }

  TemporaryFolder folder_;
};

}  // namespace nosograph::testing

#endif  // NOSOGRAPH_TESTS_SERVICE_PROGRAM_H_
