#include "terminology/store/data_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "terminology/store/folder_lock.h"
#include "terminology/store/sqlite_database.h"
#include "tests/child_process.h"
#include "tests/content_release.h"
#include "tests/temporary_folder.h"

namespace nosograph::store {
namespace {

using ::testing::AllOf;
using testing::FileContent;
using ::testing::HasSubstr;

class DataFolderTest : public ::testing::Test {
 protected:
  ImportResult Import(const model::CodeSystem& system,
                      const ImportOptions& options = {.validity = {"2026-04-01", ""}}) {
    absl::StatusOr<ImportResult> result = data_.Import(system, options);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : ImportResult();
  }
  std::string Message(const absl::Status& status) { return std::string(status.message()); }
  std::string ActivePath() const { return data_.path() + "/active.json"; }
  std::string SnapshotPath(const std::string& id) const { return data_.path() + "/snapshots/" + id + ".snapshot"; }

  testing::TemporaryFolder folder_;
  DataFolder data_{folder_ / "deep/data", absl::ZeroDuration()};
};

TEST_F(DataFolderTest, LoadsWhatWasActivated) {
  const ImportResult first = Import(testing::Starter());
  EXPECT_TRUE(first.release.active);
  EXPECT_FALSE(first.unchanged);
  Import(testing::Dermatology());
  const absl::StatusOr<snapshot::ReleaseSet> set = data_.Load();
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->ActivePublished().size(), 1u);
  ASSERT_EQ(set->ActiveExtensions().size(), 1u);
  EXPECT_EQ(set->ActivePublished()[0]->id, first.release.id);
  EXPECT_EQ(set->ActivePublished()[0]->valid_from, "2026-04-01");
  EXPECT_TRUE(set->ActivePublished()[0]->snapshot->Find("L94.2"));
}

TEST_F(DataFolderTest, SameImportChangesNothing) {
  const ImportResult first = Import(testing::Starter());
  const std::string active = FileContent(ActivePath());
  const auto written = std::filesystem::last_write_time(SnapshotPath(first.release.id));
  const ImportResult second = Import(testing::Starter());
  EXPECT_TRUE(second.unchanged);
  EXPECT_EQ(second.release.id, first.release.id);
  EXPECT_EQ(FileContent(ActivePath()), active);
  EXPECT_EQ(std::filesystem::last_write_time(SnapshotPath(first.release.id)), written);
}

model::CodeSystem StarterOf(const std::string& version, const std::string& title = "Calcinosis cutis") {
  model::CodeSystem system = testing::Starter();
  system.version = version;
  for (model::Concept& item : system.concepts) {
    if (item.code == "L94.2") item.title = title;
  }
  return system;
}

TEST_F(DataFolderTest, ReleasesStandSideBySideAndOnlyTheFirstIsActiveByItself) {
  EXPECT_TRUE(Import(StarterOf("2025-10-01"), {.validity = {"2025-10-01", "2026-09-30"}}).release.active);
  const ImportResult second = Import(StarterOf("2026-04-01"), {.validity = {"2026-04-01", "2026-09-30"}});
  EXPECT_FALSE(second.release.active);
  EXPECT_EQ(second.active->version, "2025-10-01");
  const absl::StatusOr<snapshot::ReleaseSet> set = data_.Load();
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->releases().size(), 2u);
  const auto version = [&](const snapshot::ReleaseSelector& selector) {
    const auto release = set->Select(testing::kIcd10Cm, selector);
    return release.ok() ? std::string((*release)->snapshot->version()) : std::string(release.status().message());
  };
  EXPECT_EQ(version({}), "2025-10-01");
  EXPECT_EQ(version({.version = "2026-04-01"}), "2026-04-01");
  EXPECT_EQ(version({.date = "2026-03-31"}), "2025-10-01");
  EXPECT_EQ(version({.date = "2026-04-01"}), "2026-04-01") << "both are valid; the later one counts";
  EXPECT_THAT(version({.date = "2026-10-01"}), HasSubstr("no release"));
  EXPECT_THAT(version({.date = "2025-09-30"}), HasSubstr("valid from 2025-10-01 to 2026-09-30"));
}

