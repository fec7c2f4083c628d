// The C library's remote back end: the same answers as the service's, and what it says when the service is killed,
// hung, slow or lies. This process has gRPC and the full protobuf runtime of its own, as a host may.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nosograph/v1/terminology.grpc.pb.h"
#include "plugin/include/nosograph.h"
#include "tests/plugin/data_folder.h"
#include "tests/service/pki.h"
#include "tests/service/program.h"

namespace nosograph {
namespace {

using ::testing::HasSubstr;
using testing::ServiceProcess;
using Clock = std::chrono::steady_clock;

constexpr int64_t kDeadline = 300;  // ms
constexpr int64_t kLate = 250;      // ms beyond it that a call may take at most
constexpr char kCentral[] = "Calcinosis cutis, as the service says";
constexpr char kLocal[] = "Calcinosis cutis";

// Content of a release of a later version, in which L94.2 has a title of its own.
model::CodeSystem CentralRelease(const std::string& version, const std::string& title) {
  model::CodeSystem system = testing::WholeStarter();
  system.version = version;
  for (model::Concept& item : system.concepts) {
    if (item.code == "L94.2") item.title = title;
  }
  return system;
}

struct FreeResult {
  void operator()(noso_result* result) const { noso_result_free(result); }
};

// What a call gave.
struct Answer {
  noso_status status;
  noso_outcome outcome;
  std::string display;
  std::string message;
  std::string version;
  bool stale;
  bool cached;
  int64_t milliseconds;
};

class Terminology {
 public:
  explicit Terminology(const std::string& conninfo) { opened_ = noso_open(conninfo.data(), conninfo.size(), &handle_); }
  ~Terminology() { noso_close(handle_); }
  Terminology(const Terminology&) = delete;
  Terminology& operator=(const Terminology&) = delete;

  noso_status opened() const { return opened_; }
  noso_terminology* handle() const { return handle_; }

  Answer LookUp(const std::string& code = "L94.2", const noso_request* request = nullptr) const {
    const auto start = Clock::now();
    noso_result* raw = nullptr;
    const noso_status status = noso_lookup(handle_, request, code.data(), code.size(), &raw);
    const auto took = Clock::now() - start;
    const std::unique_ptr<noso_result, FreeResult> result(raw);
    const auto get = [&](noso_list list, noso_field field) {
      size_t size = 0;
      const char* text = noso_result_get(result.get(), list, 0, field, &size);
      return std::string(text, size);
    };
    size_t size = 0;
    const char* message = noso_result_message(result.get(), &size);
    return {.status = status,
            .outcome = noso_result_outcome(result.get()),
            .display = get(NOSO_LIST_MATCHED, NOSO_FIELD_DISPLAY),
            .message = std::string(message, size),
            .version = get(NOSO_LIST_RELEASES, NOSO_FIELD_VERSION),
            .stale = noso_result_flag(result.get(), NOSO_LIST_ANSWER, 0, NOSO_FLAG_STALE) == 1,
            .cached = noso_result_flag(result.get(), NOSO_LIST_ANSWER, 0, NOSO_FLAG_CACHED) == 1,
            .milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(took).count()};
  }

 private:
  noso_terminology* handle_ = nullptr;
  noso_status opened_;
};

// Threads that ask all the time; how their answers were.
class Load {
 public:
  // `central` without a fallback: only the service's answers are right.
  Load(const Terminology& terminology, bool fallback) {
    for (int i = 0; i < 4; ++i) {
      threads_.emplace_back([this, &terminology, fallback] {
        while (!stop_) {
          Count(terminology.LookUp(), fallback);
          std::this_thread::sleep_for(std::chrono::milliseconds(1));  // leaves the service its part of the processor
        }
      });
    }
  }
  ~Load() { Stop(); }

