#include "terminology/query/validate_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/content_release.h"

namespace nosograph::query {
namespace {

using ::testing::HasSubstr;
using testing::kDermatology;
using testing::kIcd10Cm;

// "INVALID HEADER [L94.0 L94.1]": verdict, reason, up to three repairs.
std::string Told(const CodeValidator& validator, absl::string_view code) {
  const Validation validation = validator.Validate(code);
  std::string told(VerdictName(validation.verdict));
  if (validation.reason != Reason::kNone) absl::StrAppend(&told, " ", ReasonName(validation.reason));
  if (validation.normalized) absl::StrAppend(&told, " as ", validation.canonical);
  std::vector<absl::string_view> repairs;
  for (const ConceptRef& repair : validator.Repairs(validation, 3)) repairs.push_back(repair.code());
  if (!repairs.empty()) absl::StrAppend(&told, " [", absl::StrJoin(repairs, " "), "]");
  // What is not plainly valid is explained, with what to do.
  const CodeValidator::Explanation explanation = validator.Explain(code, validation);
  const bool plain = validation.reason == Reason::kNone && !validation.normalized;
  EXPECT_EQ(explanation.message.empty(), plain) << code;
  EXPECT_EQ(explanation.remedy.empty(), plain) << code;
  EXPECT_LT(explanation.message.size(), 600u);
  return told;
}

class ValidateCode : public ::testing::Test {
 protected:
  std::string Told(absl::string_view code, const ValidateOptions& options = {}) {
    return query::Told(CodeValidator(set_, options), code);
  }

