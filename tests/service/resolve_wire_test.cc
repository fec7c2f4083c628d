// The short way must answer byte for byte as the messages do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "service/grpc/reply_fragments.h"
#include "service/grpc/terminology_service.h"
#include "service/release_fragments.h"
#include "terminology/import/fhir_code_system.h"
#include "tests/content_release.h"
#include "tests/data_files.h"

namespace nosograph::service {
namespace {

using testing::ReleaseOf;

// A code system with several parents, definitions, designations and a concept that is retired.
constexpr char kGraph[] = R"({"resourceType":"CodeSystem","url":"urn:graph","version":"1","status":"active",
  "content":"complete","hierarchyMeaning":"is-a","property":[{"code":"parent","type":"code"}],"concept":[
  {"code":"top","display":"Top","definition":"The top"},
  {"code":"left","display":"Left","property":[{"code":"parent","valueCode":"top"}]},
  {"code":"right","display":"Right","property":[{"code":"parent","valueCode":"top"}]},
  {"code":"both","display":"Both","designation":[{"language":"de","value":"Beide"}],
   "property":[{"code":"parent","valueCode":"left"},{"code":"parent","valueCode":"right"}]}]})";

snapshot::ReleaseSet SetOf(std::vector<snapshot::Release> releases) {
  testing::TemporaryFolder folder;
  testing::WriteFile(folder / "graph.json", kGraph);
  const absl::StatusOr<model::CodeSystem> graph = import::ImportFhirCodeSystem(folder / "graph.json");
  EXPECT_TRUE(graph.ok()) << graph.status();
  releases.push_back(ReleaseOf(*graph));
  return WithFragments(snapshot::ReleaseSet(std::move(releases)), nullptr);
}

std::vector<std::string> CodesOf(const snapshot::ReleaseSet& set) {
  std::vector<std::string> codes;
  for (const snapshot::Release& release : set.releases()) {
    for (uint32_t i = 0; i < release.snapshot->concept_count(); ++i) {
      codes.emplace_back(release.snapshot->code(i));
    }
  }
  return codes;
}

// Nothing where both agree.
void ExpectSame(const TerminologyHandlers& handlers, const v1::ResolveRequest& request) {
  v1::ResolveResponse message;
  WireReply wire;
  const absl::Status by_message = handlers.resolve({}, request, &message);
  const absl::Status by_wire = handlers.resolve_wire({}, request, &wire);
  ASSERT_EQ(by_wire.code(), by_message.code()) << request.ShortDebugString();
  ASSERT_EQ(by_wire.message(), by_message.message()) << request.ShortDebugString();
  if (!by_message.ok()) return;
  ASSERT_TRUE(wire.str() == message.SerializeAsString()) << request.ShortDebugString();
  v1::ResolveStreamResponse of_stream;
  WireReply stream;
  ASSERT_TRUE(handlers.resolve_in_stream({}, request, &of_stream).ok());
  ASSERT_TRUE(handlers.resolve_in_stream_wire({}, request, &stream).ok());
  ASSERT_TRUE(stream.str() == of_stream.SerializeAsString()) << request.ShortDebugString();
}

void ExpectSame(const TerminologyHandlers& handlers, const v1::ResolveBatchRequest& request) {
  v1::ResolveBatchResponse message;
  WireReply wire;
  ASSERT_TRUE(handlers.resolve_batch({}, request, &message).ok());
  ASSERT_TRUE(handlers.resolve_batch_wire({}, request, &wire).ok());
  ASSERT_TRUE(wire.str() == message.SerializeAsString()) << request.codes(0);
}

void ExpectSameForAll(snapshot::ReleaseSet set) {
  const std::vector<std::string> codes = CodesOf(set);
  const TerminologyHandlers handlers =
      MakeTerminologyHandlers(std::make_shared<const snapshot::LiveReleases>(std::move(set)), {});
  v1::ResolveBatchRequest batch;
  for (const std::string& code : codes) {
    v1::ResolveRequest request;
    request.set_code(code);
    ExpectSame(handlers, request);
    if (::testing::Test::HasFatalFailure()) return;
    batch.add_codes(code);
    if (batch.codes_size() < 999) continue;
    batch.add_codes("L94.21");
    ExpectSame(handlers, batch);
    if (::testing::Test::HasFatalFailure()) return;
    batch.Clear();
  }
}

TEST(ResolveWire, AnswersEveryCodeOfTheContentAsTheMessagesDo) {
  ExpectSameForAll(SetOf({ReleaseOf(testing::WholeStarter(), "2026-04-01"), ReleaseOf(testing::Dermatology())}));
}

TEST(ResolveWire, AnswersEveryCodeOfIcd10CmAsTheMessagesDo) {
  testing::DataFiles files;
  const std::optional<std::string> path = files.Find(testing::kTabular2026);
  if (!path) GTEST_SKIP() << testing::DataFiles::HowToGet(testing::kTabular2026);
  const absl::StatusOr<model::CodeSystem> system = import::ImportIcd10CmTabular(*path, "2026-04-01");
  ASSERT_TRUE(system.ok()) << system.status();
  ExpectSameForAll(SetOf({ReleaseOf(*system, "2026-04-01"), ReleaseOf(testing::Dermatology())}));
}

