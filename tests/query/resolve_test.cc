#include "terminology/query/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/content_release.h"

namespace nosograph::query {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kDermatology;
using testing::kIcd10Cm;

class ResolveTest : public ::testing::Test {
 protected:
  Resolution Ask(const ResolveQuery& query) {
    absl::StatusOr<Resolution> resolution = Resolve(set_, query);
    EXPECT_TRUE(resolution.ok()) << resolution.status();
    return resolution.ok() ? *std::move(resolution) : Resolution();
  }
  absl::Status Error(const ResolveQuery& query) { return Resolve(set_, query).status(); }

  static std::vector<std::string> Codes(const std::vector<ConceptRef>& items) {
    std::vector<std::string> codes;
    for (const ConceptRef& item : items) codes.emplace_back(item.code());
    return codes;
  }
  static std::string CodeOf(const std::optional<ConceptRef>& item) { return item ? std::string(item->code()) : ""; }

  // Every issue names field, value and remedy.
  static void ExpectIssue(const Resolution& resolution, IssueKind kind) {
    for (const Issue& issue : resolution.issues) {
      EXPECT_EQ(issue.field, "code");
      EXPECT_LE(issue.value.size(), 64u);
      EXPECT_FALSE(issue.message.empty());
      EXPECT_FALSE(issue.remedy.empty());
      if (issue.kind == kind) return;
    }
    ADD_FAILURE() << "no issue of kind " << static_cast<int>(kind);
  }

