// The REST facade by itself: what needs no connection.
#include "service/rest/facade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "service/release_fragments.h"
#include "service/rest/encoding.h"
#include "tests/content_release.h"

namespace nosograph::rest {
namespace {

using service::HttpRequest;
using service::HttpResponse;
using ::testing::HasSubstr;

class FacadeTest : public ::testing::Test {
 protected:
  HttpResponse Get(const std::string& path, const std::string& query = "") const {
    return MakeFacade(live_, {})(HttpRequest{.method = "GET", .path = path, .query = query});
  }
  void Serve(snapshot::ReleaseSet set) { live_ = std::make_shared<snapshot::LiveReleases>(std::move(set)); }

  std::shared_ptr<snapshot::LiveReleases> live_ = std::make_shared<snapshot::LiveReleases>(snapshot::ReleaseSet());
};

TEST_F(FacadeTest, WithoutAReleaseNothingIsToldOfACode) {
  for (const char* operation : {"CodeSystem/$validate-code", "CodeSystem/$lookup", "CodeSystem/$subsumes",
                                "ValueSet/$expand", "ValueSet/$validate-code"}) {
    const HttpResponse answer =
        Get(absl::StrCat("/r4/", operation), "url=http://hl7.org/fhir/sid/icd-10-cm&code=L94.2");
    EXPECT_EQ(answer.status, 503) << operation;
    EXPECT_THAT(answer.body, HasSubstr("\"code\":\"transient\""));
  }
  EXPECT_EQ(Get("/r4/metadata").status, 200);
  EXPECT_THAT(Get("/r5/CodeSystem").body, HasSubstr("\"total\":0"));
}

TEST_F(FacadeTest, WhatAnExcerptLacksIsNoWrongCode) {
  Serve(snapshot::ReleaseSet({testing::ReleaseOf(testing::Starter())}));
  const std::string scope = "url=http://hl7.org/fhir/sid/icd-10-cm&code=";
  const HttpResponse known = Get("/r4/CodeSystem/$validate-code", scope + "L94.2");
  EXPECT_THAT(known.body, HasSubstr("{\"name\":\"result\",\"valueBoolean\":true}"));
  const HttpResponse unknown = Get("/r4/CodeSystem/$validate-code", scope + "A00.0");
  EXPECT_THAT(unknown.body, HasSubstr("{\"name\":\"result\",\"valueBoolean\":true}"));
  EXPECT_THAT(unknown.body, HasSubstr("UNKNOWN_CODE_IN_FRAGMENT"));
  EXPECT_EQ(Get("/r4/CodeSystem/$lookup", "system=http://hl7.org/fhir/sid/icd-10-cm&code=A00.0").status, 422);
  EXPECT_EQ(Get("/r4/CodeSystem/$subsumes", "system=http://hl7.org/fhir/sid/icd-10-cm&codeA=L94&codeB=A00.0").status,
            422);
}

TEST_F(FacadeTest, AddressesAreThoseThatTheClientAsked) {
  Serve(testing::ContentReleases());
  const auto full_url = [&](const std::string& host, const std::string& proto) {
    return MakeFacade(live_, {})(HttpRequest{.method = "GET",
                                             .path = "/r4/CodeSystem",
                                             .headers = {{"host", host}, {"x-forwarded-proto", proto}}})
        .body;
  };
  EXPECT_THAT(full_url("terminology.example:8080", ""), HasSubstr("\"http://terminology.example:8080/r4/CodeSystem/"));
  EXPECT_THAT(full_url("terminology.example", "https"), HasSubstr("\"https://terminology.example/r4/CodeSystem/"));
  EXPECT_THAT(full_url("\xff\"<", ""), HasSubstr("\"http://localhost/r4/CodeSystem/"));
}

TEST_F(FacadeTest, AnotherReleaseAnswersFromTheNextRequestOn) {
  Serve(testing::ContentReleases());
  const HttpResponse before = Get("/r4/CodeSystem", "url=http://hl7.org/fhir/sid/icd-10-cm");
  model::CodeSystem other = testing::WholeStarter();
  other.version = "2026-10-01";
  live_->Swap(snapshot::ReleaseSet({testing::ReleaseOf(other)}));
  const HttpResponse after = Get("/r4/CodeSystem", "url=http://hl7.org/fhir/sid/icd-10-cm");
  EXPECT_THAT(before.body, HasSubstr("2026-04-01"));
  EXPECT_THAT(after.body, HasSubstr("2026-10-01"));
}

TEST_F(FacadeTest, WhatIsInactiveOrHasAWrongDisplayIsTold) {
  model::CodeSystem system = testing::WholeStarter();
  for (model::Concept& item : system.concepts) {
    if (item.code != "L94.6") continue;
    item.status = model::ConceptStatus::kRetired;
    item.inactive = true;
    item.designations.push_back({.language = "de", .value = "Ainhum-Syndrom"});
  }
  Serve(snapshot::ReleaseSet({testing::ReleaseOf(system)}));
  const std::string scope = "url=http://hl7.org/fhir/sid/icd-10-cm&code=L94.6";
  const HttpResponse retired = Get("/r4/CodeSystem/$validate-code", scope);
  EXPECT_THAT(retired.body, HasSubstr("The concept 'L94.6' has a status of retired and inactive"));
  EXPECT_THAT(retired.body, HasSubstr("{\"name\":\"result\",\"valueBoolean\":true}"));
  EXPECT_THAT(Get("/r4/CodeSystem/$validate-code", scope + "&display=ainhum-syndrom").body,
              HasSubstr("{\"name\":\"result\",\"valueBoolean\":true}"));
  EXPECT_THAT(Get("/r4/CodeSystem/$validate-code", scope + "&display=Ain").body,
              HasSubstr("Valid display is one of 2 choices: 'Ainhum' or 'Ainhum-Syndrom'"));
  EXPECT_THAT(
      Get("/r4/CodeSystem/$lookup", "system=http://hl7.org/fhir/sid/icd-10-cm&code=L94.6&displayLanguage=de").body,
      HasSubstr("{\"name\":\"display\",\"valueString\":\"Ainhum-Syndrom\"}"));
  const std::string german =
      Get("/r4/CodeSystem/$lookup", "system=http://hl7.org/fhir/sid/icd-10-cm&code=L94.6&property=lang.de").body;
  EXPECT_THAT(german, HasSubstr("{\"name\":\"value\",\"valueString\":\"Ainhum-Syndrom\"}"));
  EXPECT_THAT(german, ::testing::Not(HasSubstr("{\"name\":\"value\",\"valueString\":\"Ainhum\"}")));
  EXPECT_THAT(Get("/r4/ValueSet/$expand", "url=http://hl7.org/fhir/sid/icd-10-cm?fhir_vs=isa/L94&activeOnly=true").body,
              ::testing::Not(HasSubstr("L94.6")));
}

TEST_F(FacadeTest, LookupSaysTheSameWithWhatIsWrittenAlready) {
  const snapshot::ReleaseSet set = testing::ContentReleases();
  const auto answers = [&](const snapshot::ReleaseSet& served, const std::string& more) {
    Serve(snapshot::ReleaseSet(served.releases()));
    std::vector<std::string> bodies;
    for (const snapshot::Release& release : set.releases()) {
      for (uint32_t item = 0; item < release.snapshot->concept_count(); ++item) {
        bodies.push_back(Get("/r4/CodeSystem/$lookup", absl::StrCat("system=", release.snapshot->url(),
                                                                    "&code=", release.snapshot->code(item), more))
                             .body);
      }
    }
    return bodies;
  };
  const snapshot::ReleaseSet with = service::WithFragments(set, nullptr);
  const std::vector<std::string> bodies = answers(set, "");
  EXPECT_EQ(answers(with, ""), bodies);
  EXPECT_EQ(answers(with, ""), bodies) << "the second time";
  EXPECT_EQ(answers(with, "&property=excludes1"), answers(set, "&property=excludes1"));
  const std::string notes = ::testing::PrintToString(bodies);
  EXPECT_THAT(notes, HasSubstr("at L")) << "or nothing was handed down";
}

TEST(Encoding, TagsAndGzipAsHeadersSayThem) {
  const std::string tag = TagOf("a");
  EXPECT_NE(tag, TagOf("b"));
  for (const std::string& header : {tag, "\"x\", " + tag, std::string("*"), tag.substr(2)})
    EXPECT_TRUE(TagsHave(header, tag));
  for (const char* header : {"", "\"x\"", "W/"}) EXPECT_FALSE(TagsHave(header, tag)) << header;
  for (const char* header : {"gzip", "deflate, GZIP", "gzip;q=0.1", "*"}) EXPECT_TRUE(AcceptsGzip(header)) << header;
  for (const char* header : {"", "br", "gzip;q=0", "gzip; q=x"}) EXPECT_FALSE(AcceptsGzip(header)) << header;
}

}  // namespace
}  // namespace nosograph::rest
