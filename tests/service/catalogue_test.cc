#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "nosograph/v1/catalogue.grpc.pb.h"
#include "nosograph/v1/terminology.grpc.pb.h"
#include "service/import_upload.h"
#include "tests/service/pki.h"
#include "tests/service/program.h"

namespace nosograph::service {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::RunProgram;
using testing::RunResult;

const std::string kContent = NOSOGRAPH_SOURCE_DIR "/terminology/content";
const std::string kStarter = kContent + "/starter/icd10cm-tabular-2026-04-01-excerpt.xml";
const std::string kSystem = "http://hl7.org/fhir/sid/icd-10-cm";

// A service whose callers are releasers, and one of its command line.
class CatalogueTest : public ::testing::Test {
 protected:
  CatalogueTest() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    channel_ = grpc::CreateCustomChannel(service_.address(), grpc::InsecureChannelCredentials(), arguments);
    catalogue_ = v1::CatalogueService::NewStub(channel_);
    terminology_ = v1::TerminologyService::NewStub(channel_);
  }

  RunResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--server", service_.address()});
    return RunProgram(std::move(arguments));
  }
  // The version that answers for L94.2.
  std::string Served() {
    grpc::ClientContext context;
    v1::ResolveRequest request;
    request.set_code("L94.2");
    v1::ResolveResponse response;
    EXPECT_TRUE(terminology_->Resolve(&context, request, &response).ok());
    return response.release().version();
  }
  grpc::Status Import(const std::vector<v1::ImportRequest>& parts, v1::ImportResponse* response) {
    grpc::ClientContext context;
    const auto writer = catalogue_->Import(&context, response);
    for (const v1::ImportRequest& part : parts) {
      if (!writer->Write(part)) break;
    }
    writer->WritesDone();
    return writer->Finish();
  }

  testing::ContentFolder folder_;
  testing::ServiceProcess service_{folder_.path(), {"--anonymous-role", "releaser", "--max-import-bytes", "3000000"}};
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::CatalogueService::Stub> catalogue_;
  std::unique_ptr<v1::TerminologyService::Stub> terminology_;
};

