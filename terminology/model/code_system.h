// A code system as an importer hands it to the snapshot writer: one version of a published classification or any other
// FHIR CodeSystem, of an extension that adds codes under one, or of a supplement that adds to the concepts of one.
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

// Where the uses of designations are defined that FHIR has no code for: "short", the short title of an order file.
inline constexpr absl::string_view kDesignationUseUrl = "https://nosograph.example/fhir/CodeSystem/designation-use";

// HL7's extension that says how far something may be relied on: "deprecated", "withdrawn", "normative" ...
inline constexpr absl::string_view kStandardsStatusUrl =
    "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status";

// Numbers stand in snapshots: never renumber, only append.
enum class ConceptKind : uint8_t {
  kChapter = 1,
  kBlock = 2,
  kCategory = 3,
  kSubcategory = 4,
  kConcept = 5,  // of a code system that is no edition of ICD
};
inline constexpr uint8_t kMaxConceptKind = 5;

// The values of FHIR's concept property `status` (http://hl7.org/fhir/concept-properties), and two that are in use
// besides. Numbers stand in snapshots:
// never renumber, only append.
enum class ConceptStatus : uint8_t {
  kNotStated = 0,
  kActive = 1,
  kExperimental = 2,
  kDeprecated = 3,
  kRetired = 4,
  kDraft = 5,
  kInactive = 6,
  kWithdrawn = 7,
};
inline constexpr uint8_t kMaxConceptStatus = 7;

// The types of FHIR's CodeSystem.property.type. Numbers stand in snapshots: never renumber, only append.
enum class PropertyType : uint8_t {
  kCode = 1,
  kCoding = 2,
  kString = 3,
  kInteger = 4,
  kBoolean = 5,
  kDateTime = 6,
  kDecimal = 7,
};
inline constexpr uint8_t kMaxPropertyType = 7;

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
// "chapter", "block", "category", "subcategory", "concept".
absl::string_view ConceptKindName(ConceptKind kind);
// "active", "experimental" ...: as FHIR writes it; empty when not stated.
absl::string_view ConceptStatusName(ConceptStatus status);
// "code", "Coding", "string" ...: as FHIR writes it.
absl::string_view PropertyTypeName(PropertyType type);

struct Note {
  NoteKind kind = NoteKind::kGeneral;
  std::string text;
};

// Another name of a concept (FHIR CodeSystem.concept.designation).
struct Designation {
  std::string language = {};  // BCP 47
  Coding use = {};            // empty where not stated
  std::string value = {};
  std::string extensions = {};  // FHIR extensions of it: a JSON list, or nothing
};

// What a code system says of its concepts beside names (FHIR CodeSystem.property).
struct PropertyDefinition {
  std::string code;
  PropertyType type = PropertyType::kString;
  std::string uri = {};
  std::string description = {};
};

// One value of a property of a concept (FHIR CodeSystem.concept.property).
struct Property {
  uint32_t definition = 0;  // index into CodeSystem::properties, which has the type
  std::string value = {};   // as FHIR writes it, so that a decimal keeps its digits; of a Coding its code
  // Of a Coding alone.
  std::string coding_system = {};
  std::string coding_display = {};
};

struct Concept {
  std::string code;
  ConceptKind kind = ConceptKind::kSubcategory;
  std::string title = {};
  std::string definition = {};
  // The index of the parent in CodeSystem::concepts, which stands before its children; nothing for a root.
  std::optional<uint32_t> parent = {};
  // Further parents, in the same way; each stands before its children too.
  std::vector<uint32_t> other_parents = {};
  // May be used on a claim as it stands. Headers, blocks and chapters may not; nor may a code of an extension.
  bool billable = false;
  // Made of the code above it, placeholders and a 7th character (ICD-10-CM guidelines I.A.4, I.A.5).
  bool seventh_character = false;
  ConceptStatus status = ConceptStatus::kNotStated;
  bool inactive = false;  // no longer to be used
  bool abstract = false;  // groups others and may not be chosen itself (FHIR `notSelectable`)
  // In an extension: the published code this one stands under.
  std::optional<Coding> extends = {};
  std::vector<Note> notes = {};
  std::vector<Designation> designations = {};
  std::vector<Property> properties = {};
  std::optional<ConditionKnowledge> knowledge = {};
  std::string extensions = {};  // FHIR extensions of it: a JSON list, or nothing
};

// Where the content came from.
struct SourceFile {
  // Without folders, and of the bytes; of two files both, parted by ", "; of a folder its name, and a digest of the
  // names and digests of its files.
  std::string name;
  std::string sha256;
};

struct CodeSystem {
  // Sent with a request or kept as a resource: may have no version and no concept, and no index of its words is made.
  bool transient = false;
  bool searchable = true;  // has an index of words
  std::string url;         // canonical URI
  std::string version;     // a release's first day of validity for ICD-10-CM; the resource's version for an extension
  std::string title = {};
  std::string publisher = {};
  std::string copyright = {};
  // Of an extension: the canonical URI of the code system that it extends; else empty.
  std::string extends = {};
  // Of a supplement: the canonical URI of the code system that it adds designations and properties to, and the version
  // of it where the supplement is for one alone; else empty. It defines no concept, and none of its concepts needs a
  // title.
  std::string supplements = {};
  std::string supplements_version = {};
  SourceFile source = {};
  // Only a part of the code system (FHIR content `fragment`): that a code is not in it says nothing.
  bool fragment = false;
  bool case_sensitive = true;
  std::string name = {};         // for machines
  std::string description = {};  // Markdown
  std::string language = {};     // BCP 47, of titles and definitions
  std::string status = {};       // "draft", "active", "retired", "unknown"
  bool experimental = false;
  std::string standards_status = {};   // "deprecated", "withdrawn" ...: of the extension of that name
  std::string hierarchy_meaning = {};  // "is-a", "part-of", "grouped-by", "classified-with"
  std::string version_algorithm = {};  // a code of http://hl7.org/fhir/version-algorithm: "semver", "date" ...
  bool version_needed = false;         // a code without a version says too little
  std::string value_set = {};          // canonical URI of the value set of all its concepts
  std::vector<PropertyDefinition> properties = {};
  // For search: groups of words or phrases that mean the same, "kidney", "renal".
  std::vector<std::vector<std::string>> synonyms = {};
  std::vector<Concept> concepts = {};
};

// Checks what every code system must hold to: url and version there, valid UTF-8 throughout, properties defined once.
// Errors: InvalidArgument that names the field and the remedy.
absl::Status CheckDescription(const CodeSystem& system);

// Checks a concept of it, the one number `index`: code there, and a title where there is a `kind` of ICD; parents
// before it; valid UTF-8; properties that are defined, with values of their type; in an extension each root concept
// extends a code of `extends`, which is another system, and each code is in the canonical form of that system's
// grammar. Errors: InvalidArgument that names the concept, the field and the remedy.
absl::Status CheckConcept(const CodeSystem& system, const Concept& item, size_t index);

// Both, over all concepts. That no code stands twice is for the snapshot writer to see.
absl::Status CheckCodeSystem(const CodeSystem& system);

}  // namespace nosograph::model

#endif  // NOSOGRAPH_TERMINOLOGY_MODEL_CODE_SYSTEM_H_