  const snapshot::ReleaseSet set_ = testing::ContentReleases();
};

TEST_F(ValidateCode, BillableCodeIsValid) {
  EXPECT_EQ(Told("L94.2"), "VALID");
  EXPECT_EQ(Told("S72.001A"), "VALID");
  EXPECT_TRUE(CodeValidator(set_, {}).Validate("L94.2").billable());
}

TEST_F(ValidateCode, ExtensionCodeNeedsItsPublishedParent) {
  model::CodeSystem without = testing::Starter();
  for (model::Concept& item : without.concepts) {
    if (item.code == "L94.2") item.code = "L94.7";
  }
  without.fragment = false;
  const snapshot::ReleaseSet set({testing::ReleaseOf(without), testing::ReleaseOf(testing::Dermatology())});
  EXPECT_EQ(query::Told(CodeValidator(set, {}), "L94.21"), "INVALID PARENT_MISSING");
  without.fragment = true;
  const snapshot::ReleaseSet excerpt({testing::ReleaseOf(without), testing::ReleaseOf(testing::Dermatology())});
  EXPECT_EQ(query::Told(CodeValidator(excerpt, {}), "L94.21"), "UNDETERMINED NOT_LOADED");
}

TEST_F(ValidateCode, BeginningOfACodeNamesCodes) {
  EXPECT_EQ(Told("L9"), "INVALID MALFORMED [L94.0 L94.1 L94.2]");
  EXPECT_EQ(Told(" l"), "INVALID MALFORMED [L94.0 L94.1 L94.2]");
  EXPECT_EQ(Told("--"), "INVALID MALFORMED");
}

TEST_F(ValidateCode, UnderAnExtensionsOwnSystemItsCodesAreNamed) {
  EXPECT_EQ(Told("L94.22", {.system = kDermatology}), "INVALID UNKNOWN_CODE [L94.21]");
  EXPECT_EQ(Told("S72", {.system = kDermatology}), "INVALID WRONG_SYSTEM");
}

TEST_F(ValidateCode, HeaderNamesWhatToBill) {
  EXPECT_EQ(Told("L94"), "INVALID HEADER [L94.0 L94.1 L94.2]");
  EXPECT_EQ(Told("L80-L99"), "INVALID HEADER [L94.0 L94.1 L94.2]");
  EXPECT_EQ(Told("L94", {.use = Use::kTerminology}), "VALID");
}

TEST_F(ValidateCode, SeventhCharacters) {
  EXPECT_EQ(Told("S72.001"), "INVALID SEVENTH_CHARACTER_MISSING [S72.001A S72.001B S72.001C]");
  EXPECT_EQ(Told("S72.001X"), "INVALID SEVENTH_CHARACTER_WRONG [S72.001A S72.001B S72.001C]");
  EXPECT_EQ(Told("S72.001AA"), "INVALID UNKNOWN_CODE [S72.001A]");
}

TEST(ValidateCodePlaceholder, IsNamedWhereItIsMissing) {
  model::CodeSystem system{.url = kIcd10Cm, .version = "2026-04-01"};
  system.concepts.push_back({.code = "W21", .kind = model::ConceptKind::kCategory, .title = "Struck"});
  system.concepts.push_back({.code = "W21.9", .title = "Unspecified", .parent = 0});
  system.concepts.push_back(
      {.code = "W21.9XXA", .title = "Initial", .parent = 1, .billable = true, .seventh_character = true});
  system.concepts.push_back(
      {.code = "W21.9XXD", .title = "Subsequent", .parent = 1, .billable = true, .seventh_character = true});
  const snapshot::ReleaseSet set({testing::ReleaseOf(system)});
  const CodeValidator validator(set, {});
  EXPECT_EQ(Told(validator, "W21.9A"), "INVALID PLACEHOLDER_MISSING [W21.9XXA]");
  EXPECT_EQ(Told(validator, "W21.9XD"), "INVALID PLACEHOLDER_MISSING [W21.9XXD]");
  EXPECT_EQ(Told(validator, "w219a"), "INVALID PLACEHOLDER_MISSING as W21.9A [W21.9XXA]");
  EXPECT_EQ(Told(validator, "W21.9XXQ"), "INVALID SEVENTH_CHARACTER_WRONG [W21.9XXA W21.9XXD]");
  EXPECT_EQ(Told(validator, "W21.9Q"), "INVALID UNKNOWN_CODE [W21.9XXA W21.9XXD]");
  for (const char* code : {"W21.9", "W21.9X", "W21.9XX"}) {
    EXPECT_EQ(Told(validator, code), "INVALID SEVENTH_CHARACTER_MISSING [W21.9XXA W21.9XXD]") << code;
  }
  EXPECT_EQ(Told(validator, "W21.9XXAA"), "INVALID UNKNOWN_CODE [W21.9XXA]");
}

TEST_F(ValidateCode, ExtensionCodeIsValidUnderItsOwnNameAlone) {
  EXPECT_EQ(Told("L94.21"), "VALID EXTENSION_CODE [L94.2]");
  EXPECT_EQ(Told("L94.21", {.system = kDermatology}), "VALID EXTENSION_CODE [L94.2]");
  EXPECT_EQ(Told("L94.21", {.system = kIcd10Cm}), "INVALID EXTENSION_CODE [L94.2]");
  EXPECT_EQ(Told("L94.2", {.system = kDermatology}), "INVALID WRONG_SYSTEM");
}

TEST_F(ValidateCode, FormIsReadOrRefused) {
  EXPECT_EQ(Told("l942"), "VALID as L94.2");
  EXPECT_EQ(Told(" L94.2"), "VALID as L94.2");
  EXPECT_EQ(Told("l942", {.form = Form::kStrict}), "INVALID NOT_CANONICAL [L94.2]");
  EXPECT_EQ(Told("l94", {.form = Form::kStrict}), "INVALID NOT_CANONICAL [L94.0 L94.1 L94.2]");
  EXPECT_EQ(Told("l9429", {.form = Form::kStrict}), "INVALID NOT_CANONICAL [L94.2]");
}

TEST_F(ValidateCode, SystemWithAVersionThatContradictsTheOneAskedIsUndetermined) {
  EXPECT_EQ(Told("L94.2", {.system = "http://hl7.org/fhir/sid/icd-10-cm|2026-04-01"}), "VALID");
  EXPECT_EQ(
      Told("L94.2", {.system = "http://hl7.org/fhir/sid/icd-10-cm|2026-04-01", .release = {.version = "2021-01-01"}}),
      "UNDETERMINED NOT_LOADED");
}

TEST_F(ValidateCode, UnknownAndMalformed) {
  EXPECT_EQ(Told("L94.29"), "INVALID UNKNOWN_CODE [L94.2]");
  EXPECT_EQ(Told("L99.9"), "INVALID UNKNOWN_CODE");
  EXPECT_EQ(Told("banana"), "INVALID MALFORMED");
  EXPECT_EQ(Told(""), "INVALID MALFORMED");
  EXPECT_EQ(Told("\xff"), "INVALID MALFORMED");
  EXPECT_EQ(Told(std::string(1 << 20, 'A')), "INVALID MALFORMED");
}

TEST_F(ValidateCode, WhatIsNotLoadedIsUndetermined) {
  EXPECT_EQ(Told("L94.2", {.system = "http://snomed.info/sct"}), "UNDETERMINED NOT_LOADED");
  EXPECT_EQ(Told("L94.2", {.release = {.version = "2019-10-01"}}), "UNDETERMINED NOT_LOADED");
  EXPECT_EQ(Told("L94.2", {.release = {.date = "2019-10-01"}}), "UNDETERMINED NOT_LOADED");
  EXPECT_EQ(Told("L94.2", {.release = {.date = "today"}}), "UNDETERMINED NOT_LOADED");
  const snapshot::ReleaseSet empty;
  EXPECT_EQ(query::Told(CodeValidator(empty, {}), "L94.2"), "UNDETERMINED NOT_LOADED");
}

TEST(ValidateCodeInAnExcerpt, SaysNothingOfWhatIsNotInIt) {
  const snapshot::ReleaseSet set({testing::ReleaseOf(testing::Starter()), testing::ReleaseOf(testing::Dermatology())});
  const CodeValidator validator(set, {});
  EXPECT_EQ(Told(validator, "L94.2"), "VALID");
  EXPECT_EQ(Told(validator, "E11.9"), "UNDETERMINED NOT_LOADED");
  EXPECT_EQ(Told(validator, "S72.001X"), "INVALID SEVENTH_CHARACTER_WRONG [S72.001A S72.001B S72.001C]");
  // Nor when another release has it: an excerpt does not tell that a code is gone.
  model::CodeSystem older{.url = kIcd10Cm, .version = "2021-01-01"};
  older.concepts.push_back({.code = "E11.9", .title = "Type 2 diabetes", .billable = true});
  snapshot::Release before = testing::ReleaseOf(older, "2021-01-01");
  before.active = false;
  const snapshot::ReleaseSet both({before, testing::ReleaseOf(testing::Starter(), "2026-04-01")});
  EXPECT_EQ(Told(CodeValidator(both, {}), "E11.9"), "UNDETERMINED NOT_LOADED");
  const snapshot::ReleaseSet extension({testing::ReleaseOf(testing::Dermatology())});
  EXPECT_EQ(Told(CodeValidator(extension, {}), "L94.3"), "UNDETERMINED NOT_LOADED");
}

// A classification that changes between two releases, and another one beside it.
class ValidateCodeOverReleases : public ::testing::Test {
 protected:
  static model::CodeSystem Back(const std::string& version, bool split) {
    model::CodeSystem system{.url = kIcd10Cm, .version = version};
    system.concepts.push_back({.code = "M54", .kind = model::ConceptKind::kCategory, .title = "Dorsalgia"});
    system.concepts.push_back({.code = "M54.5", .title = "Low back pain", .parent = 0, .billable = !split});
    if (split) {
      system.concepts.push_back({.code = "M54.50", .title = "Unspecified", .parent = 1, .billable = true});
      system.concepts.push_back({.code = "M54.59", .title = "Other", .parent = 1, .billable = true});
    } else {
      system.concepts.push_back({.code = "M54.8", .title = "Other dorsalgia", .parent = 0, .billable = true});
    }
    return system;
  }
  static snapshot::Release Of(const model::CodeSystem& system, const std::string& from, const std::string& to,
                              bool active) {
    snapshot::Release release = testing::ReleaseOf(system, from);
    release.valid_to = to;
    release.active = active;
    return release;
  }