TEST_F(CatalogueTest, ImportActivateAndRollBackAreServedWhenTheReplyComes) {
  const RunResult imported = Run({"import", "icd10cm", kStarter, "--version", "2025-10-01"});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_THAT(imported.out, AllOf(HasSubstr("imported: " + kSystem + " 2025-10-01"), HasSubstr("of them billable"),
                                  HasSubstr("active is 2026-04-01")));
  EXPECT_EQ(Served(), "2026-04-01");
  EXPECT_THAT(Run({"releases", "activate", kSystem, "2025-10-01"}).out, HasSubstr("before: 2026-04-01"));
  EXPECT_EQ(Served(), "2025-10-01");
  EXPECT_THAT(Run({"releases", "rollback"}).out, HasSubstr("active: " + kSystem + " 2026-04-01, before: 2025-10-01"));
  EXPECT_EQ(Served(), "2026-04-01");
  const RunResult verified = Run({"releases", "verify"});
  EXPECT_EQ(verified.exit_code, 0);
  EXPECT_THAT(verified.out, HasSubstr("sound: " + kSystem + " 2025-10-01"));
  EXPECT_THAT(Run({"releases", "list"}).out, HasSubstr("*  " + kSystem));
  // The history says from where.
  const RunResult log = RunProgram({"releases", "log", "--data", folder_.path()});
  EXPECT_THAT(log.out, AllOf(HasSubstr("rollback"), HasSubstr("ipv4:127.0.0.1")));
  EXPECT_EQ(Run({"releases", "log"}).out, log.out);
  EXPECT_EQ(Run({"releases", "log", "--limit", "1"}).out,
            RunProgram({"releases", "log", "--limit", "1", "--data", folder_.path()}).out);
  grpc::ClientContext context;
  v1::ListEventsRequest too_many;
  too_many.set_limit(10'001);
  v1::ListEventsResponse events;
  EXPECT_THAT(catalogue_->ListEvents(&context, too_many, &events).error_message(), HasSubstr("limit"));
  EXPECT_THAT(Run({"releases", "activate", kSystem, "1999-10-01"}).err,
              AllOf(HasSubstr("1999-10-01"), HasSubstr("is not loaded")));
  EXPECT_THAT(Run({"releases", "rollback", "urn:none"}).err, HasSubstr("urn:none"));
}

// The same content gives the same snapshot, whichever way it comes.
TEST_F(CatalogueTest, EveryFormatIsImportedAsIntoAFolder) {
  testing::TemporaryFolder other;
  const std::string resource = other / "colours.json";
  testing::WriteFile(resource, R"({"resourceType":"CodeSystem","url":"urn:colours","version":"1","status":"active",
    "content":"complete","name":"Colours","concept":[{"code":"red","display":"Red"}]})");
  const std::vector<std::vector<std::string>> imports = {{"import", "icd10cm", kStarter, "--version", "2026-04-01"},
                                                         {"import", "extension", kContent + "/dermatology/"},
                                                         {"import", "fhir", resource, "--valid-from", "2026-01-01"}};
  for (std::vector<std::string> command : imports) {
    const RunResult remote = Run(command);
    command.insert(command.end(), {"--data", other / "data"});
    const RunResult local = RunProgram(command);
    ASSERT_EQ(remote.exit_code, 0) << remote.err;
    EXPECT_THAT(remote.out, HasSubstr(local.out)) << "beside it, that nothing changed";
  }
  EXPECT_THAT(Run({"lookup", "red"}).out, HasSubstr("Red"));
  // Errors name files as the sender knows them.
  testing::WriteFile(resource, "{");
  const RunResult broken = Run({"import", "fhir", resource});
  EXPECT_EQ(broken.exit_code, 2);
  EXPECT_THAT(broken.err, AllOf(HasSubstr("error: colours.json"), ::testing::Not(HasSubstr("nosograph-import"))));
  EXPECT_EQ(Run({"import", "fhir", "/no/such.json"}).exit_code, 2);
}

TEST_F(CatalogueTest, ReleasesAreComparedPageByPage) {
  testing::TemporaryFolder other;
  const auto colours = [&](const std::string& version, const std::string& concepts) {
    const std::string path = other / ("colours" + version + ".json");
    testing::WriteFile(path,
                       R"({"resourceType":"CodeSystem","url":"urn:colours","status":"active","content":"complete",)"
                       R"("version":")" +
                           version + R"(","concept":[)" + concepts + "]}");
    const RunResult imported = Run({"import", "fhir", path});
    EXPECT_EQ(imported.exit_code, 0) << imported.err;
  };
  colours("1", R"({"code":"red","display":"Red"},{"code":"blue","display":"Blue"},{"code":"grey","display":"Grey"})");
  colours(
      "2",
      R"({"code":"red","display":"Crimson"},{"code":"pink"},{"code":"teal","display":"Teal"},{"code":"blue","display":"Blue"})");
  const std::vector<std::string> command = {"releases", "diff", "1", "2", "--system", "urn:colours"};
  for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{{}, {"--output", "json"}}) {
    std::vector<std::string> local = command;
    local.insert(local.end(), more.begin(), more.end());
    const RunResult remote = Run(local);
    local.insert(local.end(), {"--data", folder_.path()});
    EXPECT_EQ(remote.out, RunProgram(local).out);
    EXPECT_EQ(remote.exit_code, 0) << remote.err;
  }
  EXPECT_EQ(Run(command).out,
            "added  pink  \nadded  teal  Teal\nremoved  grey  Grey\nretitled  red  Crimson  (before: Red)\n"
            "from 1 to 2: 2 added, 1 removed, 0 billable to header, 0 header to billable, 1 retitled\n");
  v1::CompareReleasesRequest request;
  const auto ask = [&](v1::CompareReleasesResponse* response) {
    grpc::ClientContext context;
    return terminology_->CompareReleases(&context, request, response);
  };
  v1::CompareReleasesResponse page;
  EXPECT_THAT(ask(&page).error_message(), HasSubstr("system"));
  request.set_system("urn:colours");
  request.set_from_version("1");
  request.set_to_version("3");
  EXPECT_EQ(ask(&page).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(ask(&page).error_message(), AllOf(HasSubstr("to_version"), HasSubstr("'3'")));
  request.set_to_version("2");
  request.set_page_size(1001);
  EXPECT_THAT(ask(&page).error_message(), HasSubstr("1001"));
  request.set_page_size(3);
  std::vector<std::string> codes;
  do {
    page.Clear();
    ASSERT_TRUE(ask(&page).ok());
    EXPECT_LE(page.changes_size(), 3);
    EXPECT_EQ(page.counts(0).count(), 2u) << "of all pages";
    for (const v1::ReleaseChange& change : page.changes()) codes.push_back(change.code());
    request.set_page_token(page.next_page_token());
  } while (!page.next_page_token().empty());
  EXPECT_THAT(codes, ::testing::ElementsAre("pink", "teal", "grey", "red"));
  for (const char* token : {"3", "-", "3-x-y", "99999999999999999999-a-b"}) {
    request.set_page_token(token);
    EXPECT_THAT(ask(&page).error_message(), HasSubstr("page_token")) << token;
  }
}

