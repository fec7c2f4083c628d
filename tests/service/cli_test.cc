#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/service/program.h"

namespace nosograph::testing {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kSource = NOSOGRAPH_SOURCE_DIR;
const std::string kStarter = kSource + "/terminology/content/starter/icd10cm-tabular-2026-04-01-excerpt.xml";

class CommandLine : public ::testing::Test {
 protected:
  RunResult Resolve(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "resolve");
    arguments.insert(arguments.end(), {"--data", content_.path()});
    return RunProgram(std::move(arguments));
  }

  const ContentFolder content_;
};

TEST_F(CommandLine, ShowsTheConditionAsAPage) {
  const RunResult result = Resolve({"L94.21"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, IsEmpty());
  for (const char* part : {"L94.21  Dystrophic calcinosis cutis, localised", "EXTENSION", "bill          L94.2",
                           "chapter-12 Diseases of", "excludes1 at L94", "aetiology", "50 and 70 years",
                           "P. Altmeyer, \"Calcinosis dystrophica localized\", 2020-10-29", "icd-10-cm 2026-04-01",
                           "CodeSystem/dermatology 1.0.0", "For reference only"}) {
    EXPECT_THAT(result.out, HasSubstr(part));
  }
}

TEST_F(CommandLine, JsonHasOneLineACodeWithTheNamesOfTheProto) {
  const RunResult result = Resolve({"L94.21", "L94.29", "S72.001", "--output", "json"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 3);
  EXPECT_THAT(result.out, StartsWith("{\"outcome\":\"OUTCOME_EXTENSION\",\"matched_concept\":{\"system\":"));
  EXPECT_THAT(result.out, HasSubstr("\"outcome\":\"OUTCOME_PARENT_FALLBACK\",\"fallback_concept\":"));
  EXPECT_THAT(result.out, HasSubstr("\"billable\":false"));
}

TEST_F(CommandLine, SearchAnswersEachQueryWithALineOfCodes) {
  RunResult result = RunProgram({"search", "--data", content_.path(), "calcnosis", "cutis"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(StartsWith("L94.2 "), HasSubstr("'calcnosis' was read as 'calcinosis'")));
  result = RunProgram({"search", "--data", content_.path(), "--codes", "--under", "L94", "other"});
  EXPECT_THAT(result.out, AllOf(StartsWith("L94"), Not(HasSubstr("S72"))));
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 1);
  result = RunProgram({"search", "--data", content_.path(), "--codes", "--output", "json", "calcinosis cutis"});
  EXPECT_THAT(result.out, StartsWith(R"({"query":"calcinosis cutis","codes":["L94.2")"));
  result = RunProgram({"search", "--data", content_.path(), "xyzzyqqq"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(RunProgram({"search", "--data", content_.path()}).exit_code, 2);
  EXPECT_EQ(RunProgram({"search", "--data", content_.path(), "--fold", "perhaps", "a"}).exit_code, 2);
  EXPECT_EQ(RunProgram({"search", "--data", content_.path(), "--count", "0", "a"}).exit_code, 2);
}

TEST_F(CommandLine, ExitCodeTellsWhetherThereIsAnAnswer) {
  EXPECT_EQ(Resolve({"L94.2"}).exit_code, 0);
  EXPECT_EQ(Resolve({"L94.29"}).exit_code, 0);
  EXPECT_EQ(Resolve({"L94.29", "--on-miss", "unknown"}).exit_code, 1);
  EXPECT_EQ(Resolve({"banana"}).exit_code, 1);
  EXPECT_EQ(Resolve({""}).exit_code, 1);
  EXPECT_EQ(Resolve({"l9421", "--strict"}).exit_code, 1);
  EXPECT_EQ(Resolve({std::string(100'000, 'A')}).exit_code, 2);
  EXPECT_EQ(Resolve({"\xff\xfe"}).exit_code, 2);
  EXPECT_EQ(Resolve({"L94.2", "--release", "1999-10-01"}).exit_code, 3);
  EXPECT_EQ(Resolve({}).exit_code, 2);
  EXPECT_EQ(Resolve({"L94.2", "--no-such-option"}).exit_code, 2);
  EXPECT_EQ(Resolve({"L94.2", "--output", "xml"}).exit_code, 2);
  EXPECT_EQ(RunProgram({}).exit_code, 2);
}

TEST_F(CommandLine, SlipsInNamesOfCommandsAreTold) {
  for (const auto& [name, said] : {std::pair("childen", "did you mean 'children'?"), {"frobnicate", "see --help"}}) {
    const RunResult result = RunProgram({name, "L94.2"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, AllOf(HasSubstr(name), HasSubstr(said)));
  }
  EXPECT_THAT(RunProgram({"releases", "lst"}).err, HasSubstr("did you mean 'releases list'?"));
  EXPECT_THAT(RunProgram({"import", "icd10", "x"}).err, HasSubstr("did you mean 'import icd10cm'?")) << "begun";
  EXPECT_THAT(RunProgram({"import"}).err, Not(HasSubstr("there is no command")));
  EXPECT_THAT(RunProgram({"--data", "x"}).err, Not(HasSubstr("there is no command")));
}

TEST_F(CommandLine, NothingBelowIsSaid) {
  const RunResult result = RunProgram({"children", "--data", content_.path(), "L94.21"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("nothing stands below L94.21"));
}

TEST_F(CommandLine, OddTextIsShownEscaped) {
  const RunResult control = Resolve({"L94\x1b[31m"});
  EXPECT_EQ(control.exit_code, 1);
  EXPECT_THAT(control.out, AllOf(HasSubstr("\\x1b"), Not(HasSubstr("\x1b"))));
  const RunResult bytes = Resolve({"L94\xff"});
  EXPECT_THAT(bytes.err, HasSubstr("'L94\\xff' is not UTF-8"));
}

TEST_F(CommandLine, ServiceAnswersAsTheDataFolderDoes) {
  ServiceProcess service(content_.path());
  ASSERT_FALSE(service.address().empty()) << service.log();
  for (const char* code : {"L94.21", "L94.29", "banana", "S72.001", "s72001a", "L80-L99"}) {
    for (const char* output : {"text", "json"}) {
      const RunResult local = Resolve({code, "--output", output});
      // A proxy in the environment must not divert a call to loopback.
      const RunResult remote = RunProgram({"resolve", code, "--output", output, "--server", service.address()}, "",
                                          {"http_proxy=http://127.0.0.1:1", "grpc_proxy=http://127.0.0.1:1"});
      EXPECT_EQ(remote.out, local.out);
      EXPECT_EQ(remote.exit_code, local.exit_code) << remote.err;
    }
  }
  EXPECT_EQ(service.Stop(), 0) << service.log();
  const RunResult gone = RunProgram({"resolve", "L94.2", "--server", service.address()});
  EXPECT_EQ(gone.exit_code, 3);
  EXPECT_THAT(gone.err, AllOf(HasSubstr("no answer from " + service.address()), HasSubstr("check that the service")));
}

TEST_F(CommandLine, ServeRefusesWhatItCannotDo) {
  const auto serve = [&](const std::string& address, const std::string& data) {
    return RunProgram({"serve", "--grpc", address, "--data", data});
  };
  const RunResult open = serve("0.0.0.0:0", content_.path());
  EXPECT_EQ(open.exit_code, 2);
  EXPECT_THAT(open.err, HasSubstr("loopback"));
  TemporaryFolder nothing;
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--tls-key", "k.pem"},
                                                {"--tls-certificate", "c.pem"},
                                                {"--tls-client-ca", "ca.pem"},
                                                {"--reader", "spiffe://x"},
                                                {"--tls-certificate", "/no/such", "--tls-key", "/no/such"}}) {
    std::vector<std::string> arguments = {"serve", "--grpc", "127.0.0.1:0", "--data", content_.path()};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    const RunResult result = RunProgram(arguments);
    EXPECT_EQ(result.exit_code, 2) << wrong[0];
    EXPECT_THAT(result.err, HasSubstr(wrong[0]));
  }
  const RunResult empty = serve("127.0.0.1:0", nothing.path());
  EXPECT_EQ(empty.exit_code, 3);
  EXPECT_THAT(empty.err, HasSubstr("nothing is imported"));
  ServiceProcess service(content_.path());
  const RunResult busy = serve(service.address(), content_.path());
  EXPECT_EQ(busy.exit_code, 3);
  EXPECT_THAT(busy.err, AllOf(StartsWith("error: cannot listen on " + service.address()), HasSubstr("in use")));
}

TEST(CommandLineCompletion, OffersCommandsOptionsAndChoices) {
  const auto complete = [](const std::string& words) {
    return RunCommand({"/bin/bash", "-c",
                       "nosograph() { " + std::string(kProgram) +
                           " \"$@\"; }; source <(nosograph completion bash); COMP_WORDS=(" + std::string(kProgram) +
                           " " + words +
                           "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _nosograph; echo \"${COMPREPLY[*]}\""})
        .out;
  };
  EXPECT_EQ(complete("re"), "releases resolve\n");
  EXPECT_EQ(complete("releases ''"), "activate diff list log rollback verify\n");
  EXPECT_EQ(complete("resolve --on"), "--on-miss\n");
  EXPECT_EQ(complete("resolve --on-miss ''"), "parent-fallback unknown\n");
  EXPECT_EQ(complete("resolve --on-miss unknown --output j"), "json\n");
  EXPECT_EQ(complete("completion ''"), "bash zsh\n");
  EXPECT_EQ(complete("import icd10cm --order ''"), "\n") << "a file, which the shell knows best";
  EXPECT_THAT(RunProgram({"completion", "zsh"}).out, StartsWith("#compdef nosograph\n"));
}

TEST_F(CommandLine, EmptyOptionsAreRefusedAndNotTakenForNone) {
  const std::string system = "http://hl7.org/fhir/sid/icd-10-cm";
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"releases", "activate", system, "2026-04-01", "--server", ""},
                                             {"resolve", "L94.2", "--server", ""},
                                             {"resolve", "L94.2", "--tls-ca", "ca.pem"},
                                             {"serve", "--tls-certificate", "", "--tls-key", ""},
                                             {"serve", "--reader", ""},
                                             {"serve", "--admin", ""},
                                             {"import", "icd10cm", kStarter, "--version", ""}}) {
    const RunResult result = RunProgram(wrong);
    EXPECT_EQ(result.exit_code, 2) << wrong[0];
    EXPECT_THAT(result.err, AnyOf(HasSubstr("is empty"), HasSubstr("requires --server")));
  }
}

TEST(CommandLineConfig, FileSaysWhatOptionsSayAndTheCommandLineWins) {
  TemporaryFolder folder;
  const std::string file = folder / "serve.toml";
  WriteFile(
      file,
      "# a comment\ngrpc = \"127.0.0.1:1234\"\nreader = [\"a\", \"b c#d\\\"\"] # who\nplaintext-beyond-loopback = "
      "true\nmax-batch = 7\n");
  const RunResult result = RunProgram({"serve", "--config", file, "--max-batch", "9", "--print-config"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("grpc = \"127.0.0.1:1234\"\n"), HasSubstr("b c#d"),
                                HasSubstr("plaintext-beyond-loopback = true\n"), HasSubstr("max-batch = 9\n"),
                                HasSubstr("max-calls = 10000\n"), HasSubstr("# tls-key = \n")));
  // What is printed is a file that says the same.
  WriteFile(file, result.out);
  EXPECT_EQ(RunProgram({"serve", "--config", file, "--print-config"}).out, result.out);
}

TEST(CommandLineConfig, WhatIsWrongInAFileIsNamedWithItsFileAndKey) {
  TemporaryFolder folder;
  const std::string file = folder / "serve.toml";
  for (const auto& [content, says] : std::vector<std::pair<std::string, std::string>>{
           {"nonsense = 1\n", "nonsense: is no option; there are: data, grpc"},
           {"max-batch = x\n", "serve.toml:1: "},
           {"\n\nmax-batch = \"x\"\n", "serve.toml:3: max-batch: --max-batch: Value x"},
           {"reader = [\"a\"\nreleaser = [\"b\"]\n", "serve.toml:2: "},
           {"tls-key = \"/a/b\n", "serve.toml:1: "},
           {"grpc = [\"a\"]\n", "is a list"},
           {"reader = [1.5]\n", "no text"},
           {"max-batch = 0\n", "not in range 1 to 100000"},
           {"grpc = \"a\"\nmax-batch = 1\ngrpc = \"b\"\n", "grpc"},
           {"plaintext-beyond-loopback = 7\n", "is neither true nor false"},
           {"call-log = \"some\"\n", "call-log: "},
           {"[section]\n", "there are no sections"},
           {"[section]\ngrpc = \"a\"\n", "there are no sections"},
           {"print-config = true\n", "print-config: is no option"},
           {"config = \"a\"\n", "config: is no option"},
           {"tls-key = \"k\"\n", "--tls-certificate and --tls-key go together"}}) {
    WriteFile(file, content);
    const RunResult result = RunProgram({"serve", "--config", file, "--data", folder / "data"});
    EXPECT_EQ(result.exit_code, 2) << content;
    EXPECT_THAT(result.err, HasSubstr(says));
  }
  const RunResult gone = RunProgram({"serve", "--config", folder / "gone"});
  EXPECT_EQ(gone.exit_code, 2);
  EXPECT_THAT(gone.err, HasSubstr("gone"));
}

TEST_F(CommandLine, FailedImportLeavesWhatWasActiveServing) {
  ServiceProcess service(content_.path());
  TemporaryFolder folder;
  WriteFile(folder / "truncated.xml", FileContent(kStarter).substr(0, 3000));
  WriteFile(folder / "page.xml", "<html><body>404</body></html>");
  for (const char* file : {"truncated.xml", "page.xml", "none.xml"}) {
    const RunResult result =
        RunProgram({"import", "icd10cm", folder / file, "--version", "2026-10-01", "--data", content_.path()});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, AllOf(HasSubstr("error: "), HasSubstr(file)));
  }
  EXPECT_EQ(RunProgram({"import", "extension", folder.path(), "--data", content_.path()}).exit_code, 2);
  const RunResult remote = RunProgram({"resolve", "L94.21", "--server", service.address()});
  EXPECT_EQ(remote.exit_code, 0);
  EXPECT_EQ(Resolve({"L94.21"}).out, remote.out);
}

TEST_F(CommandLine, ServiceOutlivesWhatIsDoneToItsFiles) {
  ServiceProcess service(content_.path());
  const RunResult before = RunProgram({"resolve", "L94.21", "S72.001A", "--server", service.address()});
  for (const auto& entry : std::filesystem::directory_iterator(content_.path() + "/snapshots")) {
    ASSERT_EQ(truncate(entry.path().c_str(), 100), 0);
  }
  const RunResult after = RunProgram({"resolve", "L94.21", "S72.001A", "--server", service.address()});
  EXPECT_EQ(after.exit_code, 0) << after.err;
  EXPECT_EQ(after.out, before.out);
  EXPECT_EQ(service.Stop(), 0);
}

TEST_F(CommandLine, OutputThatCannotBeWrittenIsAnError) {
  const RunResult result = RunCommand({"/bin/sh", "-c", std::string(kProgram) + " version >/dev/full"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("could not be written"));
}

TEST_F(CommandLine, FileSizeLimitIsAnErrorAndNoKill) {
  const RunResult result = RunCommand({"/bin/sh", "-c",
                                       "ulimit -f 4; exec " + std::string(kProgram) + " import icd10cm " + kStarter +
                                           " --version 2026-10-01 --data " + content_.path()});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("ulimit -f"));
  EXPECT_EQ(Resolve({"L94.21"}).exit_code, 0);
}

TEST_F(CommandLine, ReadsCodesFromStandardInputAndGoesOnAfterABadOne) {
  const RunResult result = RunProgram({"resolve", "--stdin", "--output", "json", "--data", content_.path()},
                                      "L94.21\r\n" + std::string(70, 'A') + "\n\xff\nS72.001A\n");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 4) << "each line in has its line out";
  EXPECT_THAT(result.out, HasSubstr("\"error\":\"code: 'AAAA"));
  EXPECT_THAT(result.out, HasSubstr("\"code\":\"S72.001A\""));
}

TEST_F(CommandLine, Validate) {
  const auto validate = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "validate");
    arguments.insert(arguments.end(), {"--data", content_.path()});
    return RunProgram(arguments);
  };
  const RunResult header = validate({"L94", "--output", "json", "--repairs", "2"});
  EXPECT_EQ(header.exit_code, 1);
  EXPECT_THAT(header.out,
              StartsWith("{\"code\":\"L94\",\"outcome\":\"INVALID\",\"reason\":\"HEADER\",\"billable\":false,"
                         "\"canonical\":\"L94\",\"repair\":[\"L94.0\",\"L94.1\"],"));
  EXPECT_EQ(validate({"L94.2"}).exit_code, 0);
  EXPECT_EQ(validate({"L94", "--use", "terminology"}).exit_code, 0);
  EXPECT_THAT(validate({"L94"}).out, HasSubstr("use L94.0 (Localized scleroderma [morphea])"));
  const RunResult excerpt = validate({"E11.9"});
  EXPECT_EQ(excerpt.exit_code, 3) << "an excerpt says nothing of what is not in it";
  EXPECT_THAT(excerpt.out,
              AllOf(HasSubstr("UNDETERMINED"), HasSubstr("only an excerpt"), HasSubstr("import the whole list")));
  EXPECT_EQ(validate({"l94.2", "--strict"}).exit_code, 1);
  EXPECT_EQ(validate({"L94.2", "--date", "2020-01-01"}).exit_code, 3);
  EXPECT_EQ(validate({}).exit_code, 2);
}

TEST_F(CommandLine, LookupSubsumesChildren) {
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--data", content_.path()});
    return RunProgram(arguments);
  };
  const RunResult lookup = run({"lookup", "L94.2", "--output", "json"});
  EXPECT_EQ(lookup.exit_code, 0);
  EXPECT_THAT(lookup.out,
              HasSubstr("{\"kind\":\"excludes1\",\"text\":\"systemic connective tissue disorders (M30-M36)\","
                        "\"stands_at\":\"L94\",\"inherited\":true,"));
  EXPECT_THAT(lookup.out, HasSubstr("\"children\":[{\"code\":\"L94.21\""));
  EXPECT_EQ(run({"lookup", "banana"}).exit_code, 1);
  EXPECT_THAT(run({"subsumes", "L94", "L94.21"}).out, HasSubstr("L94  subsumes  L94.21"));
  EXPECT_THAT(run({"subsumes", "L94.21", "chapter-12", "--output", "json"}).out,
              HasSubstr("\"relation\":\"subsumed-by\""));
  EXPECT_EQ(run({"subsumes", "L94", "banana"}).exit_code, 1);
  EXPECT_EQ(run({"subsumes", "L94"}).exit_code, 2);
  EXPECT_THAT(run({"children", "L94.2"}).out, StartsWith("L94.21  "));
  const std::string all = run({"children", "chapter-12", "--all"}).out;
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 12);
}