  ValidateCodeOverReleases() {
    model::CodeSystem other{.url = "http://hl7.org/fhir/sid/icd-9-cm", .version = "32"};
    other.concepts.push_back({.code = "250.00", .title = "Diabetes", .billable = true});
    set_ = snapshot::ReleaseSet({Of(Back("2026-04-01", true), "2026-04-01", "", true),
                                 Of(Back("2021-01-01", false), "2021-01-01", "2021-09-30", false),
                                 Of(other, "", "", true)});
  }
  std::string Told(absl::string_view code, const ValidateOptions& options = {}) {
    return query::Told(CodeValidator(set_, options), code);
  }

  snapshot::ReleaseSet set_;
};

TEST_F(ValidateCodeOverReleases, CodeThatWasSplitIsValidInItsTime) {
  EXPECT_EQ(Told("M54.5", {.release = {.date = "2021-09-30"}}), "VALID");
  EXPECT_EQ(Told("M54.5", {.release = {.date = "2026-05-01"}}), "INVALID HEADER [M54.50 M54.59]");
  EXPECT_EQ(Told("M54.5"), "INVALID HEADER [M54.50 M54.59]");
  EXPECT_EQ(Told("M54.5", {.release = {.date = "2023-05-01"}}), "UNDETERMINED NOT_LOADED");
}

TEST_F(ValidateCodeOverReleases, RetiredAndNotYetValid) {
  EXPECT_EQ(Told("M54.8"), "INVALID RETIRED [M54.50 M54.59]");
  EXPECT_EQ(Told("M54.50", {.release = {.version = "2021-01-01"}}), "INVALID NOT_YET_VALID [M54.5]");
  const CodeValidator validator(set_, {});
  EXPECT_THAT(validator.Explain("M54.8", validator.Validate("M54.8")).message, HasSubstr("it was in"));
}

TEST_F(ValidateCodeOverReleases, CodeOfAnotherSystemNamesIt) {
  EXPECT_EQ(Told("250.00"), "VALID");
  EXPECT_EQ(Told("250.00", {.system = "http://hl7.org/fhir/sid/icd-9-cm"}), "VALID");
  EXPECT_EQ(Told("M54.50", {.system = "http://hl7.org/fhir/sid/icd-9-cm"}), "INVALID WRONG_SYSTEM");
}

}  // namespace
}  // namespace nosograph::query
