// A code system as an importer hands it to the snapshot writer: one version of a published classification, or of an
// extension that adds codes under it.
//
// Plain values, built once, then written; queries read the snapshot, never this. Not thread-safe.
//
//   CodeSystem system{.url = "http://hl7.org/fhir/sid/icd-10-cm", .version = "2026-04-01"};
//   system.concepts.push_back({.code = "chapter-12", .kind = ConceptKind::kChapter, .title = "Diseases of the skin"});
//   system.concepts.push_back({.code = "L80-L99", .kind = ConceptKind::kBlock, .title = "...", .parent = 0});
#ifndef NOSOGRAPH_TERMINOLOGY_MODEL_CODE_SYSTEM_H_
#define NOSOGRAPH_TERMINOLOGY_MODEL_CODE_SYSTEM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "terminology/model/condition_knowledge.h"

namespace nosograph::model {

// The canonical URI of ICD-10-CM, and its object identifier (HL7 terminology, "Using ICD-10 codes with FHIR").
inline constexpr absl::string_view kIcd10CmUrl = "http://hl7.org/fhir/sid/icd-10-cm";
inline constexpr absl::string_view kIcd10CmOid = "2.16.840.1.113883.6.90";

// Numbers stand in snapshots: never renumber, only append.
enum class ConceptKind : uint8_t { kChapter = 1, kBlock = 2, kCategory = 3, kSubcategory = 4 };
inline constexpr uint8_t kMaxConceptKind = 4;

// What the classification itself says beside a title; kinds as the ICD-10-CM tabular list has them. Numbers stand in
// snapshots: never renumber, only append.
enum class NoteKind : uint8_t {
  kInclusionTerm = 1,
  kIncludes = 2,
  kExcludes1 = 3,
  kExcludes2 = 4,
  kCodeFirst = 5,
  kUseAdditionalCode = 6,
  kCodeAlso = 7,
  kGeneral = 8,
  kSeventhCharacter = 9,
  kVisualImpairment = 10,
};
inline constexpr uint8_t kMaxNoteKind = 10;

// "excludes1", "use additional code": the kind in words; "note" for a number that is none.
absl::string_view NoteKindName(NoteKind kind);
// "chapter", "block", "category", "subcategory".
absl::string_view ConceptKindName(ConceptKind kind);

struct Note {
  NoteKind kind = NoteKind::kGeneral;
  std::string text;
};

// Another name of a concept (FHIR CodeSystem.concept.designation).
struct Designation {
  std::string language;  // BCP 47
  std::string use;       // a code of http://terminology.hl7.org/CodeSystem/designation-usage or empty
  std::string value;
};

struct Concept {
  std::string code;
  ConceptKind kind = ConceptKind::kSubcategory;
  std::string title = {};
  std::string definition = {};
  // The index of the parent in CodeSystem::concepts, which stands before its children; nothing for a root.
  std::optional<uint32_t> parent = {};
  // May be used on a claim as it stands. Headers, blocks and chapters may not; nor may a code of an extension.
  bool billable = false;
  // Made of the code above it, placeholders and a 7th character (ICD-10-CM guidelines I.A.4, I.A.5).
  bool seventh_character = false;
  // In an extension: the published code this one stands under.
  std::optional<Coding> extends = {};
  std::vector<Note> notes = {};
  std::vector<Designation> designations = {};
  std::optional<ConditionKnowledge> knowledge = {};
};

// Where the content came from.
struct SourceFile {
  std::string name;    // the file's name, without folders
  std::string sha256;  // of its bytes; of the names and bytes of all files where there are several
};

struct CodeSystem {
  std::string url;      // canonical URI
  std::string version;  // a release's first day of validity for ICD-10-CM; the resource's version for an extension
  std::string title = {};
  std::string publisher = {};
  std::string copyright = {};
  // Of an extension: the canonical URI of the code system that it extends; else empty.
  std::string extends = {};
  SourceFile source = {};
  // Only a part of the code system (FHIR content `fragment`): that a code is not in it says nothing.
  bool fragment = false;
  std::vector<Concept> concepts = {};
};

// Checks what every code system must hold to: url and version there, at least one concept, each with code and title,
// parents before children, no code twice, valid UTF-8 throughout; in an extension each root concept extends a code of
// `extends`, which is another system, and each code is in the canonical form of that system's grammar. Errors:
// InvalidArgument that names the concept, the field and the remedy.
absl::Status CheckCodeSystem(const CodeSystem& system);

}  // namespace nosograph::model

#endif  // NOSOGRAPH_TERMINOLOGY_MODEL_CODE_SYSTEM_H_