TEST_F(CatalogueTest, SynonymsOfOnesOwnComeWithTheContent) {
  testing::TemporaryFolder other;
  const std::string synonyms = other / "ours.txt";
  testing::WriteFile(synonyms, "gizmo = calcinosis\n");
  std::vector<std::string> command = {"import", "icd10cm", kStarter, "--version", "2026-04-01", "--replace"};
  ASSERT_EQ(Run(command).exit_code, 0);
  EXPECT_EQ(Run({"search", "gizmo"}).exit_code, 1);
  EXPECT_EQ(Run({"search", "dermal", "--codes", "--under", "L80-L99"}).exit_code, 0) << "those of the program";
  command.insert(command.end(), {"--synonyms", synonyms});
  const RunResult remote = Run(command);
  ASSERT_EQ(remote.exit_code, 0) << remote.err;
  EXPECT_EQ(Run({"search", "gizmo", "--codes"}).out, "L94.2\n");
  EXPECT_EQ(Run({"search", "dermal", "--codes", "--under", "L80-L99"}).exit_code, 1) << "in their place";
  std::vector<std::string> local = command;
  local.insert(local.end(), {"--data", other / "data"});
  EXPECT_THAT(remote.out, HasSubstr(RunProgram(local).out));
  EXPECT_EQ(Run({"import", "extension", kContent + "/dermatology/", "--replace", "--synonyms", synonyms}).exit_code, 0);
  testing::WriteFile(synonyms, "gizmo");
  const RunResult wrong = Run(command);
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("line 1"));
}