TEST_F(DataFolderTest, ActivatesAndRollsBack) {
  Import(StarterOf("2025-10-01"));
  Import(StarterOf("2026-04-01"));
  Import(StarterOf("2026-10-01"), {.activate = true, .by = "maria"});
  EXPECT_EQ(data_.Load()->Active(testing::kIcd10Cm)->snapshot->version(), "2026-10-01");
  const auto before = data_.Activate(testing::kIcd10Cm, "2026-04-01", "jo");
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->before->version, "2026-10-01");
  EXPECT_EQ(before->now.version, "2026-04-01");
  EXPECT_EQ(data_.Load()->Active(testing::kIcd10Cm)->snapshot->version(), "2026-04-01");
  EXPECT_EQ(data_.RollBack(testing::kIcd10Cm, "jo")->now.version, "2026-10-01");
  EXPECT_EQ(data_.Load()->Active(testing::kIcd10Cm)->snapshot->version(), "2026-10-01");

  const absl::Status unknown = data_.Activate(testing::kIcd10Cm, "1999-10-01", "jo").status();
  EXPECT_TRUE(absl::IsNotFound(unknown));
  EXPECT_THAT(Message(unknown), HasSubstr("loaded: 2025-10-01, 2026-04-01, 2026-10-01"));
  EXPECT_TRUE(absl::IsNotFound(data_.RollBack("http://example.org/none", "jo").status()));

  const absl::StatusOr<std::vector<Event>> events = data_.Events(100);
  ASSERT_TRUE(events.ok()) << events.status();
  std::vector<std::string> what;
  for (const Event& event : *events) what.push_back(event.what + " " + event.version + " by " + event.by);
  EXPECT_THAT(what, ::testing::UnorderedElementsAre("rollback 2026-10-01 by jo", "activate 2026-04-01 by jo",
                                                    "import 2026-10-01 by maria", "import 2026-04-01 by ",
                                                    "import 2025-10-01 by "));
}

TEST_F(DataFolderTest, EachRollbackGoesOneStepFurtherBack) {
  Import(StarterOf("2025-10-01"));
  Import(StarterOf("2026-04-01"), {.activate = true});
  Import(StarterOf("2026-10-01"), {.activate = true});
  EXPECT_EQ(data_.RollBack(testing::kIcd10Cm, "jo")->now.version, "2026-04-01");
  EXPECT_EQ(data_.RollBack(testing::kIcd10Cm, "jo")->now.version, "2025-10-01");
  EXPECT_TRUE(absl::IsFailedPrecondition(data_.RollBack(testing::kIcd10Cm, "jo").status()));
  EXPECT_TRUE(data_.Activate(testing::kIcd10Cm, "2026-10-01", "jo").ok());
  EXPECT_EQ(data_.RollBack(testing::kIcd10Cm, "jo")->now.version, "2025-10-01");
}

TEST_F(DataFolderTest, WhatWasReplacedIsRolledBackTo) {
  const std::string first = Import(StarterOf("2026-04-01"), {.validity = {"2026-04-01", "2026-09-30"}}).release.id;
  const std::string second = Import(StarterOf("2026-04-01", "Other"), {.replace = true}).release.id;
  const absl::StatusOr<Activation> back = data_.RollBack(testing::kIcd10Cm, "jo");
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->before->snapshot, second);
  const absl::StatusOr<snapshot::ReleaseSet> set = data_.Load();
  ASSERT_EQ(set->releases().size(), 1u);
  EXPECT_EQ(set->releases()[0].id, first);
  EXPECT_EQ(set->releases()[0].valid_to, "2026-09-30") << "with the validity that it had";
}

