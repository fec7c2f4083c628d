// The queries over a code system that is no edition of ICD: several parents, inactive and abstract concepts, a
// supplement beside it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "terminology/query/lookup.h"
#include "terminology/query/subsumes.h"
#include "terminology/query/validate_code.h"
#include "tests/content_release.h"

namespace nosograph::query {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kUrl[] = "http://example.org/lung";

snapshot::ReleaseSet Releases() {
  using model::ConceptKind;
  model::CodeSystem system{.url = kUrl, .version = "2"};
  system.properties = {{.code = "weight", .type = model::PropertyType::kDecimal}};
  system.concepts = {{.code = "disease", .kind = ConceptKind::kConcept, .title = "Disease", .abstract = true},
                     {.code = "infection", .kind = ConceptKind::kConcept, .title = "Infection", .parent = 0},
                     {.code = "lung", .kind = ConceptKind::kConcept, .title = "Disease of lung", .parent = 0},
                     {.code = "pneumonia", .kind = ConceptKind::kConcept, .title = "Pneumonia", .parent = 2},
                     {.code = "consumption", .kind = ConceptKind::kConcept, .title = "Consumption", .parent = 2}};
  system.concepts[3].other_parents = {1};
  system.concepts[3].properties = {{.definition = 0, .value = "1.50"}};
  system.concepts[4].inactive = true;
  const auto german = [](const std::string& url, const std::string& version, const std::string& value) {
    model::CodeSystem supplement{.url = url, .version = "1", .supplements = kUrl, .supplements_version = version};
    supplement.concepts = {{.code = "pneumonia", .kind = ConceptKind::kConcept}};
    supplement.concepts[0].designations = {{.language = "de", .value = value}};
    return testing::ReleaseOf(supplement);
  };
  return snapshot::ReleaseSet({testing::ReleaseOf(system), german("http://example.org/de", "", "Lungenentzündung"),
                               german("http://example.org/de-old", "1", "of another version")});
}

class GeneralSystem : public ::testing::Test {
 protected:
  Lookup Ask(absl::string_view code) { return *LookUp(set_, {.system = kUrl, .code = code}); }
  static std::vector<std::string> Codes(const std::vector<ConceptRef>& items) {
    std::vector<std::string> codes;
    for (const ConceptRef& item : items) codes.emplace_back(item.code());
    return codes;
  }
  std::string Verdict(absl::string_view code, Use use = Use::kClaim) {
    const CodeValidator validator(set_, {.system = kUrl, .use = use});
    const Validation validation = validator.Validate(code);
    return absl::StrCat(VerdictName(validation.verdict), " ", ReasonName(validation.reason));
  }
  std::string Relation(absl::string_view a, absl::string_view b) {
    return std::string(RelationName(Subsumes(set_, {.system = kUrl, .code_a = a, .code_b = b})->relation));
  }