TEST_F(CommandLine, Releases) {
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "releases");
    arguments.insert(arguments.end(), {"--data", content_.path()});
    return RunProgram(arguments);
  };
  const std::string system = "http://hl7.org/fhir/sid/icd-10-cm";
  EXPECT_EQ(RunProgram({"import", "icd10cm", kStarter, "--version", "2025-10-01", "--data", content_.path()}).exit_code,
            0);
  EXPECT_THAT(run({"list"}).out, AllOf(HasSubstr("*  " + system), HasSubstr("  2026-04-01  2026-04-01  2026-09-30  ")));
  EXPECT_THAT(run({"list", "--output", "json"}).out, HasSubstr("\"version\":\"2025-10-01\",\"extends\":\"\""));
  EXPECT_THAT(run({"activate", system, "2025-10-01"}).out, HasSubstr("before: 2026-04-01"));
  EXPECT_THAT(Resolve({"L94.2"}).out, HasSubstr("ICD-10-CM 2025-10-01"));
  EXPECT_THAT(Resolve({"L94.2", "--release", "2026-04-01"}).out, HasSubstr("ICD-10-CM 2026-04-01"));
  EXPECT_THAT(run({"rollback"}).out, HasSubstr("active: " + system + " 2026-04-01"));
  EXPECT_THAT(run({"diff", "2025-10-01", "2026-04-01"}).out, HasSubstr("0 added, 0 removed"));
  EXPECT_EQ(run({"verify"}).exit_code, 0);
  EXPECT_THAT(run({"log"}).out, HasSubstr("rollback"));
  EXPECT_EQ(run({"activate", system, "1999-10-01"}).exit_code, 3);
  EXPECT_EQ(RunProgram({"releases", "list", "--data", ""}).exit_code, 2);
}