TEST_F(DataFolderTest, WhatWasReplacedAndIsGoneIsNotSkipped) {
  Import(StarterOf("2025-10-01"));
  const std::string replaced = Import(StarterOf("2026-04-01"), {.activate = true}).release.id;
  Import(StarterOf("2026-04-01", "Other"), {.replace = true});
  std::filesystem::remove(SnapshotPath(replaced));
  const absl::Status status = data_.RollBack(testing::kIcd10Cm, "jo").status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << "nobody is taken further back than asked";
  EXPECT_THAT(Message(status), HasSubstr(replaced));
}

TEST_F(DataFolderTest, EveryByteOfTheActiveFileCounts) {
  Import(testing::Starter(), {.validity = {"2026-04-01", "2026-09-30"}});
  const std::string good = FileContent(ActivePath());
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bytes = good;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    if (bytes[at] == ' ' || good[at] == ' ' || good[at] == '\n') continue;  // between two values nothing is said
    std::ofstream(ActivePath(), std::ios::binary) << bytes;
    EXPECT_FALSE(data_.Load().ok()) << at << ": " << good.substr(at, 20);
  }
}

TEST_F(DataFolderTest, LostActiveFileIsTold) {
  Import(testing::Starter());
  std::filesystem::remove(ActivePath());
  EXPECT_TRUE(absl::IsDataLoss(data_.Load().status()));
  const absl::Status status = data_.Import(testing::Dermatology(), {}).status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(Message(status), HasSubstr("http://hl7.org/fhir/sid/icd-10-cm 2026-04-01 was imported"));
  std::filesystem::remove(data_.path() + "/history.db");
  EXPECT_TRUE(data_.Import(testing::Dermatology(), {}).ok());
}

TEST_F(DataFolderTest, ActivationTellsWhichExtensionsDoNotFit) {
  Import(testing::Starter());
  Import(testing::Dermatology());
  model::CodeSystem next = StarterOf("2026-10-01");
  for (model::Concept& item : next.concepts) {
    if (item.code == "L94.2") item.code = "L94.7";
  }
  Import(next);
  EXPECT_THAT(data_.Activate(testing::kIcd10Cm, "2026-10-01", "jo")->warnings,
              ::testing::ElementsAre(HasSubstr("extends L94.2, which is not in")));
  EXPECT_TRUE(data_.RollBack(testing::kIcd10Cm, "jo")->warnings.empty());
}

TEST_F(DataFolderTest, SupplementIsLoadedBesideWhatItAddsTo) {
  model::CodeSystem german{.url = "http://example.org/de", .version = "1", .supplements = testing::kIcd10Cm};
  german.concepts = {{.code = "L94.2", .kind = model::ConceptKind::kConcept},
                     {.code = "L00.0", .kind = model::ConceptKind::kConcept}};
  german.concepts[0].designations = {{.language = "de", .value = "Kalzinose der Haut"}};
  EXPECT_THAT(Import(german).warnings, ::testing::ElementsAre(HasSubstr("no release of")));
  Import(testing::Starter());
  EXPECT_THAT(Import(german).warnings, ::testing::ElementsAre(HasSubstr("L00.0 of http://example.org/de adds to")));
  const absl::StatusOr<snapshot::ReleaseSet> set = data_.Load();
  EXPECT_EQ(set->ActivePublished().size(), 1u) << "a supplement defines no codes";
  EXPECT_EQ(set->ActiveSupplements(*set->Active(testing::kIcd10Cm)).size(), 1u);
  german.supplements.clear();
  EXPECT_THAT(Message(data_.Import(german, {.replace = true}).status()), HasSubstr("as a supplement of"));
}

TEST_F(DataFolderTest, ChangedValidityIsTold) {
  Import(StarterOf("2026-04-01"), {.validity = {"2026-04-01", "2026-09-30"}});
  EXPECT_TRUE(Import(StarterOf("2026-04-01"), {.validity = {"2026-04-01", "2026-09-30"}}).warnings.empty());
  EXPECT_THAT(Import(StarterOf("2026-04-01"), {.validity = {"2026-04-01", "2026-06-30"}}).warnings,
              ::testing::ElementsAre(AllOf(HasSubstr("2026-04-01 to 2026-06-30"), HasSubstr("to 2026-09-30"))));
}