  const snapshot::ReleaseSet set_ = testing::ContentReleases();
};

TEST_F(ResolveTest, PublishedCodeIsExact) {
  const Resolution resolution = Ask({.code = "L94.2"});
  EXPECT_EQ(resolution.outcome, Outcome::kExact);
  EXPECT_EQ(CodeOf(resolution.matched), "L94.2");
  EXPECT_EQ(resolution.matched->title(), "Calcinosis cutis");
  EXPECT_EQ(CodeOf(resolution.billable), "L94.2");
  EXPECT_THAT(Codes(resolution.ancestors), ElementsAre("L94", "L80-L99", "chapter-12"));
  EXPECT_FALSE(resolution.knowledge) << "what is known of a code below is not this code's";
  EXPECT_EQ(resolution.release->snapshot->version(), "2026-04-01");
  EXPECT_TRUE(resolution.issues.empty());
}

TEST_F(ResolveTest, ExtensionCodeNamesThePublishedOneToBill) {
  for (const char* system : {"", kIcd10Cm, kDermatology, "urn:oid:2.16.840.1.113883.6.90"}) {
    SCOPED_TRACE(system);
    const Resolution resolution = Ask({.system = system, .code = "L94.21"});
    EXPECT_EQ(resolution.outcome, Outcome::kExtension);
    EXPECT_EQ(CodeOf(resolution.matched), "L94.21");
    EXPECT_EQ(resolution.matched->snapshot().url(), kDermatology) << "never shown as a code of ICD-10-CM";
    EXPECT_FALSE(resolution.matched->billable());
    EXPECT_EQ(CodeOf(resolution.billable), "L94.2");
    EXPECT_THAT(Codes(resolution.ancestors), ElementsAre("L94.2", "L94", "L80-L99", "chapter-12"));
    EXPECT_EQ(CodeOf(resolution.knowledge), "L94.21");
    EXPECT_FALSE(resolution.knowledge_inherited);
    EXPECT_EQ(resolution.extensions.size(), 1u);
    ExpectIssue(resolution, IssueKind::kExtensionCode);
  }
}

TEST_F(ResolveTest, CodeThatThereIsNotFallsBackToItsParent) {
  const Resolution resolution = Ask({.code = "L94.29"});
  EXPECT_EQ(resolution.outcome, Outcome::kParentFallback);
  EXPECT_FALSE(resolution.matched);
  EXPECT_EQ(CodeOf(resolution.fallback), "L94.2");
  EXPECT_EQ(CodeOf(resolution.billable), "L94.2");
  EXPECT_THAT(Codes(resolution.ancestors), ElementsAre("L94", "L80-L99", "chapter-12"));
  ExpectIssue(resolution, IssueKind::kNotFound);
}

TEST_F(ResolveTest, CodeThatThereIsNotIsUnknownWhereSoAsked) {
  const Resolution resolution = Ask({.code = "L94.29", .on_miss = OnMiss::kUnknown});
  EXPECT_EQ(resolution.outcome, Outcome::kUnknown);
  EXPECT_FALSE(resolution.fallback);
  EXPECT_FALSE(resolution.billable);
  EXPECT_TRUE(resolution.ancestors.empty());
  ExpectIssue(resolution, IssueKind::kNotFound);
  EXPECT_THAT(resolution.issues.front().remedy, HasSubstr("L94.2 (Calcinosis cutis)"));
}

TEST_F(ResolveTest, BelowAnExtensionCodeFallbackInheritsItsKnowledge) {
  const Resolution resolution = Ask({.code = "L94.211"});
  EXPECT_EQ(resolution.outcome, Outcome::kParentFallback);
  EXPECT_EQ(CodeOf(resolution.fallback), "L94.21");
  EXPECT_EQ(CodeOf(resolution.billable), "L94.2");
  EXPECT_EQ(CodeOf(resolution.knowledge), "L94.21");
  EXPECT_TRUE(resolution.knowledge_inherited) << "never shown as the code's own";
}

TEST_F(ResolveTest, WhatIsNoCodeIsUnknownUnderEitherPolicy) {
  for (const char* code : {"banana", "", " ", "42", "I10 E11", "\xff\xfe", "L94.2\x01"}) {
    for (const OnMiss on_miss : {OnMiss::kParentFallback, OnMiss::kUnknown}) {
      SCOPED_TRACE(code);
      const Resolution resolution = Ask({.code = code, .on_miss = on_miss});
      EXPECT_EQ(resolution.outcome, Outcome::kUnknown);
      EXPECT_FALSE(resolution.fallback);
      ExpectIssue(resolution, IssueKind::kMalformed);
    }
  }
}

TEST_F(ResolveTest, CategoryThatThereIsNotHasNoAncestor) {
  EXPECT_EQ(Ask({.code = "X99.9"}).outcome, Outcome::kUnknown);
}

TEST_F(ResolveTest, HeaderIsExactAndNotBillable) {
  const Resolution resolution = Ask({.code = "S72.001"});
  EXPECT_EQ(resolution.outcome, Outcome::kExact);
  EXPECT_FALSE(resolution.billable);
  ExpectIssue(resolution, IssueKind::kNotBillable);
  EXPECT_THAT(resolution.issues.front().remedy, HasSubstr("S72.001A"));
}

TEST_F(ResolveTest, MadeCodeStandsBelowTheCodeThatWasPadded) {
  const Resolution resolution = Ask({.code = "S72.001A"});
  EXPECT_EQ(resolution.outcome, Outcome::kExact);
  EXPECT_THAT(Codes(resolution.ancestors), ElementsAre("S72.001", "S72.00", "S72.0", "S72", "S70-S79", "chapter-19"));
  EXPECT_EQ(CodeOf(resolution.billable), "S72.001A");
}

TEST_F(ResolveTest, BlocksAndChaptersAreConcepts) {
  EXPECT_THAT(Codes(Ask({.code = "L80-L99"}).ancestors), ElementsAre("chapter-12"));
  EXPECT_EQ(Ask({.code = "chapter-12"}).outcome, Outcome::kExact);
}

TEST_F(ResolveTest, LenientFormReadsOtherWaysToWriteACode) {
  for (const char* code : {"l94.21", "L9421", " L94.21 ", "l 94 21",
                           "\xEF\xBC\xAC"
                           "94.21"}) {
    SCOPED_TRACE(code);
    const Resolution resolution = Ask({.code = code});
    EXPECT_EQ(resolution.outcome, Outcome::kExtension);
    EXPECT_EQ(resolution.normalized, "L94.21");
    ExpectIssue(resolution, IssueKind::kNotCanonical);
  }
  EXPECT_EQ(Ask({.code = "L94.2"}).normalized, "") << "nothing was normalized";
}

TEST_F(ResolveTest, StrictFormNamesTheCanonicalOne) {
  const Resolution resolution = Ask({.code = "l9421", .form = Form::kStrict});
  EXPECT_EQ(resolution.outcome, Outcome::kUnknown);
  EXPECT_EQ(resolution.normalized, "");
  ExpectIssue(resolution, IssueKind::kNotCanonical);
  EXPECT_THAT(resolution.issues.front().remedy, HasSubstr("write L94.21"));
  EXPECT_EQ(Ask({.code = "L94.21", .form = Form::kStrict}).outcome, Outcome::kExtension);
}

TEST_F(ResolveTest, PublishedCodeIsNoCodeOfTheExtension) {
  const Resolution resolution = Ask({.system = kDermatology, .code = "L94.2"});
  EXPECT_EQ(resolution.outcome, Outcome::kUnknown);
  ExpectIssue(resolution, IssueKind::kWrongSystem);
}

TEST_F(ResolveTest, LongCodeIsRefusedWithAnExcerpt) {
  EXPECT_EQ(Ask({.code = std::string(64, 'A')}).outcome, Outcome::kUnknown);
  const std::string megabyte(1 << 20, 'A');
  const absl::Status status = Error({.code = megabyte});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("code: 'AAA"), HasSubstr("1048576 bytes")));
  EXPECT_LT(status.message().size(), 250u);
}