  const snapshot::ReleaseSet set_ = Releases();
};

TEST_F(GeneralSystem, AConceptHasAllItsParentsAndIsAChildOfEach) {
  EXPECT_THAT(Codes(Ask("pneumonia").ancestors), ElementsAre("lung", "disease", "infection"));
  EXPECT_THAT(Codes(Ask("infection").children), ElementsAre("pneumonia"));
  EXPECT_THAT(Codes(Ask("lung").children), ElementsAre("pneumonia", "consumption"));
  const Lookup infection = Ask("infection");
  EXPECT_THAT(Codes(infection.scope->Descendants(*infection.item)), ElementsAre("pneumonia"));
  const Lookup all = Ask("disease");
  EXPECT_THAT(Codes(all.scope->Descendants(*all.item)),
              UnorderedElementsAre("infection", "lung", "pneumonia", "consumption"));
}

TEST_F(GeneralSystem, SubsumesThroughEitherParent) {
  EXPECT_EQ(Relation("lung", "pneumonia"), "subsumes");
  EXPECT_EQ(Relation("infection", "pneumonia"), "subsumes");
  EXPECT_EQ(Relation("pneumonia", "infection"), "subsumed-by");
  EXPECT_EQ(Relation("infection", "consumption"), "not-subsumed");
}

TEST_F(GeneralSystem, NothingIsAHeaderWhereNothingIsBillable) {
  EXPECT_EQ(Verdict("lung"), "VALID ");
  EXPECT_EQ(Verdict("pneumonia"), "VALID ");
  EXPECT_EQ(Verdict("consumption"), "INVALID INACTIVE");
  EXPECT_EQ(Verdict("consumption", Use::kTerminology), "VALID INACTIVE");
  EXPECT_EQ(Verdict("disease"), "INVALID ABSTRACT");
  EXPECT_EQ(Verdict("disease", Use::kTerminology), "VALID ABSTRACT");
  const CodeValidator validator(set_, {.system = kUrl});
  EXPECT_THAT(Codes(validator.Repairs(validator.Validate("disease"), 9)),
              ElementsAre("infection", "lung", "pneumonia"));
}

TEST_F(GeneralSystem, TheFormOfItsCodesSaysNothing) {
  EXPECT_EQ(Verdict("lungs"), "INVALID UNKNOWN_CODE");
  EXPECT_EQ(Verdict("LUNG"), "INVALID UNKNOWN_CODE");
  const CodeValidator validator(set_, {.system = kUrl});
  EXPECT_THAT(Codes(validator.Repairs(validator.Validate("lungs"), 9)), IsEmpty());
  const absl::StatusOr<Resolution> resolution = Resolve(set_, {.code = "lungs"});
  ASSERT_TRUE(resolution.ok());
  EXPECT_EQ(resolution->outcome, Outcome::kUnknown) << "'lung' is no parent of 'lungs'";
  EXPECT_TRUE(Resolve(set_, {.code = "lung"})->issues.empty());
}

TEST_F(GeneralSystem, CaseSaysNothingWhereTheSystemSaysSo) {
  model::CodeSystem system{.url = "http://example.org/any-case", .version = "1", .case_sensitive = false};
  system.concepts = {{.code = "Abc", .kind = model::ConceptKind::kConcept}};
  const snapshot::ReleaseSet set({testing::ReleaseOf(system)});
  const CodeValidator validator(set, {});
  EXPECT_EQ(validator.Validate("aBC").verdict, query::Verdict::kValid);
  EXPECT_EQ(validator.Validate("aBC").canonical, "Abc");
  EXPECT_TRUE(validator.Validate("aBC").normalized);
  EXPECT_EQ(validator.Validate("abd").verdict, query::Verdict::kInvalid);
  const CodeValidator strict(set, {.form = Form::kStrict});
  EXPECT_EQ(strict.Validate("aBC").reason, Reason::kNotCanonical);
}

TEST_F(GeneralSystem, ASupplementIsNoSystemToAskFor) {
  const absl::Status status = Resolve(set_, {.system = "http://example.org/de", .code = "pneumonia"}).status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("ask with system http://example.org/lung"));
  const snapshot::ReleaseSet alone({set_.releases().back()});
  EXPECT_TRUE(absl::IsNotFound(Resolve(alone, {.code = "pneumonia"}).status()));
  EXPECT_EQ(CodeValidator(alone, {}).Validate("pneumonia").verdict, query::Verdict::kUndetermined);
}

TEST_F(GeneralSystem, AnExcerptOfAnotherSystemHidesNoWrongCode) {
  model::CodeSystem excerpt{.url = "http://example.org/excerpt", .version = "1", .fragment = true};
  excerpt.concepts = {{.code = "x", .kind = model::ConceptKind::kConcept}};
  model::CodeSystem icd = testing::Starter();
  icd.fragment = false;
  const snapshot::ReleaseSet set({testing::ReleaseOf(icd), testing::ReleaseOf(excerpt)});
  const CodeValidator validator(set, {});
  EXPECT_EQ(validator.Validate("L94.29").reason, Reason::kUnknownCode);
  EXPECT_EQ(validator.Validate("x").verdict, query::Verdict::kValid);
  EXPECT_EQ(validator.Validate("yy").verdict, query::Verdict::kUndetermined) << "it may be in what is left out";
  EXPECT_EQ(Subsumes(set, {.system = excerpt.url, .code_a = "x", .code_b = "y"})->relation, Relation::kUndetermined);
}

TEST_F(GeneralSystem, WithoutDaysOfValidityNothingIsRetired) {
  model::CodeSystem older{.url = "http://example.org/undated", .version = "1"};
  older.concepts = {{.code = "a", .kind = model::ConceptKind::kConcept}};
  model::CodeSystem newer = older;
  newer.version = "2";
  newer.concepts[0].code = "b";
  snapshot::Release second = testing::ReleaseOf(newer);
  second.active = false;
  const snapshot::ReleaseSet set({testing::ReleaseOf(older), second});
  EXPECT_EQ(CodeValidator(set, {}).Validate("b").reason, Reason::kUnknownCode);
  EXPECT_EQ((*set.Select(older.url, {.date = "2020-01-01"}))->snapshot->version(), "1") << "the active one";
}

TEST_F(GeneralSystem, ASupplementAddsNamesAndSaysThatItDoes) {
  const Lookup lookup = Ask("pneumonia");
  ASSERT_EQ(lookup.designations.size(), 1u) << "that for another version has no part in it";
  EXPECT_EQ(lookup.designations[0].designation.value, "Lungenentzündung");
  EXPECT_EQ(lookup.designations[0].source->snapshot->url(), "http://example.org/de");
  ASSERT_EQ(lookup.properties.size(), 1u);
  EXPECT_EQ(lookup.properties[0].property.value, "1.50") << "a decimal keeps its digits";
  EXPECT_EQ(lookup.properties[0].property.definition.type, model::PropertyType::kDecimal);
  EXPECT_EQ(lookup.item->snapshot().url(), kUrl) << "a supplement defines no concept";
}

}  // namespace
}  // namespace nosograph::query