TEST_F(DataFolderTest, HistoryOfTheVersionBeforeIsTakenOver) {
  Import(testing::Starter());
  {
    const auto database = Database::Open(data_.path() + "/history.db", OpenMode::kWrite);
    ASSERT_TRUE((*database)->Execute("ALTER TABLE import DROP COLUMN what; PRAGMA user_version = 1").ok());
  }
  EXPECT_TRUE(data_.Reconcile().ok());
  ASSERT_EQ(data_.Events(10)->size(), 1u);
  EXPECT_EQ(data_.Events(10)->front().what, "import");
}

TEST_F(DataFolderTest, NothingToRollBackToIsSaid) {
  Import(testing::Starter());
  const absl::Status status = data_.RollBack(testing::kIcd10Cm, "jo").status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(Message(status), HasSubstr("no release of http://hl7.org/fhir/sid/icd-10-cm was active before"));
}

TEST_F(DataFolderTest, SameVersionWithOtherContentIsReplacedOnlyWhenAsked) {
  const std::string first = Import(StarterOf("2026-04-01")).release.id;
  const absl::Status status = data_.Import(StarterOf("2026-04-01", "Other"), {}).status();
  EXPECT_TRUE(absl::IsAlreadyExists(status));
  EXPECT_THAT(Message(status), AllOf(HasSubstr("2026-04-01"), HasSubstr("--replace")));
  EXPECT_EQ(data_.Load()->Active(testing::kIcd10Cm)->id, first);
  const ImportResult other = Import(StarterOf("2026-04-01", "Other"), {.replace = true});
  EXPECT_NE(other.release.id, first);
  EXPECT_TRUE(other.release.active);
  EXPECT_EQ(data_.Load()->releases().size(), 1u);
  EXPECT_EQ(data_.Load()->Active(testing::kIcd10Cm)->id, other.release.id);
}

TEST_F(DataFolderTest, DamagedReleaseIsNotActivated) {
  Import(StarterOf("2025-10-01"));
  const std::string id = Import(StarterOf("2026-04-01")).release.id;
  std::string bytes = FileContent(SnapshotPath(id));
  bytes[bytes.size() / 3] ^= 1;
  std::ofstream(SnapshotPath(id), std::ios::binary) << bytes;
  EXPECT_TRUE(absl::IsDataLoss(data_.Activate(testing::kIcd10Cm, "2026-04-01", "jo").status()));
  EXPECT_THAT(FileContent(ActivePath()), HasSubstr("2025-10-01"));
}

TEST_F(DataFolderTest, DamagedReleaseThatIsNotActiveStopsNoOther) {
  Import(StarterOf("2026-04-01"));
  const std::string id = Import(StarterOf("2025-10-01")).release.id;
  std::filesystem::resize_file(SnapshotPath(id), 1000);
  std::vector<std::string> left_out;
  const absl::StatusOr<snapshot::ReleaseSet> set = data_.Load(snapshot::Access::kMemory, &left_out);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->releases().size(), 1u);
  EXPECT_THAT(left_out, ::testing::ElementsAre(AllOf(HasSubstr("release 2025-10-01"), HasSubstr("truncated"))));
}

TEST_F(DataFolderTest, HistoryIsBroughtUpToTheActiveFile) {
  Import(testing::Starter());
  std::filesystem::remove(data_.path() + "/history.db");
  EXPECT_TRUE(data_.Reconcile().ok());
  ASSERT_EQ(data_.Events(10)->size(), 2u) << "that it was imported, and that it is active";
  EXPECT_EQ(data_.Events(10)->front().what, "reconcile");
  EXPECT_EQ(data_.Events(10)->back().what, "reconcile");
  EXPECT_TRUE(data_.Reconcile().ok());
  EXPECT_EQ(data_.Events(10)->size(), 2u) << "once is enough";
}

