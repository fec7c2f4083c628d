// Properties that hold for every code of the whole releases. They are found in ../shared or where deploy/quickstart.sh
// puts them; without them the tests skip.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "terminology/import/icd10cm_tabular.h"
#include "terminology/model/note_reference.h"
#include "terminology/query/lookup.h"
#include "terminology/query/release_difference.h"
#include "terminology/query/subsumes.h"
#include "terminology/query/validate_code.h"
#include "tests/content_release.h"
#include "tests/data_files.h"

namespace nosograph::testing {
namespace {

using query::CodeValidator;
using query::ConceptRef;
using query::Relation;
using query::Scope;
using query::Validation;
using query::Verdict;

// A sanitizer makes each code some ten times as slow: it sees every seventh.
#if defined(__SANITIZE_ADDRESS__) || defined(NOSOGRAPH_SANITIZED)
constexpr uint32_t kStep = 7;
#else
constexpr uint32_t kStep = 1;
#endif

class AllCodes : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    DataFiles files;
    const std::optional<std::string> path = files.Find(kTabular2026);
    if (!path) return;
    absl::StatusOr<model::CodeSystem> system = import::ImportIcd10CmTabular(*path, "2026-04-01");
    ASSERT_TRUE(system.ok()) << system.status();
    system_ = std::make_unique<model::CodeSystem>(*std::move(system));
    set_ = std::make_unique<snapshot::ReleaseSet>(
        std::vector<snapshot::Release>{ReleaseOf(*system_, "2026-04-01"), ReleaseOf(Dermatology())});
  }
  static void TearDownTestSuite() {
    set_.reset();
    system_.reset();
  }
  void SetUp() override {
    if (!set_) GTEST_SKIP() << DataFiles::HowToGet(kTabular2026);
    release_ = set_->Active(kIcd10Cm);
  }

  const snapshot::Snapshot& snapshot() const { return *release_->snapshot; }

  // Rejected, with a repair that is itself valid.
  void ExpectRejectedWithARepair(const CodeValidator& validator, const std::string& code) {
    const Validation validation = validator.Validate(code);
    ASSERT_EQ(validation.verdict, Verdict::kInvalid) << code;
    const std::vector<ConceptRef> repairs = validator.Repairs(validation, 3);
    ASSERT_FALSE(repairs.empty()) << code << " " << query::ReasonName(validation.reason);
    for (const ConceptRef& repair : repairs) {
      ASSERT_EQ(validator.Validate(repair.code()).verdict, Verdict::kValid) << code << " -> " << repair.code();
    }
  }

  static inline std::unique_ptr<model::CodeSystem> system_;
  static inline std::unique_ptr<snapshot::ReleaseSet> set_;
  const snapshot::Release* release_ = nullptr;
};

TEST_F(AllCodes, EveryAncestorSubsumes) {
  const Scope scope(release_, set_->ActiveExtensions(kIcd10Cm), false);
  for (uint32_t item = 0; item < snapshot().concept_count(); item += kStep) {
    const ConceptRef below{release_, item};
    for (const ConceptRef& above : scope.Ancestors(below)) {
      ASSERT_EQ(query::RelationOf(scope, above, below), Relation::kSubsumes) << above.code() << " " << below.code();
      ASSERT_EQ(query::RelationOf(scope, below, above), Relation::kSubsumedBy);
    }
    const uint32_t behind = snapshot().subtree_end(item);  // the next concept that is not below it
    if (behind < snapshot().concept_count()) {
      ASSERT_NE(query::RelationOf(scope, below, {release_, behind}), Relation::kSubsumes);
    }
  }
}

TEST_F(AllCodes, EveryBillableCodeIsValidInItsFormsAndNoHeaderIs) {
  const CodeValidator validator(*set_, {});
  const CodeValidator strict(*set_, {.form = query::Form::kStrict});
  for (uint32_t item = 0; item < snapshot().concept_count(); item += kStep) {
    const std::string code(snapshot().code(item));
    ASSERT_EQ(validator.Validate(code).verdict == Verdict::kValid, snapshot().billable(item)) << code;
    if (!snapshot().billable(item)) continue;
    std::string other = absl::AsciiStrToLower(code);
    other.erase(std::remove(other.begin(), other.end(), '.'), other.end());
    const Validation read = validator.Validate(other);
    ASSERT_EQ(read.verdict, Verdict::kValid) << other;
    ASSERT_EQ(read.canonical, code);
    ASSERT_TRUE(read.normalized);
    ASSERT_EQ(strict.Validate(other).reason, query::Reason::kNotCanonical);
  }
}

TEST_F(AllCodes, EveryTruncationOfABillableCodeIsRejectedWithARepair) {
  const CodeValidator validator(*set_, {});
  std::set<std::string> truncations;
  for (uint32_t item = 0; item < snapshot().concept_count(); item += kStep) {
    if (!snapshot().billable(item)) continue;
    std::string code(snapshot().code(item));
    for (code.pop_back(); !code.empty(); code.pop_back()) truncations.insert(code);
  }
  for (const std::string& code : truncations) {
    // "L94." reads as the header without the dot, M45 as it stands: some truncations are codes.
    const Validation validation = validator.Validate(code);
    if (validation.verdict == Verdict::kValid) {
      ASSERT_TRUE(validation.billable()) << code;
    } else {
      ExpectRejectedWithARepair(validator, code);
    }
  }
}

