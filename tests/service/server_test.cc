#include "service/grpc/server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "nosograph/v1/terminology.grpc.pb.h"
#include "service/listen_address.h"
#include "service/long_work.h"
#include "terminology/query/validate_code.h"
#include "tests/content_release.h"
#include "tests/service/health_client.h"

namespace nosograph::service {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::HealthClient;

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

TerminologyHandlers ContentHandlers() {
  return MakeTerminologyHandlers(std::make_shared<const snapshot::LiveReleases>(testing::ContentReleases()), {});
}

std::unique_ptr<Server> Started(TerminologyHandlers handlers) {
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start({}, std::move(handlers));
  EXPECT_TRUE(server.ok()) << server.status();
  return *std::move(server);
}

class ServerTest : public ::testing::Test {
 protected:
  grpc::Status Resolve(const v1::ResolveRequest& request, v1::ResolveResponse* response) {
    grpc::ClientContext context;
    return stub_->Resolve(&context, request, response);
  }
  v1::ResolveResponse Resolve(const std::string& code) {
    v1::ResolveRequest request;
    request.set_code(code);
    v1::ResolveResponse response;
    const grpc::Status status = Resolve(request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  grpc::Status Batch(const v1::ResolveBatchRequest& request, v1::ResolveBatchResponse* response) {
    grpc::ClientContext context;
    return stub_->ResolveBatch(&context, request, response);
  }

  const std::unique_ptr<Server> server_ = Started(ContentHandlers());
  const std::shared_ptr<grpc::Channel> channel_ = Connect(server_->address());
  const std::unique_ptr<v1::TerminologyService::Stub> stub_ = v1::TerminologyService::NewStub(channel_);
};

TEST_F(ServerTest, ResolvesTheExtensionCode) {
  const v1::ResolveResponse response = Resolve("L94.21");
  EXPECT_EQ(response.outcome(), v1::OUTCOME_EXTENSION);
  EXPECT_EQ(response.matched_concept().code(), "L94.21");
  EXPECT_EQ(response.matched_concept().system(), testing::kDermatology);
  EXPECT_EQ(response.billable_code(), "L94.2");
  ASSERT_EQ(response.ancestors_size(), 4);
  EXPECT_EQ(response.ancestors(0).code(), "L94.2");
  EXPECT_EQ(response.ancestors(3).code(), "chapter-12");
  EXPECT_EQ(response.ancestors(3).kind(), v1::CONCEPT_KIND_CHAPTER);
  EXPECT_EQ(response.release().version(), "2026-04-01");
  EXPECT_EQ(response.release().source_sha256().size(), 64u);
  ASSERT_EQ(response.extensions_size(), 1);
  EXPECT_EQ(response.extensions(0).extends(), testing::kIcd10Cm);
  const v1::ConditionKnowledge& knowledge = response.knowledge();
  EXPECT_EQ(knowledge.inherited_from(), "");
  EXPECT_FALSE(knowledge.disclaimer().empty());
  EXPECT_EQ(knowledge.onset(0).range().low(), 50);
  EXPECT_EQ(knowledge.onset(0).range().high(), 70);
  EXPECT_EQ(knowledge.sources(0).author(), "P. Altmeyer");
  for (const v1::Statement& statement : knowledge.therapy()) EXPECT_GT(statement.source_ids_size(), 0);
  bool excludes_connective_tissue = false;
  for (const v1::Note& note : response.notes()) {
    excludes_connective_tissue |= note.kind() == v1::NOTE_KIND_EXCLUDES1 && note.stands_at() == "L94";
  }
  EXPECT_TRUE(excludes_connective_tissue);
}

TEST_F(ServerTest, WrongCodesAreAnswers) {
  EXPECT_EQ(Resolve("banana").outcome(), v1::OUTCOME_UNKNOWN);
  EXPECT_EQ(Resolve("").outcome(), v1::OUTCOME_UNKNOWN);
  const v1::ResolveResponse fallback = Resolve("L94.29");
  EXPECT_EQ(fallback.outcome(), v1::OUTCOME_PARENT_FALLBACK);
  EXPECT_FALSE(fallback.has_matched_concept());
  EXPECT_EQ(fallback.fallback_concept().title(), "Calcinosis cutis");
  ASSERT_GT(fallback.issues_size(), 0);
  EXPECT_EQ(fallback.issues(0).kind(), v1::ISSUE_KIND_NOT_FOUND);
  EXPECT_EQ(fallback.issues(0).severity(), v1::SEVERITY_ERROR);
}

TEST_F(ServerTest, LimitsAndUnknownReleasesAreErrorsThatSayWhy) {
  v1::ResolveRequest request;
  v1::ResolveResponse response;
  request.set_code(std::string(1 << 20, 'A'));
  grpc::Status status = Resolve(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), AllOf(HasSubstr("code: 'AAA"), HasSubstr("give one code")));
  request.set_code("L94.2");
  request.set_system(std::string(1 << 20, 's'));
  status = Resolve(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_LT(status.error_message().size(), 1000u);
  request.set_system("");
  request.mutable_release()->set_date("never");
  EXPECT_EQ(Resolve(request, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.mutable_release()->set_version("1999-10-01");
  EXPECT_EQ(Resolve(request, &response).error_code(), grpc::StatusCode::NOT_FOUND);
  // A day that the caller has not must not read as the active release.
  request.mutable_release()->set_date("");
  EXPECT_THAT(Resolve(request, &response).error_message(), HasSubstr("release.date: is empty"));
  request.mutable_release()->set_version("");
  EXPECT_THAT(Resolve(request, &response).error_message(), HasSubstr("release.version: is empty"));
  // Over what gRPC takes at all: refused by the library, and the server goes on.
  request.set_code(std::string(5 << 20, 'A'));
  EXPECT_EQ(Resolve(request, &response).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Resolve("L94.2").outcome(), v1::OUTCOME_EXACT);
}

TEST_F(ServerTest, StreamAnswersEachRequestInOrderAndOutlivesABadOne) {
  grpc::ClientContext context;
  const auto stream = stub_->ResolveStream(&context);
  const auto ask = [&](const std::string& code) {
    v1::ResolveRequest request;
    request.set_code(code);
    EXPECT_TRUE(stream->Write(request));
    v1::ResolveStreamResponse response;
    EXPECT_TRUE(stream->Read(&response)) << code;
    return response;
  };
  EXPECT_EQ(ask("L94.21").result().outcome(), v1::OUTCOME_EXTENSION);
  EXPECT_EQ(ask(std::string(100, 'A')).error().code(), static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_EQ(ask("L94.2").result().outcome(), v1::OUTCOME_EXACT);
  // Written ahead of the answers.
  constexpr int kAhead = 200;
  for (int i = 0; i < kAhead; ++i) {
    v1::ResolveRequest request;
    request.set_code(i % 2 == 0 ? "L94.2" : "S72.001A");
    ASSERT_TRUE(stream->Write(request));
  }
  stream->WritesDone();
  v1::ResolveStreamResponse response;
  for (int i = 0; i < kAhead; ++i) {
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.result().matched_concept().code(), i % 2 == 0 ? "L94.2" : "S72.001A");
  }
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ServerTest, SearchTellsWhatMatchedAndWhichReleasesWereSearched) {
  v1::SearchRequest request;
  request.set_text("calcnosis cut");
  grpc::ClientContext context;
  v1::SearchResponse response;
  const grpc::Status status = stub_->Search(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_GT(response.hits_size(), 0);
  EXPECT_EQ(response.hits(0).matched_concept().code(), "L94.2");
  EXPECT_EQ(response.hits(0).text_kind(), v1::SearchHit::TEXT_KIND_TITLE);
  ASSERT_EQ(response.hits(0).matches_size(), 2);
  EXPECT_EQ(response.hits(0).matches(0).reason(), v1::TextMatch::REASON_SPELLING);
  EXPECT_EQ(response.hits(0).matches(1).reason(), v1::TextMatch::REASON_PREFIX);
  ASSERT_EQ(response.corrections_size(), 1);
  EXPECT_EQ(response.corrections(0).read_as(), "calcinosis");
  EXPECT_EQ(response.releases_size(), 2);

  request.set_fold(static_cast<v1::Fold>(99));
  grpc::ClientContext wrong;
  EXPECT_EQ(stub_->Search(&wrong, request, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ServerTest, SearchAsTypedAnswersTheNewestRequest) {
  grpc::ClientContext context;
  const auto stream = stub_->SearchAsTyped(&context);
  const std::string text = "calcinosis cutis";
  v1::SearchRequest request;
  for (size_t i = 1; i <= text.size(); ++i) {
    request.set_text(text.substr(0, i));
    ASSERT_TRUE(stream->Write(request));
  }
  v1::SearchAsTypedResponse response;
  uint64_t last = 0;
  do {
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_GE(response.request(), last);  // never back to what was typed before
    last = response.request();
  } while (last + 1 < text.size());
  EXPECT_EQ(response.result().hits(0).matched_concept().code(), "L94.2");
  // One wrong request does not end the stream.
  request.set_text(std::string(2000, 'a'));
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.request(), text.size());
  EXPECT_EQ(response.error().code(), static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ServerTest, IdleSearchAsTypedDoesNotHoldTheDrain) {
  grpc::ClientContext context;
  const auto stream = stub_->SearchAsTyped(&context);
  v1::SearchRequest request;
  request.set_text("femur");
  v1::SearchAsTypedResponse response;
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  server_->Drain({.notice = absl::ZeroDuration(), .patience = absl::Hours(1)});
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServerTest, IdleStreamDoesNotHoldTheDrain) {
  grpc::ClientContext context;
  const auto stream = stub_->ResolveStream(&context);
  v1::ResolveRequest request;
  request.set_code("L94.2");
  v1::ResolveStreamResponse response;
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  // With an hour of patience the test would not end if the stream held it.
  server_->Drain({.notice = absl::ZeroDuration(), .patience = absl::Hours(1)});
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServerTest, LookupTellsPlaceNotesAndReferences) {
  grpc::ClientContext context;
  v1::LookupRequest request;
  request.set_code("l94.21");
  v1::LookupResponse response;
  ASSERT_TRUE(stub_->Lookup(&context, request, &response).ok());
  EXPECT_EQ(response.matched_concept().code(), "L94.21");
  EXPECT_EQ(response.normalized(), "L94.21");
  EXPECT_EQ(response.ancestors(0).code(), "L94.2");
  EXPECT_EQ(response.release().system(), testing::kDermatology);
  ASSERT_EQ(response.designations_size(), 1);
  EXPECT_EQ(response.designations(0).designation().language(), "en-US");
  EXPECT_EQ(response.designations(0).source(), testing::kDermatology);
  bool refers = false;
  for (const v1::InheritedNote& note : response.notes()) {
    EXPECT_TRUE(note.inherited());
    for (const v1::NoteReference& reference : note.references()) refers |= !reference.first().empty();
  }
  EXPECT_FALSE(refers) << "what the notes refer to is not in the excerpt";
  request.set_code("L99.99");
  grpc::ClientContext second;
  v1::LookupResponse miss;
  ASSERT_TRUE(stub_->Lookup(&second, request, &miss).ok());
  EXPECT_FALSE(miss.has_matched_concept());
  EXPECT_EQ(miss.issues_size(), 1);
}

TEST_F(ServerTest, ValidateCodeTellsVerdictReasonAndRepairs) {
  const auto ask = [&](const v1::ValidateCodeRequest& request, v1::ValidateCodeResponse* response) {
    grpc::ClientContext context;
    return stub_->ValidateCode(&context, request, response);
  };
  v1::ValidateCodeRequest request;
  v1::ValidateCodeResponse response;
  request.set_code("L94");
  request.set_max_repairs(2);
  ASSERT_TRUE(ask(request, &response).ok());
  EXPECT_EQ(response.verdict(), v1::VERDICT_INVALID);
  EXPECT_EQ(response.reason(), v1::REASON_HEADER);
  ASSERT_EQ(response.repairs_size(), 2);
  EXPECT_EQ(response.repairs(0).code(), "L94.0");
  EXPECT_THAT(response.message(), HasSubstr("not billable"));
  EXPECT_EQ(response.release().version(), "2026-04-01");
  request.set_use(v1::USE_TERMINOLOGY);
  ASSERT_TRUE(ask(request, &response).ok());
  EXPECT_EQ(response.verdict(), v1::VERDICT_VALID);
  // What is not loaded is undetermined, never wrong, and no error.
  request.set_system("http://example.org/none");
  ASSERT_TRUE(ask(request, &response).ok());
  EXPECT_EQ(response.verdict(), v1::VERDICT_UNDETERMINED);
  EXPECT_EQ(response.reason(), v1::REASON_NOT_LOADED);
  EXPECT_THAT(response.message(), HasSubstr("http://example.org/none"));
  request.set_max_repairs(5000);
  EXPECT_THAT(ask(request, &response).error_message(), HasSubstr("max_repairs: 5000 is not between 0 and 1000"));
  request.set_max_repairs(1);
  request.set_use(static_cast<v1::Use>(9));
  EXPECT_THAT(ask(request, &response).error_message(), HasSubstr("use: 9 is not known"));
  request.clear_use();
  request.clear_system();
  request.set_code(std::string(65, 'A'));
  ASSERT_TRUE(ask(request, &response).ok());
  EXPECT_EQ(response.reason(), v1::REASON_MALFORMED) << "a wrong code is an answer";
  request.set_code("L94");
  request.mutable_release()->set_date("soon");
  EXPECT_EQ(ask(request, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

// Every reason of the engine has its number in the proto.
TEST(ReasonNumbers, AreThoseOfTheEngine) {
  for (int number = 0; number <= static_cast<int>(query::Reason::kParentMissing); ++number) {
    ASSERT_TRUE(v1::Reason_IsValid(number));
    const std::string name = v1::Reason_Name(number);
    const absl::string_view expected = query::ReasonName(static_cast<query::Reason>(number));
    EXPECT_EQ(name, absl::StrCat("REASON_", expected.empty() ? "UNSPECIFIED" : expected));
  }
  EXPECT_FALSE(v1::Reason_IsValid(static_cast<int>(query::Reason::kParentMissing) + 1));
}

TEST_F(ServerTest, SubsumesAndListReleases) {
  grpc::ClientContext context;
  v1::SubsumesRequest request;
  request.set_code_a("L94");
  request.set_code_b("L94.21");
  v1::SubsumesResponse response;
  ASSERT_TRUE(stub_->Subsumes(&context, request, &response).ok());
  EXPECT_EQ(response.relation(), v1::RELATION_SUBSUMES);
  EXPECT_EQ(response.concept_b().code(), "L94.21");
  EXPECT_EQ(response.release().version(), "2026-04-01");
  grpc::ClientContext second;
  request.set_code_b("banana");
  ASSERT_TRUE(stub_->Subsumes(&second, request, &response).ok());
  EXPECT_EQ(response.relation(), v1::RELATION_UNKNOWN_CODE);
  EXPECT_FALSE(response.has_concept_b());
  grpc::ClientContext third;
  v1::ListReleasesResponse releases;
  ASSERT_TRUE(stub_->ListReleases(&third, {}, &releases).ok());
  ASSERT_EQ(releases.releases_size(), 2);
  EXPECT_EQ(releases.releases(0).system(), testing::kIcd10Cm);
  EXPECT_TRUE(releases.releases(0).active());
  EXPECT_GT(releases.releases(0).concept_count(), 20u);
  EXPECT_EQ(releases.releases(1).extends(), testing::kIcd10Cm);
}

TEST_F(ServerTest, EnumerationValuesThatAreNotKnownAreRefused) {
  v1::ResolveRequest request;
  v1::ResolveResponse response;
  request.set_code("L94.2");
  request.set_form(static_cast<v1::Form>(99));
  EXPECT_EQ(Resolve(request, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.set_form(v1::FORM_STRICT);
  request.set_on_miss(static_cast<v1::OnMiss>(99));
  EXPECT_THAT(Resolve(request, &response).error_message(), HasSubstr("on_miss: 99 is not known"));
}

TEST_F(ServerTest, BatchKeepsTheOrderAndHasWhatItemsShareOnce) {
  v1::ResolveBatchRequest request;
  for (const char* code : {"L94.21", "banana", "S72.001A", "L94.21"}) request.add_codes(code);
  request.add_codes(std::string(65, 'A'));
  v1::ResolveBatchResponse response;
  const grpc::Status status = Batch(request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.items_size(), 5);
  EXPECT_EQ(response.items(0).result().outcome(), v1::OUTCOME_EXTENSION);
  EXPECT_EQ(response.items(1).result().outcome(), v1::OUTCOME_UNKNOWN);
  EXPECT_EQ(response.items(2).result().matched_concept().code(), "S72.001A");
  EXPECT_EQ(response.items(3).result().matched_concept().code(), "L94.21");
  EXPECT_EQ(response.items(4).error().code(), static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(response.items(4).error().message(), HasSubstr("65 bytes"));
  EXPECT_EQ(response.releases_size(), 2);
  EXPECT_EQ(response.items(0).result().release().id(), response.releases(0).id());
  ASSERT_EQ(response.knowledge_size(), 1);
  EXPECT_GT(response.knowledge(0).definition_size(), 0);
  EXPECT_EQ(response.items(3).result().knowledge().code(), response.knowledge(0).code());
  EXPECT_EQ(response.items(3).result().knowledge().definition_size(), 0);
  int notes_of_l94 = 0;
  for (const v1::Note& note : response.notes()) notes_of_l94 += note.stands_at() == "L94" ? 1 : 0;
  EXPECT_EQ(notes_of_l94, 1);
}

TEST_F(ServerTest, BatchOverTheLimitIsRefused) {
  v1::ResolveBatchRequest request;
  for (int i = 0; i < 1000; ++i) request.add_codes("L94.2");
  v1::ResolveBatchResponse response;
  EXPECT_TRUE(Batch(request, &response).ok());
  EXPECT_EQ(response.items_size(), 1000);
  request.add_codes("L94.2");
  const grpc::Status status = Batch(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), AllOf(HasSubstr("codes: 1001"), HasSubstr("split the batch")));
  v1::ResolveBatchRequest empty;
  EXPECT_TRUE(Batch(empty, &response).ok());
  empty.set_system("http://example.org/none");
  EXPECT_EQ(Batch(empty, &response).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ServerTest, BytesThatAreNoRequestAreRefusedAndTheServerGoesOn) {
  // A field of text with bytes that are not UTF-8, the same in a message below, and bytes that are no message.
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {std::string("\x12\x02\xff\xfe", 4), "code: '\\xff\\xfe' is not UTF-8; give the text in UTF-8"},
      {std::string("\x1a\x03\x12\x01\xff", 5), "release.date: '\\xff' is not UTF-8"},
      {std::string("\xff\xff\xff\xff", 4), "request: the bytes are no nosograph.v1.ResolveRequest"}};
  for (const auto& [bytes, says] : wrong) {
    grpc::Slice slice(bytes);
    grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    grpc::ClientContext context;
    const grpc::internal::RpcMethod method("/nosograph.v1.TerminologyService/Resolve",
                                           grpc::internal::RpcMethod::NORMAL_RPC);
    const grpc::Status status = grpc::internal::BlockingUnaryCall(channel_.get(), method, &context, request, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(status.error_message(), HasSubstr(says));
  }
  EXPECT_EQ(Resolve("L94.2").outcome(), v1::OUTCOME_EXACT);
}

TEST_F(ServerTest, BytesThatAreNoRequestAreAnAnswerOfAStreamAndDoNotEndIt) {
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(&context, "/nosograph.v1.TerminologyService/ResolveStream", &queue);
  const auto wait = [&] {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return ok;
  };
  call->StartCall(nullptr);
  wait();
  const auto ask = [&](const std::string& bytes) {
    const grpc::Slice slice(bytes);
    call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    EXPECT_TRUE(wait());
    grpc::ByteBuffer reply;
    call->Read(&reply, nullptr);
    EXPECT_TRUE(wait());
    grpc::Slice all;
    EXPECT_TRUE(reply.DumpToSingleSlice(&all).ok());
    v1::ResolveStreamResponse response;
    EXPECT_TRUE(response.ParseFromArray(all.begin(), static_cast<int>(all.size())));
    return response;
  };
  const v1::ResolveStreamResponse wrong = ask(std::string("\x12\x02\xff\xfe", 4));
  EXPECT_EQ(wrong.error().code(), static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_EQ(wrong.error().field(), "code");
  v1::ResolveRequest request;
  request.set_code("L94.2");
  EXPECT_EQ(ask(request.SerializeAsString()).result().outcome(), v1::OUTCOME_EXACT);
  call->WritesDone(nullptr);
  wait();
  grpc::Status status;
  call->Finish(&status, nullptr);
  wait();
  EXPECT_TRUE(status.ok());
}

// The caller of a batch that gives up is not worked for to the end.
TEST(Batch, IsEndedWhenNobodyWaits) {
  class Gone final : public CallContext {
   public:
    absl::Status Check() const override {
      return ++looks_ > 2 ? absl::CancelledError("the caller has gone") : absl::OkStatus();
    }
    mutable int looks_ = 0;
  };
  v1::ResolveBatchRequest request;
  for (int i = 0; i < 1000; ++i) request.add_codes("L94.2");
  v1::ResolveBatchResponse response;
  const Gone gone;
  EXPECT_TRUE(absl::IsCancelled(ContentHandlers().resolve_batch(gone, request, &response)));
  EXPECT_LT(response.items_size(), 100);
}

TEST(Batch, ReplyOverWhatClientsTakeIsRefusedWithARemedy) {
  v1::ResolveBatchRequest request;
  for (int i = 0; i < 100; ++i) request.add_codes("L94.2");
  v1::ResolveBatchResponse response;
  const auto live = std::make_shared<const snapshot::LiveReleases>(testing::ContentReleases());
  ASSERT_TRUE(MakeTerminologyHandlers(live, {}).resolve_batch({}, request, &response).ok());
  const size_t bytes = response.ByteSizeLong();
  response.Clear();
  const absl::Status status =
      MakeTerminologyHandlers(live, {.reply_bytes = bytes - 1}).resolve_batch({}, request, &response);
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr(absl::StrCat(bytes)), HasSubstr("split the batch")));
  EXPECT_EQ(response.items_size(), 0);
}

TEST(Limits, CallsOverThemAreRefusedAtOnceAndTheOthersGoOn) {
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start({.max_calls = 2}, ContentHandlers());
  ASSERT_TRUE(server.ok()) << server.status();
  const auto stub = v1::TerminologyService::NewStub(Connect((*server)->address()));
  v1::ResolveRequest request;
  request.set_code("L94.2");
  v1::ResolveStreamResponse answer;
  grpc::ClientContext first;
  grpc::ClientContext second;
  const auto stream = stub->ResolveStream(&first);
  const auto other = stub->ResolveStream(&second);
  for (const auto& open : {stream.get(), other.get()}) {
    ASSERT_TRUE(open->Write(request));
    ASSERT_TRUE(open->Read(&answer));
  }
  const auto resolve = [&] {
    grpc::ClientContext context;
    v1::ResolveResponse response;
    return stub->Resolve(&context, request, &response);
  };
  const grpc::Status refused = resolve();
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), AllOf(HasSubstr("more than the 2"), HasSubstr("try again")));
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&answer));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  while (!resolve().ok()) std::this_thread::yield();  // the client hears of the end before the server counts it
}

// Batches are answered by a few threads, for which only so many may wait; other calls go past them.
TEST(Limits, BatchesThatWouldWaitTooLongAreRefusedAtOnce) {
  std::promise<void> go_on;
  const std::shared_future<void> gone_on = go_on.get_future().share();
  TerminologyHandlers handlers = ContentHandlers();
  handlers.resolve_batch_wire = nullptr;
  handlers.resolve_batch = [&](const CallContext& /*context*/, const v1::ResolveBatchRequest& /*request*/,
                               v1::ResolveBatchResponse* /*response*/) {
    gone_on.wait();
    return absl::OkStatus();
  };
  const std::unique_ptr<Server> server = Started(std::move(handlers));
  const auto stub = v1::TerminologyService::NewStub(Connect(server->address()));
  struct Call {
    grpc::ClientContext context;
    v1::ResolveBatchResponse response;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<v1::ResolveBatchResponse>> reader;
  };
  grpc::CompletionQueue queue;
  std::vector<std::unique_ptr<Call>> calls;
  const auto next_ended = [&] {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return static_cast<Call*>(tag);
  };
  // More than can wait and be at work, so that the first to end is one that was refused.
  const size_t many = LongWork::kMost + 2 * std::max(1U, std::thread::hardware_concurrency()) + 1;
  for (size_t i = 0; i < many; ++i) {
    calls.push_back(std::make_unique<Call>());
    Call& call = *calls.back();
    call.reader = stub->AsyncResolveBatch(&call.context, {}, &queue);
    call.reader->Finish(&call.response, &call.status, &call);
  }
  const grpc::Status refused = next_ended()->status;
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), AllOf(HasSubstr("too many wait"), HasSubstr("ask another")));
  grpc::ClientContext context;
  v1::ResolveRequest request;
  request.set_code("L94.2");
  v1::ResolveResponse response;
  EXPECT_TRUE(stub->Resolve(&context, request, &response).ok()) << "while batches wait";
  go_on.set_value();
  size_t answered = 0;
  for (size_t i = 1; i < many; ++i) answered += next_ended()->status.ok() ? 1 : 0;
  EXPECT_GE(answered, 64U);
}

TEST(Limits, MessagesOverTheirsAreRefused) {
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start({.max_message_bytes = 1000}, ContentHandlers());
  ASSERT_TRUE(server.ok()) << server.status();
  const auto stub = v1::TerminologyService::NewStub(Connect((*server)->address()));
  grpc::ClientContext context;
  v1::ResolveRequest request;
  request.set_code(std::string(1001, 'A'));
  v1::ResolveResponse response;
  EXPECT_EQ(stub->Resolve(&context, request, &response).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(ServerTest, HealthIsKnownOfTheServerAndOfTheService) {
  HealthClient health(channel_);
  EXPECT_EQ(health.Check(""), HealthClient::kServing);
  EXPECT_EQ(health.Check("nosograph.v1.TerminologyService"), HealthClient::kServing);
  EXPECT_EQ(health.Check("no.such.Service"), HealthClient::kNotFound);
}

TEST_F(ServerTest, PortInUseIsRefused) {
  const absl::Status status = Server::Start({.address = server_->address()}, ContentHandlers()).status();
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr(server_->address()), HasSubstr("in use")));
}

TEST(ServerDrain, CallsThatHaveBegunFinishAndHealthSaysSo) {
  std::promise<void> begun;
  std::promise<void> go_on;
  TerminologyHandlers handlers = ContentHandlers();
  handlers.resolve_batch_wire = nullptr;
  handlers.resolve_batch = [&](const CallContext& /*context*/, const v1::ResolveBatchRequest& /*request*/,
                               v1::ResolveBatchResponse* response) {
    begun.set_value();
    go_on.get_future().wait();
    response->add_items();
    return absl::OkStatus();
  };
  const std::unique_ptr<Server> server = Started(std::move(handlers));
  v1::ResolveBatchResponse response;
  grpc::Status status;
  std::thread caller([&] {
    grpc::ClientContext context;
    status = v1::TerminologyService::NewStub(Connect(server->address()))->ResolveBatch(&context, {}, &response);
  });
  begun.get_future().wait();
  HealthClient health(Connect(server->address()));
  ASSERT_EQ(health.Check(""), HealthClient::kServing);
  std::thread drain([&] { server->Drain({.notice = absl::ZeroDuration()}); });
  while (health.Check("") == HealthClient::kServing) std::this_thread::yield();
  EXPECT_EQ(health.Check("nosograph.v1.TerminologyService"), HealthClient::kNotServing)
      << "asked while the call still runs";
  // New calls are told to go elsewhere, by a status that clients retry.
  const auto stub = v1::TerminologyService::NewStub(Connect(server->address()));
  grpc::Status refused;
  do {
    grpc::ClientContext context;
    v1::ResolveResponse other;
    refused = stub->Resolve(&context, {}, &other);
  } while (refused.ok());
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(refused.error_message(), HasSubstr("stopping"));
  go_on.set_value();
  drain.join();
  caller.join();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.items_size(), 1);
}

TEST(ServerDrain, IdleClientsAndHealthWatchesDoNotHoldIt) {
  const std::unique_ptr<Server> server = Started(ContentHandlers());
  const std::shared_ptr<grpc::Channel> idle = Connect(server->address());
  ASSERT_TRUE(idle->WaitForConnected(std::chrono::system_clock::now() + std::chrono::minutes(1)));
  HealthClient watcher(Connect(server->address()));
  const std::unique_ptr<HealthClient::Watch> watch = watcher.StartWatch("");
  EXPECT_EQ(watch->Next(), HealthClient::kServing);
  // Patience is for calls alone: were a watch or a connection waited for, this would last an hour.
  server->Drain({.notice = absl::ZeroDuration(), .patience = absl::Hours(1)});
  EXPECT_EQ(watch->Next(), HealthClient::kNotServing);
}

TEST(ListenAddress, TakesLoopbackAloneUnlessTold) {
  EXPECT_EQ(ReadListenAddress("127.0.0.1:0", Reach::kLoopback)->Text(7), "127.0.0.1:7");
  EXPECT_EQ(ReadListenAddress("127.1.2.3:50051", Reach::kLoopback)->port, 50051);
  EXPECT_EQ(ReadListenAddress("localhost:1", Reach::kLoopback)->host, "127.0.0.1");
  EXPECT_EQ(ReadListenAddress("[::1]:1", Reach::kLoopback)->host, "[::1]");
  EXPECT_EQ(ReadListenAddress("::1:1", Reach::kLoopback)->host, "[::1]");
  for (const char* address : {"0.0.0.0:50051", "[::]:50051", "192.0.2.1:50051"}) {
    const absl::Status status = ReadListenAddress(address, Reach::kLoopback).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status));
    EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr(address), HasSubstr("loopback"), HasSubstr("TLS")));
  }
  EXPECT_EQ(ReadListenAddress("0.0.0.0:50051", Reach::kAnywhere)->host, "0.0.0.0");
  EXPECT_EQ(ReadListenAddress("[::]:50051", Reach::kAnywhere)->host, "[::]");
  for (const char* address : {"example.org:50051", "*:1"}) {
    EXPECT_THAT(std::string(ReadListenAddress(address, Reach::kAnywhere).status().message()),
                AllOf(HasSubstr(address), HasSubstr("give an IP address")));
  }
  for (const char* address :
       {"", "127.0.0.1", ":50051", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:x", "127.0.0.1: 0"}) {
    EXPECT_THAT(std::string(ReadListenAddress(address, Reach::kLoopback).status().message()),
                HasSubstr("is no HOST:PORT"))
        << address;
  }
}

}  // namespace
}  // namespace nosograph::service