TEST_F(DataFolderTest, ImportAfterALostHistoryCanBeRolledBack) {
  Import(StarterOf("2025-10-01"));
  std::filesystem::remove(data_.path() + "/history.db");
  Import(StarterOf("2026-04-01"), {.activate = true});
  EXPECT_EQ(data_.RollBack(testing::kIcd10Cm, "jo")->now.version, "2025-10-01");
}

TEST_F(DataFolderTest, LogOfNothingIsEmptyAndMakesNoFile) {
  std::filesystem::create_directories(data_.path());
  EXPECT_TRUE(data_.Events(10)->empty());
  EXPECT_FALSE(std::filesystem::exists(data_.path() + "/history.db"));
}

TEST_F(DataFolderTest, HistoryThatIsNoDatabaseStopsNoReader) {
  Import(testing::Starter());
  std::ofstream(data_.path() + "/history.db") << std::string(5000, 'x');
  EXPECT_TRUE(data_.Load().ok());
  const absl::Status status = data_.Import(testing::Dermatology(), {}).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(Message(status), AllOf(HasSubstr("history.db"), HasSubstr("move it away")));
  EXPECT_TRUE(data_.Load()->ActiveExtensions().empty()) << "nothing is changed";
}

TEST_F(DataFolderTest, EmptyFolderSaysWhatToDo) {
  const absl::Status status = data_.Load().status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(Message(status), AllOf(HasSubstr(data_.path()), HasSubstr("nosograph import icd10cm")));
}