TEST_F(AllCodes, EveryExtensionOfABillableCodeIsRejectedWithARepair) {
  const CodeValidator validator(*set_, {.system = kIcd10Cm});
  for (uint32_t item = 0; item < snapshot().concept_count(); item += kStep) {
    if (!snapshot().billable(item)) continue;
    const std::string code(snapshot().code(item));
    const std::string dotted = code.size() == 3 ? code + "." : code;
    for (const char* added : {"0", "9", "A", "X"}) ExpectRejectedWithARepair(validator, dotted + added);
  }
}

TEST_F(AllCodes, EveryHeaderThatTakesASeventhCharacterNamesItsCodes) {
  const CodeValidator validator(*set_, {});
  size_t headers = 0;
  for (uint32_t item = 0; item + 1 < snapshot().concept_count(); ++item) {
    if (!snapshot().seventh_character(item + 1) || snapshot().seventh_character(item)) continue;
    ++headers;
    const std::string code(snapshot().code(item));
    const Validation validation = validator.Validate(code);
    ASSERT_EQ(validation.reason, query::Reason::kSeventhCharacterMissing) << code;
    ASSERT_EQ(validator.Repairs(validation, 100).size(), snapshot().subtree_end(item) - item - 1) << code;
    // The character without its placeholders.
    const std::string made(snapshot().code(item + 1));
    if (const std::string cut = code + made.back(); cut.size() > 4 && !snapshot().Find(cut)) {
      const Validation missing = validator.Validate(cut);
      ASSERT_EQ(missing.reason, query::Reason::kPlaceholderMissing) << cut;
      ASSERT_EQ(validator.Repairs(missing, 1)[0].code(), made) << cut;
    }
  }
  EXPECT_GT(headers, 10'000u);
}

TEST_F(AllCodes, SnapshotRoundTripGivesTheSameBytes) {
  const absl::StatusOr<std::string> first = snapshot::WriteSnapshot(*system_);
  const absl::StatusOr<std::string> second = snapshot::WriteSnapshot(*system_);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_TRUE(*first == *second);
}

TEST_F(AllCodes, NotesReferToCodesThatThereAre) {
  const Scope scope(release_, {}, false);
  size_t read = 0;
  size_t kept = 0;
  size_t qualified = 0;
  size_t understood = 0;
  for (const model::Concept& item : system_->concepts) {
    for (const model::Note& note : item.notes) {
      const std::vector<model::NoteReference> references = model::ParseReferences(note.text);
      read += references.size();
      for (const model::NoteReference& reference : references) {
        qualified += reference.qualifier.empty() ? 0 : 1;
        understood += reference.endings.empty() && reference.characters.empty() ? 0 : 1;
      }
      kept += query::ReferencesOf(scope, note.text).size();
    }
  }
  // In the list of April 2026 all but a few refer to codes of the release; what is left out is prose ("vitamin B12").
  EXPECT_GT(read, 11'000u);
  EXPECT_GT(qualified, 150u);
  EXPECT_GE(understood + 2, qualified) << "all but a few in prose name their characters";
  EXPECT_GE(kept * 1000, read * 985) << kept << " of " << read;
}

TEST(TwoReleases, DifferAsMeasuredAndKnowWhatBecameOfACode) {
  DataFiles files;
  const std::optional<std::string> older = files.Find(kTabular2021);
  const std::optional<std::string> newer = files.Find(kTabular2026);
  if (!older || !newer) GTEST_SKIP() << DataFiles::HowToGet(older ? kTabular2026 : kTabular2021);
  const auto release = [](const std::string& path, const std::string& version, const std::string& to, bool active) {
    snapshot::Release loaded = ReleaseOf(*import::ImportIcd10CmTabular(path, version), version);
    loaded.valid_to = to;
    loaded.active = active;
    return loaded;
  };
  const snapshot::ReleaseSet set(
      {release(*older, "2021-01-01", "2021-09-30", false), release(*newer, "2026-04-01", "2026-09-30", true)});
  const snapshot::Release& from = set.releases()[0];
  const snapshot::Release& to = set.releases()[1];
  std::map<query::Change::Kind, int> counts;
  for (const query::Change& change : query::Difference(from, to)) ++counts[change.kind];
  EXPECT_EQ(counts[query::Change::Kind::kAdded], 3119);
  EXPECT_EQ(counts[query::Change::Kind::kRemoved], 291);
  EXPECT_EQ(counts[query::Change::Kind::kBillableToHeader], 128);
  EXPECT_EQ(counts[query::Change::Kind::kRetitled], 124);

  const auto told = [&](absl::string_view code, const char* date) {
    const CodeValidator validator(set, {.release = {.date = date}});
    const Validation validation = validator.Validate(code);
    std::string text = std::string(query::VerdictName(validation.verdict));
    for (const ConceptRef& repair : validator.Repairs(validation, 10)) absl::StrAppend(&text, " ", repair.code());
    return text;
  };
  EXPECT_EQ(told("M54.5", "2021-09-30"), "VALID");
  EXPECT_EQ(told("M54.5", "2026-05-01"), "INVALID M54.50 M54.51 M54.59");
  EXPECT_EQ(told("M54.5", "2023-05-01"), "UNDETERMINED");
  EXPECT_EQ(told("QA0.0101", "2021-09-30").substr(0, 7), "INVALID");
  const CodeValidator past(set, {.release = {.date = "2021-09-30"}});
  EXPECT_EQ(past.Validate("QA0.0101").reason, query::Reason::kNotYetValid);
}

}  // namespace
}  // namespace nosograph::testing