  void Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  // Waits for as many more of a kind.
  void Await(const std::atomic<int>& counter, int more = 20) const {
    const int goal = counter + more;
    while (counter < goal && wrong == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  std::atomic<int> from_service{0};
  std::atomic<int> from_fallback{0};
  std::atomic<int> undetermined{0};
  std::atomic<int> wrong{0};
  std::atomic<int64_t> latest{0};

 private:
  void Count(const Answer& answer, bool fallback) {
    int64_t latest_yet = latest;
    while (answer.milliseconds > latest_yet && !latest.compare_exchange_weak(latest_yet, answer.milliseconds)) {
    }
    if (answer.outcome == NOSO_VALID && answer.display == kCentral && !answer.stale) {
      ++from_service;
    } else if (fallback && answer.outcome == NOSO_VALID && answer.display == kLocal && answer.stale) {
      ++from_fallback;
    } else if (!fallback && answer.outcome == NOSO_UNDETERMINED && answer.status != NOSO_OK) {
      ++undetermined;
    } else {
      ++wrong;
      ADD_FAILURE() << "outcome " << answer.outcome << ", display '" << answer.display << "', stale " << answer.stale
                    << ", " << answer.message;
    }
  }

  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

class RemoteTest : public ::testing::Test {
 protected:
  RemoteTest() {
    central_.Import(CentralRelease("2026-10-01", kCentral), "2026-10-01", true);
    Start();
  }

  void Start(const std::string& listen = "127.0.0.1:0") {
    service_ =
        std::make_unique<ServiceProcess>(central_.path(), std::vector<std::string>{"--call-log", "none"}, listen);
    ASSERT_NE(service_->address(), "") << service_->log();
  }
  std::string Conninfo(const std::string& options = "") const {
    return absl::StrCat("grpc://", service_->address(), "?deadline_ms=", kDeadline, options);
  }
  std::string WithFallback(const std::string& options = "") const {
    return Conninfo(absl::StrCat("&fallback=", local_.path(), options));
  }

  testing::WholeContentFolder central_;
  testing::WholeContentFolder local_;
  std::unique_ptr<ServiceProcess> service_;
};

TEST_F(RemoteTest, AnswersAsTheServiceDoes) {
  const Terminology terminology(Conninfo());
  const Answer answer = terminology.LookUp();
  EXPECT_EQ(answer.status, NOSO_OK) << answer.message;
  EXPECT_EQ(answer.display, kCentral);
  EXPECT_EQ(answer.version, "2026-10-01");
  EXPECT_FALSE(answer.stale);
  EXPECT_EQ(terminology.LookUp("L94.29").outcome, NOSO_INVALID) << "a wrong code is an answer";
  noso_request request = NOSO_REQUEST_INIT;
  request.version = {"2026-04-01", 10};
  EXPECT_EQ(terminology.LookUp("L94.2", &request).display, kLocal) << "the older release, which the service has too";
  request.version = {"1999-01-01", 10};
  EXPECT_EQ(terminology.LookUp("L94.2", &request).status, NOSO_NOT_FOUND);
  EXPECT_EQ(terminology.LookUp(std::string(65, 'L')).status, NOSO_INVALID_ARGUMENT);
}

// All that a result says, but whether it was kept; of releases which they are.
std::string AllOf(const noso_result* result) {
  std::string all = absl::StrCat(noso_result_outcome(result), "\n");
  for (noso_list list = 0; list <= NOSO_LIST_CORRECTIONS; ++list) {
    for (size_t i = 0; i < noso_result_count(result, list); ++i) {
      for (noso_field field = 1; field <= NOSO_FIELD_QUERY_END; ++field) {
        size_t size = 0;
        const char* text = noso_result_get(result, list, i, field, &size);
        const bool told = list != NOSO_LIST_RELEASES || field <= NOSO_FIELD_VERSION || field == NOSO_FIELD_ID;
        if (size > 0 && told) absl::StrAppend(&all, list, " ", i, " ", field, " ", absl::string_view(text, size), "\n");
      }
      for (noso_flag flag = 1; flag < NOSO_FLAG_CACHED && list != NOSO_LIST_RELEASES; ++flag) {
        if (noso_result_flag(result, list, i, flag) == 1) absl::StrAppend(&all, list, " ", i, " flag ", flag, "\n");
      }
    }
  }
  return all;
}

TEST_F(RemoteTest, SearchesAsTheEngineDoes) {
  const Terminology service(Conninfo());
  const Terminology engine(absl::StrCat("snapshot:", central_.path()));
  for (const char* text : {"calcinosis cutsi", "L94", "connec", "dystrophic calc", "banana", "fracture neck"}) {
    for (const int32_t fold : {NOSO_FOLD_WHEN_MANY, NOSO_FOLD_NEVER}) {
      noso_search_options options = NOSO_SEARCH_OPTIONS_INIT;
      options.fold = fold;
      options.count = 5;
      std::string answers[2];
      for (const Terminology* terminology : {&service, &engine}) {
        noso_result* raw = nullptr;
        EXPECT_EQ(noso_search(terminology->handle(), nullptr, &options, text, strlen(text), &raw), NOSO_OK);
        const std::unique_ptr<noso_result, FreeResult> result(raw);
        answers[terminology == &engine ? 1 : 0] = AllOf(result.get());
      }
      EXPECT_EQ(answers[0], answers[1]) << text;
    }
  }
  noso_result* raw = nullptr;
  EXPECT_EQ(noso_search(service.handle(), nullptr, nullptr, "...", 3, &raw), NOSO_INVALID_ARGUMENT);
  noso_result_free(raw);
}

TEST_F(RemoteTest, BatchesComeInOrder) {
  const Terminology terminology(Conninfo());
  const noso_text codes[] = {{"L94.21", 6}, {"banana", 6}, {"L94.2", 5}};
  for (const noso_verb verb : {NOSO_VERB_RESOLVE, NOSO_VERB_LOOKUP, NOSO_VERB_VALIDATE_CODE}) {
    noso_result* raw = nullptr;
    ASSERT_EQ(noso_batch(terminology.handle(), nullptr, verb, codes, 3, &raw), NOSO_OK);
    const std::unique_ptr<noso_result, FreeResult> batch(raw);
    ASSERT_EQ(noso_result_item_count(batch.get()), 3u);
    EXPECT_EQ(noso_result_outcome(noso_result_item(batch.get(), 0)), NOSO_VALID);
    EXPECT_EQ(noso_result_outcome(noso_result_item(batch.get(), 1)), NOSO_INVALID);
    EXPECT_EQ(noso_result_outcome(noso_result_item(batch.get(), 2)), NOSO_VALID);
  }
}

TEST_F(RemoteTest, KeepsAnswersWhileTheReleasesAreThose) {
  const Terminology terminology(Conninfo("&cache_check_ms=0"));
  EXPECT_FALSE(terminology.LookUp().cached);
  EXPECT_TRUE(terminology.LookUp().cached);
  central_.Import(CentralRelease("2027-04-01", "Calcinosis cutis, of 2027"), "2027-04-01", true);
  Answer answer = terminology.LookUp();
  while (answer.version != "2027-04-01") {
    EXPECT_EQ(answer.display, kCentral);
    answer = terminology.LookUp();
  }
  EXPECT_EQ(answer.display, "Calcinosis cutis, of 2027");
  EXPECT_FALSE(answer.cached) << "what was kept is of another release";
  const Terminology without(Conninfo("&cache_bytes=0&cache_check_ms=0"));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(without.LookUp().cached);
}

TEST_F(RemoteTest, AKilledServiceIsNoWrongCode) {
  const std::string address = service_->address();
  const Terminology terminology(WithFallback("&cache_bytes=0"));
  ASSERT_EQ(terminology.opened(), NOSO_OK);
  Load load(terminology, true);
  load.Await(load.from_service);
  kill(service_->pid(), SIGKILL);
  service_->Stop();
  load.Await(load.from_fallback);
  Start(address);
  load.Await(load.from_service);
  load.Stop();
  EXPECT_EQ(load.wrong, 0);
  EXPECT_LE(load.latest, kDeadline + kLate);
  std::cout << "killed: " << load.from_service << " from the service, " << load.from_fallback
            << " from the fallback, the latest after " << load.latest << " ms of " << kDeadline << "\n";
}

TEST_F(RemoteTest, AHungServiceIsNoWrongCode) {
  const Terminology terminology(WithFallback("&cache_bytes=0"));
  Load load(terminology, true);
  load.Await(load.from_service);
  kill(service_->pid(), SIGSTOP);
  load.Await(load.from_fallback);
  kill(service_->pid(), SIGCONT);
  load.Await(load.from_service);
  load.Stop();
  EXPECT_EQ(load.wrong, 0);
  EXPECT_LE(load.latest, kDeadline + kLate);
  std::cout << "hung: " << load.from_service << " from the service, " << load.from_fallback
            << " from the fallback, the latest after " << load.latest << " ms of " << kDeadline << "\n";
}

TEST_F(RemoteTest, WithoutAFallbackAnOutageIsUndetermined) {
  const Terminology terminology(Conninfo("&cache_bytes=0"));
  Load load(terminology, false);
  load.Await(load.from_service);
  kill(service_->pid(), SIGSTOP);
  load.Await(load.undetermined);
  kill(service_->pid(), SIGCONT);
  load.Await(load.from_service);
  kill(service_->pid(), SIGKILL);
  load.Await(load.undetermined);
  load.Stop();
  EXPECT_EQ(load.wrong, 0);
  EXPECT_LE(load.latest, kDeadline + kLate);
  const Answer answer = terminology.LookUp();
  EXPECT_EQ(answer.outcome, NOSO_UNDETERMINED);
  EXPECT_THAT(answer.message, HasSubstr(service_->address()));
}

TEST_F(RemoteTest, WhatWasKeptAnswersAnOutageAsStale) {
  const Terminology terminology(Conninfo("&cache_check_ms=0"));
  while (!terminology.LookUp().cached) {
  }
  kill(service_->pid(), SIGKILL);
  service_->Stop();
  EXPECT_NE(noso_reload(terminology.handle()), NOSO_OK) << "after an error everything is as it was";
  const Answer answer = terminology.LookUp();
  EXPECT_EQ(answer.status, NOSO_OK);
  EXPECT_EQ(answer.display, kCentral);
  EXPECT_TRUE(answer.stale);
  EXPECT_EQ(terminology.LookUp("L94.0").outcome, NOSO_UNDETERMINED) << "what was not asked before";
}

TEST_F(RemoteTest, AForkedChildNeverCalls) {
  const Terminology plain(Conninfo("&cache_bytes=0"));
  const Terminology with_fallback(WithFallback("&cache_bytes=0"));
  ASSERT_EQ(plain.LookUp().display, kCentral);
  Load load(plain, false);
  load.Await(load.from_service);
  for (int i = 0; i < 20; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);  // one that hangs is a failure, not a wait
      if (noso_reload(plain.handle()) != NOSO_UNAVAILABLE) _exit(1);
      const Answer lost = plain.LookUp();
      const Answer local = with_fallback.LookUp();
      const bool right = lost.outcome == NOSO_UNDETERMINED && lost.status == NOSO_UNAVAILABLE &&
                         local.outcome == NOSO_VALID && local.display == kLocal && local.stale;
      _exit(right ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
  load.Stop();
  EXPECT_EQ(load.wrong, 0);
}

TEST_F(RemoteTest, EncryptedAndOnlyWithTheRightCertificates) {
  testing::Pki pki;
  pki.Issue("server", testing::kServerNames);
  pki.Issue("elsewhere", "DNS:elsewhere.example");
  pki.Issue("reader", "URI:" + std::string(testing::kReaderName));
  testing::Pki others;
  others.Issue("reader", "URI:" + std::string(testing::kReaderName));
  const auto serve = [&](const std::string& name) {
    return std::make_unique<ServiceProcess>(
        central_.path(),
        std::vector<std::string>{"--tls-certificate", pki / (name + ".pem"), "--tls-key", pki / (name + "-key.pem"),
                                 "--tls-client-ca", pki.ca(), "--reader", testing::kReaderName, "--call-log", "none"});
  };
  const auto conninfo = [&](const ServiceProcess& service, const testing::Pki& own, const std::string& ca) {
    return absl::StrCat("grpcs://", service.address(), "?deadline_ms=2000&ca=", ca, "&cert=", own / "reader.pem",
                        "&key=", own / "reader-key.pem", "&fallback=", local_.path());
  };
  const auto service = serve("server");
  const auto expect = [&](const std::string& text, bool from_service) {
    const Terminology terminology(text);
    ASSERT_EQ(terminology.opened(), NOSO_OK);
    const Answer answer = terminology.LookUp();
    EXPECT_EQ(answer.display, from_service ? kCentral : kLocal) << answer.message;
    EXPECT_EQ(answer.stale, !from_service);
  };
  expect(conninfo(*service, pki, pki.ca()), true);
  expect(conninfo(*service, pki, others.ca()), false);
  expect(conninfo(*service, others, pki.ca()), false);
  const auto misnamed = serve("elsewhere");
  expect(conninfo(*misnamed, pki, pki.ca()), false);
  expect(conninfo(*misnamed, pki, pki.ca()) + "&server_name=elsewhere.example", true);
  const Terminology missing(absl::StrCat("grpcs://", service->address(), "?ca=/no/such.pem"));
  EXPECT_EQ(missing.opened(), NOSO_INVALID_ARGUMENT);
  size_t size = 0;
  const char* error = noso_last_error(&size);
  EXPECT_THAT(std::string(error, size), HasSubstr("ca: '/no/such.pem'"));
}

// A service that does what none of ours does.
class Liar final : public v1::TerminologyService::Service {
 public:
  Liar() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~Liar() override {
    slow = false;
    server_->Shutdown(std::chrono::system_clock::now());
  }
  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

  v1::LookupResponse reply;
  std::atomic<bool> slow{false};

  grpc::Status Lookup(grpc::ServerContext* context, const v1::LookupRequest*, v1::LookupResponse* response) override {
    while (slow && !context->IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    *response = reply;
    return grpc::Status::OK;
  }

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST(Remote, AServiceThatLiesIsNotBelieved) {
  Liar liar;
  testing::WholeContentFolder local;
  const std::string conninfo = absl::StrCat("grpc://", liar.address(), "?cache_bytes=0&deadline_ms=2000");
  const std::string with_fallback = conninfo + "&fallback=" + local.path();
  noso_request request = NOSO_REQUEST_INIT;
  request.system = {testing::kIcd10Cm, sizeof(testing::kIcd10Cm) - 1};
  request.version = {"2026-04-01", 10};
  const auto expect_refused = [&](const std::string& message) {
    const Answer answer = Terminology(conninfo).LookUp("L94.2", &request);
    EXPECT_EQ(answer.status, NOSO_DATA_LOSS);
    EXPECT_EQ(answer.outcome, NOSO_UNDETERMINED);
    EXPECT_THAT(answer.message, HasSubstr(message));
    const Answer instead = Terminology(with_fallback).LookUp("L94.2", &request);
    EXPECT_EQ(instead.display, kLocal);
    EXPECT_TRUE(instead.stale);
  };
  v1::LookupResponse right;
  right.mutable_matched_concept()->set_code("L94.2");
  right.mutable_matched_concept()->set_title(kCentral);
  right.mutable_release()->set_system(testing::kIcd10Cm);
  right.mutable_release()->set_version("2026-04-01");
  right.mutable_release()->set_id("id");
  liar.reply = right;
  EXPECT_EQ(Terminology(conninfo).LookUp("L94.2", &request).display, kCentral);
  liar.reply.mutable_release()->set_version("2021-01-01");
  expect_refused("answered from http://hl7.org/fhir/sid/icd-10-cm 2021-01-01");
  liar.reply = right;
  liar.reply.mutable_release()->set_system("http://example.org/other");
  expect_refused("not the release that was asked");
  liar.reply = right;
  liar.reply.clear_release();
  expect_refused("names no release");
  liar.reply = right;
  liar.reply.mutable_matched_concept()->set_code("L94.3");
  expect_refused("for another code");
  const Terminology patient(conninfo);
  Answer refused = patient.LookUp("L94.2", &request);
  while (refused.status == NOSO_DATA_LOSS) refused = patient.LookUp("L94.2", &request);
  EXPECT_EQ(refused.status, NOSO_UNAVAILABLE) << "what lies again and again is left alone for a while";
  liar.reply.Clear();
  EXPECT_EQ(Terminology(conninfo).LookUp("L94.2", &request).outcome, NOSO_UNDETERMINED) << "nothing is no answer";
}

TEST(Remote, ASlowServiceEndsAtTheDeadline) {
  Liar liar;
  liar.slow = true;
  testing::WholeContentFolder local;
  const Terminology terminology(
      absl::StrCat("grpc://", liar.address(), "?cache_bytes=0&deadline_ms=", kDeadline, "&fallback=", local.path()));
  Load load(terminology, true);
  load.Await(load.from_fallback);
  load.Stop();
  EXPECT_EQ(load.wrong, 0);
  EXPECT_LE(load.latest, kDeadline + kLate);
  std::cout << "slow: the latest after " << load.latest << " ms of " << kDeadline << "\n";
}

TEST(Remote, TheEndOfTheProcessWithItOpenIsQuiet) {
  testing::WholeContentFolder central;
  const ServiceProcess service(central.path());
  const pid_t child = fork();
  if (child == 0) {
    // In a program of its own, so that gRPC is not of a forked child.
    const std::string conninfo = "grpc://" + service.address();
    execl(NOSOGRAPH_LEAVES_OPEN, NOSOGRAPH_LEAVES_OPEN, conninfo.c_str(), "L94.2", nullptr);
    _exit(127);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

}  // namespace
}  // namespace nosograph