TEST_F(DataFolderTest, DamagedSnapshotIsFoundAndImportedAnew) {
  const std::string id = Import(testing::Starter()).release.id;
  std::string bytes = FileContent(SnapshotPath(id));
  bytes[bytes.size() / 2] ^= 1;
  std::ofstream(SnapshotPath(id), std::ios::binary) << bytes;
  EXPECT_THAT(Message(data_.Load().status()), AllOf(HasSubstr(id), HasSubstr("damaged"), HasSubstr("import")));
  EXPECT_TRUE(Import(testing::Starter()).rewritten);
  EXPECT_TRUE(data_.Load().ok());

  std::ofstream(SnapshotPath(id), std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  EXPECT_THAT(Message(data_.Load().status()), HasSubstr("truncated"));
  std::filesystem::remove(SnapshotPath(id));
  const absl::Status missing = data_.Load().status();
  EXPECT_TRUE(absl::IsDataLoss(missing));
  EXPECT_THAT(Message(missing), HasSubstr("is missing"));
}

TEST_F(DataFolderTest, SnapshotOfAnotherReleaseIsNotTaken) {
  const std::string starter = Import(testing::Starter()).release.id;
  const std::string dermatology = Import(testing::Dermatology()).release.id;
  std::filesystem::copy_file(SnapshotPath(dermatology), SnapshotPath(starter),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(Message(data_.Load().status()), HasSubstr("holds https://nosograph.example"));
}

TEST_F(DataFolderTest, ActiveFileThatCannotBeUnderstoodIsAnErrorAndStays) {
  Import(testing::Starter());
  const std::string good = FileContent(ActivePath());
  const auto spoiled = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& text :
       {std::string(), std::string("{"), spoiled("\"format\": 3", "\"format\": 4"), spoiled("\"system\"", "\"sytem\""),
        spoiled("\"snapshot\": \"", "\"snapshot\": \"../../etc/passwd"), spoiled("[", "7, ["), good.substr(0, 80)}) {
    std::ofstream(ActivePath(), std::ios::binary) << text;
    const absl::Status status = data_.Load().status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(Message(status), HasSubstr(ActivePath()));
    EXPECT_FALSE(data_.Import(testing::Dermatology(), {}).ok());
    EXPECT_EQ(FileContent(ActivePath()), text) << "nothing is written over what may be mended";
  }
}

TEST_F(DataFolderTest, ExtensionMustFitWhatIsPublished) {
  Import(testing::Starter());
  model::CodeSystem extension = testing::Dermatology();
  extension.concepts[0].code = "L94.2";
  absl::Status status = data_.Import(extension, {}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(Message(status), HasSubstr("L94.2 is published"));
  extension = testing::Dermatology();
  extension.concepts[0].extends->code = "L94.7";
  status = data_.Import(extension, {}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(Message(status), HasSubstr("extends L94.7"));
  EXPECT_TRUE(data_.Load()->ActiveExtensions().empty());
}

TEST_F(DataFolderTest, ExtensionDoesNotTakeThePlaceOfWhatIsPublished) {
  Import(testing::Starter());
  model::CodeSystem extension = testing::Dermatology();
  extension.url = testing::kIcd10Cm;
  extension.extends = "http://example.org/other";
  for (model::Concept& item : extension.concepts) item.extends->system = extension.extends;
  const absl::Status status = data_.Import(extension, {.activate = true, .replace = true}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(Message(status), HasSubstr("url of its own"));
}

TEST_F(DataFolderTest, CodeIsOneOfOneExtension) {
  Import(testing::Starter());
  Import(testing::Dermatology());
  model::CodeSystem other = testing::Dermatology();
  other.url = "http://example.org/other";
  const absl::Status status = data_.Import(other, {}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(Message(status), AllOf(HasSubstr("L94.21"), HasSubstr(testing::kDermatology)));
}

TEST_F(DataFolderTest, ReleaseThatDoesNotFitAnExtensionSaysSo) {
  EXPECT_THAT(Import(testing::Dermatology()).warnings, ::testing::ElementsAre(HasSubstr("no release of")));
  EXPECT_TRUE(Import(testing::Starter()).warnings.empty());
  model::CodeSystem next = testing::Starter();
  next.version = "2026-10-01";
  for (model::Concept& item : next.concepts) {
    if (item.code == "L94.2") item.code = "L94.7";
    if (item.code == "L94.3") item.code = "L94.21";
  }
  EXPECT_THAT(Import(next).warnings,
              ::testing::UnorderedElementsAre(
                  HasSubstr("L94.21 of https://nosograph.example/fhir/CodeSystem/dermatology is published in"),
                  HasSubstr("extends L94.2")));
}

TEST_F(DataFolderTest, SecondWriterIsToldThatOneIsAtWork) {
  Import(testing::Starter());
  const absl::StatusOr<FolderLock> lock = FolderLock::Take(data_.path(), absl::ZeroDuration());
  ASSERT_TRUE(lock.ok());
  const absl::Status status = data_.Import(testing::Dermatology(), {}).status();
  EXPECT_TRUE(absl::IsAborted(status));
  EXPECT_THAT(Message(status), AllOf(HasSubstr("another process"), HasSubstr("try again")));
  EXPECT_TRUE(data_.Load().ok()) << "readers need no lock";
}

TEST_F(DataFolderTest, SweepsWhatAKilledImportLeft) {
  Import(testing::Starter());
  const std::string left = data_.path() + "/snapshots/x.1-1.tmp";
  std::ofstream(left) << "part";
  Import(testing::Dermatology());
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(DataFolderTest, FullDiskLeavesTheActiveSetAsItWas) {
  Import(testing::Dermatology());
  const std::string active = FileContent(ActivePath());
  const int result = testing::RunInChild([&] {
    testing::LimitFileSize(4096);
    const absl::Status status = data_.Import(testing::Starter(), {}).status();
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
    EXPECT_THAT(Message(status), HasSubstr("limit"));
    return 0;
  });
  EXPECT_EQ(result, 0);
  EXPECT_EQ(FileContent(ActivePath()), active);
  EXPECT_TRUE(data_.Load().ok());
}

}  // namespace
}  // namespace nosograph::store