TEST_F(CatalogueTest, ImportsThatAreNotWholeOrTooLargeChangeNothing) {
  v1::ImportRequest options;
  options.mutable_options()->set_format(v1::CONTENT_FORMAT_FHIR);
  v1::ImportRequest file;
  file.mutable_file()->set_name("a.json");
  file.mutable_file()->set_data(R"({"resourceType":"CodeSystem","url":"urn:a","version":"1","status":"active",
    "content":"complete","concept":[{"code":"a"}]})");
  v1::ImportRequest complete;
  complete.set_complete(true);
  v1::ImportResponse response;
  const auto expect = [&](const std::vector<v1::ImportRequest>& parts, grpc::StatusCode code, const char* says) {
    const grpc::Status status = Import(parts, &response);
    EXPECT_EQ(status.error_code(), code) << says;
    EXPECT_THAT(status.error_message(), HasSubstr(says));
  };
  using enum grpc::StatusCode;
  expect({}, INVALID_ARGUMENT, "options: not sent");
  expect({options, file}, INVALID_ARGUMENT, "complete: the sender did not say");
  expect({file, complete}, INVALID_ARGUMENT, "options: not sent before the files");
  expect({options, complete}, INVALID_ARGUMENT, "file: no content was sent");
  expect({options, {}}, INVALID_ARGUMENT, "part: not set");
  v1::ImportRequest large = file;
  large.mutable_file()->set_data(std::string(2'000'000, ' '));
  expect({options, large, large, complete}, RESOURCE_EXHAUSTED, "file.data: more than the 3000000 bytes");
  for (const char* name : {"", "..", "a\n\x1b[31m.json", "../a.json", "/etc/a.json", "a/b.json", "conditions/a.json"}) {
    v1::ImportRequest outside = file;
    outside.mutable_file()->set_name(name);
    expect({options, outside, complete}, INVALID_ARGUMENT, "file.name");
  }
  v1::ImportRequest other = file;
  other.mutable_file()->set_name("b.json");
  expect({options, file, other, file, complete}, INVALID_ARGUMENT, "file.name");
  EXPECT_THAT(Run({"releases", "list"}).out, ::testing::Not(HasSubstr("urn:a")));
  EXPECT_TRUE(Import({options, file, complete}, &response).ok());
  EXPECT_EQ(response.release().system(), "urn:a");
  EXPECT_TRUE(response.release().active());
}

TEST_F(CatalogueTest, WatchTellsWhatIsServedAtOnceAndAfterEachChange) {
  grpc::ClientContext context;
  const auto watch = catalogue_->Watch(&context, {});
  v1::WatchResponse told;
  const auto active = [&] {
    for (const v1::Release& release : told.releases()) {
      if (release.system() == kSystem && release.active()) return release.version();
    }
    return std::string();
  };
  ASSERT_TRUE(watch->Read(&told));
  EXPECT_EQ(active(), "2026-04-01");
  ASSERT_EQ(Run({"import", "icd10cm", kStarter, "--version", "2025-10-01"}).exit_code, 0);
  ASSERT_TRUE(watch->Read(&told));
  EXPECT_EQ(told.releases_size(), 3);
  // Of another process too.
  ASSERT_EQ(RunProgram({"releases", "activate", kSystem, "2025-10-01", "--data", folder_.path()}).exit_code, 0);
  ASSERT_TRUE(watch->Read(&told));
  EXPECT_EQ(active(), "2025-10-01");
  // Those who have gone do not hold the service, and those who wait are told to go elsewhere.
  grpc::ClientContext gone;
  const auto cancelled = catalogue_->Watch(&gone, {});
  ASSERT_TRUE(cancelled->Read(&told));
  gone.TryCancel();
  EXPECT_EQ(cancelled->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(service_.Stop(), 0);
  EXPECT_FALSE(watch->Read(&told));
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(service_.log(), HasSubstr(R"("method":"/nosograph.v1.CatalogueService/Watch","code":"CANCELLED")"));
}

// Every item of a reply is from the release that the reply names; no call fails.
TEST_F(CatalogueTest, ActivationsUnderLoadMixAndLoseNothing) {
  ASSERT_EQ(Run({"import", "icd10cm", kStarter, "--version", "2025-10-01"}).exit_code, 0);
  std::atomic<bool> done{false};
  std::atomic<int> answered{0};
  std::atomic<int> failed{0};
  std::atomic<int> mixed{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      v1::ResolveBatchRequest request;
      for (const char* code : {"L94.2", "L94.21", "S72.001A", "L94.2", "L94", "banana", "L94.2"}) {
        request.add_codes(code);
      }
      while (!done) {
        grpc::ClientContext context;
        v1::ResolveBatchResponse response;
        if (!terminology_->ResolveBatch(&context, request, &response).ok()) ++failed;
        std::set<std::string> ids;
        for (const auto& item : response.items()) {
          if (item.result().release().system() == kSystem) ids.insert(item.result().release().id());
        }
        if (ids.size() > 1) ++mixed;
        ++answered;
      }
    });
  }
  const auto activate = [&](const std::string& version) {
    grpc::ClientContext context;
    v1::ActivateRequest request;
    request.set_system(kSystem);
    request.set_version(version);
    v1::ActivateResponse response;
    const grpc::Status status = catalogue_->Activate(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(Served(), version);
    const int until = answered + 50;
    while (answered < until) std::this_thread::yield();
  };
  for (int i = 0; i < 20; ++i) activate(i % 2 == 0 ? "2025-10-01" : "2026-04-01");
  EXPECT_EQ(Run({"releases", "rollback"}).exit_code, 0);
  EXPECT_EQ(Served(), "2025-10-01");
  done = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(mixed, 0);
}