TEST_F(CommandLine, DamagedSnapshotIsNamed) {
  for (const auto& entry : std::filesystem::directory_iterator(content_.path() + "/snapshots")) {
    std::string bytes = FileContent(entry.path());
    bytes[bytes.size() - 20] ^= 1;
    WriteFile(entry.path(), bytes);
  }
  const RunResult result = Resolve({"L94.2"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, AllOf(HasSubstr(".snapshot: the checksum"), HasSubstr("import the source again")));
}

TEST(CommandLineImport, SaysWhatItDidAndAgainThatNothingChanged) {
  TemporaryFolder folder;
  const std::vector<std::string> command = {"import",     "icd10cm", kStarter,           "--version",
                                            "2026-04-01", "--data",  folder / "new/data"};
  const RunResult first = RunProgram(command);
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out, AllOf(HasSubstr("2026-04-01, 68 concepts, 57 of them billable"), HasSubstr("sha256")));
  EXPECT_THAT(first.err, AllOf(HasSubstr("chapter 12"), HasSubstr("done")));
  EXPECT_THAT(RunProgram(command).out, HasSubstr("it was there already; nothing changed"));
}

TEST(CommandLineHelp, EveryCommandHasIt) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {}, {"serve"}, {"import"}, {"import", "icd10cm"}, {"import", "extension"}, {"resolve"}, {"version"}}) {
    std::vector<std::string> arguments = command;
    arguments.push_back("--help");
    const RunResult result = RunProgram(arguments);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, HasSubstr("Usage"));
  }
  EXPECT_THAT(RunProgram({"version"}).out, StartsWith("nosograph 0."));
  EXPECT_THAT(RunProgram({"version", "--output", "json"}).out, HasSubstr("\"version\":\"0."));
}

TEST(CommandLineData, DefaultFolderIsOfTheEnvironment) {
  TemporaryFolder home;
  const auto import = [&](const std::vector<std::string>& environment) {
    const RunResult result =
        RunProgram({"import", "icd10cm", kStarter, "--version", "2026-04-01", "--quiet"}, "", environment);
    EXPECT_EQ(result.exit_code, 0) << result.err;
  };
  import({"HOME=" + home.path()});
  EXPECT_TRUE(std::filesystem::exists(home / ".local/share/nosograph/active.json"));
  import({"HOME=/nowhere", "NOSOGRAPH_DATA=" + (home / "other")});
  EXPECT_TRUE(std::filesystem::exists(home / "other/active.json"));
}

}  // namespace
}  // namespace nosograph::testing