TEST_F(ResolveTest, SystemsAndReleasesThatAreNotLoadedAreErrors) {
  const absl::Status system = Error({.system = "http://snomed.info/sct", .code = "L94.2"});
  EXPECT_EQ(system.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(system.message()), AllOf(HasSubstr("system: 'http://snomed.info/sct'"), HasSubstr(kIcd10Cm)));
  const absl::Status version = Error({.code = "L94.2", .release = {.version = "2019-10-01"}});
  EXPECT_EQ(version.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(version.message()), HasSubstr("loaded: 2026-04-01 (valid from 2026-04-01)"));
  EXPECT_EQ(Ask({.code = "L94.2", .release = {.version = "2026-04-01"}}).outcome, Outcome::kExact);
}

TEST_F(ResolveTest, ReleaseMustBeValidOnTheDate) {
  EXPECT_EQ(Ask({.code = "L94.2", .release = {.date = "2026-05-17"}}).outcome, Outcome::kExact);
  EXPECT_EQ(Error({.code = "L94.2", .release = {.date = "2026-03-31"}}).code(), absl::StatusCode::kNotFound);
  for (const char* date : {"2026-02-30", "yesterday", "2026-4-1", "02026-04-01"}) {
    EXPECT_EQ(Error({.code = "L94.2", .release = {.date = date}}).code(), absl::StatusCode::kInvalidArgument) << date;
  }
}

TEST(ResolveWithoutPublishedRelease, ExtensionAnswersAloneAndSaysWhatIsMissing) {
  const snapshot::ReleaseSet set({testing::ReleaseOf(testing::Dermatology())});
  const absl::StatusOr<Resolution> resolution = Resolve(set, {.code = "l94.21"});
  ASSERT_TRUE(resolution.ok()) << resolution.status();
  EXPECT_EQ(resolution->outcome, Outcome::kExtension);
  EXPECT_FALSE(resolution->billable);
  EXPECT_EQ(resolution->issues.back().kind, IssueKind::kParentMissing);
}

TEST(ResolveWithoutPublishedRelease, WhatItWouldTellIsNotKnown) {
  const snapshot::ReleaseSet set({testing::ReleaseOf(testing::Dermatology())});
  const absl::StatusOr<Resolution> resolution = Resolve(set, {.code = "L94.3"});
  ASSERT_TRUE(resolution.ok()) << resolution.status();
  EXPECT_EQ(resolution->outcome, Outcome::kUnknown);
  EXPECT_EQ(resolution->issues.back().kind, IssueKind::kNotLoaded);
}

TEST(ResolveInAnExcerpt, WhatIsNotInItCannotBeTold) {
  const snapshot::ReleaseSet set({testing::ReleaseOf(testing::Starter())});
  const absl::StatusOr<Resolution> resolution = Resolve(set, {.code = "E11.9"});
  ASSERT_TRUE(resolution.ok()) << resolution.status();
  EXPECT_EQ(resolution->outcome, Outcome::kUnknown);
  EXPECT_EQ(resolution->issues.back().kind, IssueKind::kNotLoaded);
  EXPECT_THAT(resolution->issues.back().remedy, HasSubstr("import the whole list"));
}

TEST_F(ResolveTest, SystemMayCarryTheVersion) {
  EXPECT_EQ(Ask({.system = "http://hl7.org/fhir/sid/icd-10-cm|2026-04-01", .code = "L94.2"}).outcome, Outcome::kExact);
  EXPECT_EQ(Error({.system = "http://hl7.org/fhir/sid/icd-10-cm|2019", .code = "L94.2"}).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(ResolveTest, DateHoldsForWhatAnExtensionStandsUnder) {
  EXPECT_EQ(Error({.system = kDermatology, .code = "L94.21", .release = {.date = "1900-01-01"}}).code(),
            absl::StatusCode::kNotFound);
}

TEST(ResolveWithoutRelease, IsAnError) {
  EXPECT_EQ(Resolve(snapshot::ReleaseSet(), {.code = "L94.2"}).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace nosograph::query