// A call of any method with an empty message, which is a request of each.
grpc::Status CallEmpty(const std::shared_ptr<grpc::Channel>& channel,
                       const google::protobuf::MethodDescriptor& method) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(&context, "/" + method.service()->full_name() + "/" + method.name(), &queue);
  const auto wait = [&] {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return ok;
  };
  call->StartCall(nullptr);
  wait();
  call->WriteLast(grpc::ByteBuffer(std::make_unique<grpc::Slice>("", 0).get(), 1), {}, nullptr);
  wait();
  grpc::ByteBuffer response;
  call->Read(&response, nullptr);
  EXPECT_FALSE(wait()) << method.name();
  grpc::Status status;
  call->Finish(&status, nullptr);
  wait();
  return status;
}

// The table of methods is the proto's, so that a new one is not forgotten.
TEST(Roles, AreNeededByEveryMethodOfBothServices) {
  testing::Pki pki;
  pki.Issue("server", testing::kServerNames);
  for (const char* name : {"reader", "releaser", "stranger"}) {
    pki.Issue(name, std::string("URI:spiffe://nosograph.example/") + name);
  }
  const testing::ContentFolder folder;
  testing::ServiceProcess service(
      folder.path(), {"--tls-certificate", pki / "server.pem", "--tls-key", pki / "server-key.pem", "--tls-client-ca",
                      pki.ca(), "--reader", testing::kReaderName, "--releaser", testing::kReleaserName});
  ASSERT_NE(service.address(), "") << service.log();
  const auto refused = [&](const char* caller, const google::protobuf::FileDescriptor& file, const char* needed) {
    const auto channel = grpc::CreateChannel(service.address(), pki.Client(caller));
    const google::protobuf::ServiceDescriptor& methods = *file.service(0);
    ASSERT_GT(methods.method_count(), 4);
    for (int i = 0; i < methods.method_count(); ++i) {
      const grpc::Status status = CallEmpty(channel, *methods.method(i));
      EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED) << caller << " " << methods.method(i)->name();
      EXPECT_THAT(status.error_message(), HasSubstr(std::string("the role ") + needed + " is needed"));
    }
  };
  refused("reader", *v1::ImportRequest::descriptor()->file(), "releaser");
  refused("stranger", *v1::ImportRequest::descriptor()->file(), "releaser");
  refused("stranger", *v1::ResolveRequest::descriptor()->file(), "reader");

  const auto run = [&](const char* caller, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(),
                     {"--server", service.address(), "--tls-ca", pki.ca(), "--tls-certificate",
                      pki / (std::string(caller) + ".pem"), "--tls-key", pki / (std::string(caller) + "-key.pem")});
    return RunProgram(std::move(arguments));
  };
  EXPECT_EQ(run("reader", {"resolve", "L94.21"}).exit_code, 0);
  EXPECT_THAT(run("reader", {"releases", "verify"}).err,
              HasSubstr("the role releaser is needed and the caller has reader"));
  EXPECT_EQ(run("releaser", {"releases", "verify"}).exit_code, 0);
  EXPECT_EQ(run("releaser", {"import", "icd10cm", kStarter, "--version", "2025-10-01"}).exit_code, 0);
  EXPECT_THAT(RunProgram({"releases", "log", "--data", folder.path()}).out, HasSubstr(testing::kReleaserName));
}

}  // namespace
}  // namespace nosograph::service