// The heaviest batch that there is stays under what clients take.
TEST(ResolveWire, ThousandHeaviestCodesOfIcd10CmStayUnderFourMegabytes) {
  testing::DataFiles files;
  const std::optional<std::string> path = files.Find(testing::kTabular2026);
  if (!path) GTEST_SKIP() << testing::DataFiles::HowToGet(testing::kTabular2026);
  const absl::StatusOr<model::CodeSystem> system = import::ImportIcd10CmTabular(*path, "2026-04-01");
  ASSERT_TRUE(system.ok()) << system.status();
  snapshot::ReleaseSet set = SetOf({ReleaseOf(*system, "2026-04-01"), ReleaseOf(testing::Dermatology())});
  const std::vector<std::string> codes = CodesOf(set);
  const TerminologyHandlers handlers =
      MakeTerminologyHandlers(std::make_shared<const snapshot::LiveReleases>(std::move(set)), {});
  std::vector<std::pair<size_t, std::string>> by_size;
  for (const std::string& code : codes) {
    v1::ResolveBatchRequest one;
    one.add_codes(code);
    WireReply reply;
    ASSERT_TRUE(handlers.resolve_batch_wire({}, one, &reply).ok());
    by_size.emplace_back(reply.str().size(), code);
  }
  std::sort(by_size.rbegin(), by_size.rend());
  v1::ResolveBatchRequest heaviest;
  for (int i = 0; i < 1000; ++i) heaviest.add_codes(by_size[static_cast<size_t>(i)].second);
  WireReply reply;
  ASSERT_TRUE(handlers.resolve_batch_wire({}, heaviest, &reply).ok());
  EXPECT_LT(reply.str().size(), size_t{4} << 20);
}

TEST(ResolveWire, AnswersWhatIsAskedInOtherWaysAsTheMessagesDo) {
  snapshot::Release older = ReleaseOf(testing::WholeStarter(), "2025-10-01");
  older.active = false;
  older.valid_to = "2026-03-31";
  older.id = "older";
  snapshot::ReleaseSet set =
      SetOf({ReleaseOf(testing::WholeStarter(), "2026-04-01"), older, ReleaseOf(testing::Dermatology())});
  const TerminologyHandlers handlers =
      MakeTerminologyHandlers(std::make_shared<const snapshot::LiveReleases>(std::move(set)), {});
  for (const char* code : {"L94.2", "L94.21", "l942", "L94", "chapter-12", "S72.001A", "S72.001", "L94.29", "banana",
                           "", "both", "top", "TOP", "Ménière", "a b"}) {
    for (const char* system : {"", testing::kIcd10Cm, testing::kDermatology, "urn:graph", "urn:none",
                               "http://hl7.org/fhir/sid/icd-10-cm|2026-04-01"}) {
      for (const char* date : {"", "2026-01-01", "2026-05-01", "1999-01-01", "never"}) {
        for (int form : {0, 1, 2, 9}) {
          v1::ResolveRequest request;
          request.set_code(code);
          request.set_system(system);
          if (*date != '\0') request.mutable_release()->set_date(date);
          request.set_form(static_cast<v1::Form>(form));
          ExpectSame(handlers, request);
          request.set_on_miss(v1::ON_MISS_UNKNOWN);
          ExpectSame(handlers, request);
        }
      }
    }
  }
  v1::ResolveRequest long_code;
  long_code.set_code(std::string(65, 'A'));
  ExpectSame(handlers, long_code);
}

// A thread keeps what it worked out for a set, which must not outlive it.
TEST(ResolveWire, FollowsASwap) {
  const auto live = std::make_shared<snapshot::LiveReleases>(SetOf({ReleaseOf(testing::WholeStarter(), "2026-04-01")}));
  const TerminologyHandlers handlers = MakeTerminologyHandlers(live, {});
  v1::ResolveRequest request;
  request.set_code("L94.2");
  const auto id = [&] {
    WireReply reply;
    EXPECT_TRUE(handlers.resolve_wire({}, request, &reply).ok());
    v1::ResolveResponse response;
    EXPECT_TRUE(response.ParseFromString(reply.str()));
    return response.release().id();
  };
  for (const char* name : {"a", "b", "a"}) {
    snapshot::Release release = ReleaseOf(testing::WholeStarter(), "2026-04-01");
    release.id = name;
    live->Swap(SetOf({release}));
    EXPECT_EQ(id(), name);
  }
}

TEST(ReplyFragments, AreMadeOnceHoweverManyThreadsAsk) {
  const snapshot::ReleaseSet set = SetOf({ReleaseOf(testing::WholeStarter(), "2026-04-01")});
  const ReplyFragments& fragments = *ReplyFragments::Of(*set.Active(testing::kIcd10Cm));
  const uint32_t count = fragments.snapshot().concept_count();
  std::vector<std::vector<const ReplyFragment*>> seen(8);
  std::vector<std::thread> threads;
  for (auto& mine : seen) {
    threads.emplace_back([&] {
      for (uint32_t item = 0; item < count; ++item) mine.push_back(&fragments.Get(item));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& other : seen) EXPECT_EQ(other, seen[0]);
  // A set that holds the same snapshots keeps their fragments.
  const snapshot::ReleaseSet next = WithFragments(snapshot::ReleaseSet(set.releases()), &set);
  EXPECT_EQ(ReplyFragments::Of(*next.Active(testing::kIcd10Cm)), &fragments);
}

}  // namespace
}  // namespace nosograph::service
