#include "terminology/snapshot/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "terminology/snapshot/checksum.h"
#include "terminology/snapshot/knowledge_codec.h"
#include "terminology/snapshot/writer.h"
#include "tests/content_release.h"
#include "tests/read_everything.h"
#include "tests/temporary_folder.h"

namespace nosograph::snapshot {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::ReadEverything;

std::string Written(const model::CodeSystem& system) {
  absl::StatusOr<std::string> bytes = WriteSnapshot(system);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.ok() ? *std::move(bytes) : std::string();
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Read(std::string bytes, Verification verification) {
  return Snapshot::FromBytes(std::move(bytes), "test", verification);
}

std::shared_ptr<const Snapshot> Opened(const model::CodeSystem& system) {
  auto snapshot = Read(Written(system), Verification::kEveryByte);
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  return *std::move(snapshot);
}

// Small, with a bit of everything that a FHIR CodeSystem may say.
model::CodeSystem Everything() {
  using model::ConceptKind;
  model::CodeSystem system{.url = "http://example.org/everything", .version = "1", .case_sensitive = false};
  system.name = "Everything";
  system.description = "All there is";
  system.properties = {{"weight", model::PropertyType::kDecimal, "http://example.org/weight", "In kg"},
                       {"like", model::PropertyType::kCoding}};
  system.concepts = {{.code = "a", .kind = ConceptKind::kConcept, .abstract = true},
                     {.code = "b", .kind = ConceptKind::kConcept, .status = model::ConceptStatus::kDraft},
                     {.code = "ab", .kind = ConceptKind::kConcept, .parent = 0, .other_parents = {1}, .inactive = true},
                     {.code = "a code of more than eight bytes", .kind = ConceptKind::kConcept, .parent = 2}};
  system.concepts[2].designations = {{.language = "de", .use = {"http://example.org/use", "s", "Short"}, .value = "AB"},
                                     {.value = "A and B"}};
  system.concepts[2].properties = {{0, "1.50", "", ""}, {1, "x", "http://example.org/x", "An x"}};
  system.concepts[3].properties = {{0, "2", "", ""}};
  return system;
}

TEST(Snapshot, GivesBackEverythingThatACodeSystemMaySay) {
  const std::shared_ptr<const Snapshot> snapshot = Opened(Everything());
  EXPECT_EQ(snapshot->name(), "Everything");
  EXPECT_EQ(snapshot->description(), "All there is");
  EXPECT_FALSE(snapshot->case_sensitive());
  EXPECT_EQ(snapshot->property_definition_count(), 2u);
  EXPECT_EQ(snapshot->ReadPropertyDefinition(0).uri, "http://example.org/weight");
  EXPECT_EQ(snapshot->ReadPropertyDefinition(0).description, "In kg");
  const uint32_t a = *snapshot->Find("a");
  const uint32_t b = *snapshot->Find("b");
  const uint32_t ab = *snapshot->Find("ab");
  EXPECT_TRUE(snapshot->abstract(a));
  EXPECT_FALSE(snapshot->inactive(a));
  EXPECT_EQ(snapshot->status(b), model::ConceptStatus::kDraft);
  EXPECT_EQ(snapshot->kind(b), model::ConceptKind::kConcept);
  EXPECT_TRUE(snapshot->inactive(ab));
  ASSERT_EQ(snapshot->designations(ab).size(), 2u);
  const Snapshot::DesignationView designation = snapshot->Read(snapshot->designations(ab)[0]);
  EXPECT_EQ(designation.language, "de");
  EXPECT_EQ(designation.use_system, "http://example.org/use");
  EXPECT_EQ(designation.use, "s");
  EXPECT_EQ(designation.use_display, "Short");
  EXPECT_EQ(snapshot->Read(snapshot->designations(ab)[1]).value, "A and B");
  EXPECT_EQ(snapshot->Read(snapshot->designations(ab)[1]).language, "");
  ASSERT_EQ(snapshot->properties(ab).size(), 2u);
  EXPECT_EQ(snapshot->Read(snapshot->properties(ab)[0]).value, "1.50");
  const Snapshot::PropertyView like = snapshot->Read(snapshot->properties(ab)[1]);
  EXPECT_EQ(like.definition.code, "like");
  EXPECT_EQ(like.definition.type, model::PropertyType::kCoding);
  EXPECT_EQ(like.coding_system, "http://example.org/x");
  EXPECT_EQ(like.coding_display, "An x");
  ASSERT_EQ(snapshot->properties(*snapshot->Find("a code of more than eight bytes")).size(), 1u);
  EXPECT_TRUE(snapshot->properties(a).empty());
}

TEST(Snapshot, GivesBackWhatWasWritten) {
  for (const model::CodeSystem& system : {testing::Starter(), testing::Dermatology()}) {
    const std::shared_ptr<const Snapshot> snapshot = Opened(system);
    EXPECT_EQ(snapshot->url(), system.url);
    EXPECT_EQ(snapshot->version(), system.version);
    EXPECT_EQ(snapshot->title(), system.title);
    EXPECT_EQ(snapshot->publisher(), system.publisher);
    EXPECT_EQ(snapshot->copyright(), system.copyright);
    EXPECT_EQ(snapshot->extends(), system.extends);
    EXPECT_EQ(snapshot->source_name(), system.source.name);
    EXPECT_EQ(snapshot->source_sha256(), system.source.sha256);
    ASSERT_EQ(snapshot->concept_count(), system.concepts.size());
    for (const model::Concept& item : system.concepts) {
      const std::optional<uint32_t> found = snapshot->Find(item.code);
      ASSERT_TRUE(found) << item.code;
      EXPECT_EQ(snapshot->code(*found), item.code);
      EXPECT_EQ(snapshot->title(*found), item.title);
      EXPECT_EQ(snapshot->definition(*found), item.definition);
      EXPECT_EQ(snapshot->kind(*found), item.kind);
      EXPECT_EQ(snapshot->billable(*found), item.billable);
      const std::optional<uint32_t> parent = snapshot->parent(*found);
      EXPECT_EQ(parent.has_value(), item.parent.has_value());
      if (parent) {
        EXPECT_EQ(snapshot->code(*parent), system.concepts[*item.parent].code);
      }
      ASSERT_EQ(snapshot->notes(*found).size(), item.notes.size()) << item.code;
      for (size_t i = 0; i < item.notes.size(); ++i) {
        EXPECT_EQ(snapshot->Read(snapshot->notes(*found)[i]).text, item.notes[i].text);
        EXPECT_EQ(snapshot->Read(snapshot->notes(*found)[i]).kind, item.notes[i].kind);
      }
      ASSERT_EQ(snapshot->designations(*found).size(), item.designations.size());
      for (size_t i = 0; i < item.designations.size(); ++i) {
        EXPECT_EQ(snapshot->Read(snapshot->designations(*found)[i]).value, item.designations[i].value);
        EXPECT_EQ(snapshot->Read(snapshot->designations(*found)[i]).language, item.designations[i].language);
      }
      EXPECT_EQ(snapshot->extends(*found).has_value(), item.extends.has_value());
      if (item.extends) {
        EXPECT_EQ(snapshot->extends(*found)->code, item.extends->code);
      }
      EXPECT_EQ(snapshot->has_knowledge(*found), item.knowledge.has_value());
      if (item.knowledge) {
        EXPECT_EQ(EncodeKnowledge(*snapshot->knowledge(*found)), EncodeKnowledge(*item.knowledge));
      }
    }
    EXPECT_FALSE(snapshot->Find("L94.29"));
    EXPECT_FALSE(snapshot->Find(""));
  }
}

TEST(Snapshot, SubtreesHaveNoGaps) {
  const std::shared_ptr<const Snapshot> snapshot = Opened(testing::Starter());
  for (uint32_t above = 0; above < snapshot->concept_count(); ++above) {
    for (uint32_t below = 0; below < snapshot->concept_count(); ++below) {
      bool is_below = false;
      for (std::optional<uint32_t> item = snapshot->parent(below); item; item = snapshot->parent(*item)) {
        is_below |= *item == above;
      }
      EXPECT_EQ(above < below && below < snapshot->subtree_end(above), is_below)
          << snapshot->code(above) << " " << snapshot->code(below);
    }
  }
}

TEST(Snapshot, OrdersConceptsByHierarchyWhateverTheInputOrder) {
  model::CodeSystem system{.url = "http://example.org/animals", .version = "1"};
  system.concepts.push_back({.code = "a", .title = "A"});
  system.concepts.push_back({.code = "b", .title = "B"});
  system.concepts.push_back({.code = "a1", .title = "A1", .parent = 0});
  system.concepts.push_back({.code = "b1", .title = "B1", .parent = 1});
  system.concepts.push_back({.code = "a2", .title = "A2", .parent = 0});
  const std::shared_ptr<const Snapshot> snapshot = Opened(system);
  std::string order;
  for (uint32_t item = 0; item < snapshot->concept_count(); ++item) order += std::string(snapshot->code(item)) + " ";
  EXPECT_EQ(order, "a a1 a2 b b1 ");
}

TEST(Snapshot, SameInputGivesTheSameBytes) {
  EXPECT_EQ(Written(testing::Starter()), Written(testing::Starter()));
  EXPECT_EQ(Written(testing::Dermatology()), Written(testing::Dermatology()));
  EXPECT_EQ(Written(Everything()), Written(Everything()));
}

TEST(Snapshot, EveryFlippedByteIsFoundAndNoneCrashesAReader) {
  for (const std::string& good : {Written(testing::Dermatology()), Written(Everything())}) {
    for (size_t at = 0; at < good.size(); ++at) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(bytes[at] ^ 0x41);
      const auto verified = Read(bytes, Verification::kEveryByte);
      EXPECT_TRUE(absl::IsDataLoss(verified.status())) << "byte " << at;
      if (const auto unverified = Read(bytes, Verification::kHeader); unverified.ok()) ReadEverything(**unverified);
    }
  }
}

TEST(Snapshot, DamageThatAnHonestTableHidesCrashesNoReader) {
  // The section table again with right checksums: what a reader meets that does not verify every byte.
  const std::string starter = Written(testing::Starter());
  const std::string everything = Written(Everything());
  for (size_t at = sizeof(Header); at < starter.size(); at += at < everything.size() ? 1 : 7) {
    for (const char value : {'\0', '\x7f', '\xff'}) {
      std::string bytes = at < everything.size() ? everything : starter;
      bytes[at] = value;
      Header header;
      std::memcpy(&header, bytes.data(), sizeof(header));
      header.table_checksum = 0;
      std::memcpy(bytes.data(), &header, sizeof(header));
      const size_t table_end = sizeof(Header) + header.section_count * sizeof(SectionEntry);
      header.table_checksum = Checksum(absl::string_view(bytes).substr(0, table_end));
      std::memcpy(bytes.data(), &header, sizeof(header));
      if (const auto snapshot = Read(bytes, Verification::kHeader); snapshot.ok()) ReadEverything(**snapshot);
    }
  }
}

TEST(Snapshot, EveryTruncationIsFound) {
  const std::string good = Written(testing::Dermatology());
  for (size_t size = 0; size < good.size(); ++size) {
    const auto snapshot = Read(good.substr(0, size), Verification::kHeader);
    ASSERT_FALSE(snapshot.ok()) << size;
    EXPECT_TRUE(absl::IsDataLoss(snapshot.status()));
    EXPECT_THAT(std::string(snapshot.status().message()), AllOf(HasSubstr("snapshot test: "), HasSubstr("import")));
  }
}

TEST(Snapshot, BytesBehindTheLastSectionAreFound) {
  std::string bytes = Written(testing::Dermatology()) + "more";
  Header header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  header.file_size = bytes.size();
  header.table_checksum = 0;
  std::memcpy(bytes.data(), &header, sizeof(header));
  header.table_checksum =
      Checksum(absl::string_view(bytes).substr(0, sizeof(Header) + header.section_count * sizeof(SectionEntry)));
  std::memcpy(bytes.data(), &header, sizeof(header));
  EXPECT_THAT(std::string(Read(bytes, Verification::kHeader).status().message()), HasSubstr("behind its last section"));
}

TEST(Snapshot, OtherFormatVersionSaysImportAgain) {
  std::string bytes = Written(testing::Dermatology());
  bytes[8] = 99;
  EXPECT_THAT(std::string(Read(bytes, Verification::kHeader).status().message()),
              AllOf(HasSubstr("format version 99"), HasSubstr("import the source again")));
}

TEST(Snapshot, SectionsOfAnUnknownIdAreSkipped) {
  std::string bytes = Written(testing::Dermatology());
  Header header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  // The designations under an id that no reader knows.
  for (uint32_t i = 0; i < header.section_count; ++i) {
    SectionEntry entry;
    const size_t at = sizeof(Header) + i * sizeof(entry);
    std::memcpy(&entry, bytes.data() + at, sizeof(entry));
    if (entry.id == static_cast<uint32_t>(SectionId::kDesignations)) entry.id = 4711;
    std::memcpy(bytes.data() + at, &entry, sizeof(entry));
  }
  header.table_checksum = 0;
  std::memcpy(bytes.data(), &header, sizeof(header));
  header.table_checksum =
      Checksum(absl::string_view(bytes).substr(0, sizeof(Header) + header.section_count * sizeof(SectionEntry)));
  std::memcpy(bytes.data(), &header, sizeof(header));
  const auto snapshot = Read(bytes, Verification::kHeader);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_TRUE((*snapshot)->designations(0).empty());
  EXPECT_EQ((*snapshot)->code(0), "L94.21");
}

TEST(Snapshot, MappedFileReadsAsMemoryDoes) {
  testing::TemporaryFolder folder;
  const std::string path = folder / "a.snapshot";
  std::ofstream(path, std::ios::binary) << Written(testing::Starter());
  const auto snapshot = Snapshot::Open(path, Verification::kEveryByte);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ(ReadEverything(**snapshot), ReadEverything(*Opened(testing::Starter())));
  EXPECT_TRUE(absl::IsNotFound(Snapshot::Open(folder / "none", Verification::kHeader).status()));
  std::ofstream(folder / "empty").flush();
  EXPECT_TRUE(absl::IsDataLoss(Snapshot::Open(folder / "empty", Verification::kHeader).status()));
}

TEST(WriteSnapshot, RefusesWhatIsNoCodeSystem) {
  model::CodeSystem system{.url = "http://example.org/a", .version = "1"};
  const auto message = [&] { return std::string(WriteSnapshot(system).status().message()); };
  EXPECT_THAT(message(), HasSubstr("no concept"));
  system.concepts.push_back({.code = "a", .title = "A"});
  EXPECT_TRUE(WriteSnapshot(system).ok());
  system.concepts.push_back({.code = "a", .title = "A"});
  EXPECT_THAT(message(), HasSubstr("code a stands twice"));
  system.concepts[1] = {.code = std::string("a\0", 2), .title = "A"};
  EXPECT_THAT(message(), HasSubstr("zero byte"));
  system.concepts[1] = {.code = "b", .title = ""};
  EXPECT_THAT(message(), HasSubstr("title is missing"));
  system.concepts[1] = {.code = "b", .title = "B", .parent = 1};
  EXPECT_THAT(message(), HasSubstr("does not stand before it"));
  system.concepts[1] = {.code = "b\xff", .title = "B"};
  EXPECT_THAT(message(), HasSubstr("'b\\xff' is not UTF-8"));
  system.concepts[1] = {.code = "b", .title = "B", .extends = model::Coding{"x", "y", ""}};
  EXPECT_THAT(message(), HasSubstr("extends none"));
  system.concepts.pop_back();
  system.extends = "http://example.org/b";
  EXPECT_THAT(message(), HasSubstr("'extends' is missing"));
  system.extends.clear();
  system.version.clear();
  EXPECT_THAT(message(), HasSubstr("version is missing"));
}

}  // namespace
}  // namespace nosograph::snapshot
