// The bytes of a snapshot file. This header is the only truth about them; README.md beside it tells the same in prose.
//
// A snapshot holds one version of one code system, one extension or one supplement. All numbers are little-endian and
// aligned to their size. No promise about the format before 1.0: a file of another format version is refused with
// "import again".
//
//   header | section table | sections, each at a multiple of 8 bytes
//
// Sections of an unknown id are skipped, empty ones are not there. Text is referred to by offset and length into the
// text section.
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_FORMAT_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_FORMAT_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace nosograph::snapshot {

static_assert(std::endian::native == std::endian::little, "snapshots are mapped as they are: little-endian only");

inline constexpr std::array<char, 8> kMagic = {'N', 'O', 'S', 'O', 'S', 'N', 'A', 'P'};
inline constexpr uint32_t kFormatVersion = 9;
inline constexpr size_t kAlignment = 8;
inline constexpr uint32_t kNone = 0xFFFFFFFF;  // no concept

struct Header {
  std::array<char, 8> magic;
  uint32_t format_version;
  uint32_t section_count;
  uint64_t file_size;       // bytes in all: a truncated file shows at once
  uint64_t table_checksum;  // XXH3-64 of the section table with this header before it, this field taken as 0
};
static_assert(sizeof(Header) == 32);

// What a section holds; each is an array of one element type. "By concept" means ordered by the concept's index.
enum class SectionId : uint32_t {
  kText = 1,                  // char: every text once, UTF-8, no separators
  kAbout = 2,                 // TextRef, one for each AboutField
  kConcepts = 3,              // ConceptRecord, parents before children, each subtree without gaps
  kNotes = 4,                 // NoteRecord, by concept
  kDesignations = 5,          // DesignationRecord, by concept
  kExtends = 6,               // ExtendsRecord, by concept, only those that extend a published code
  kKnowledge = 8,             // KnowledgeRecord, by concept, only those with knowledge
  kKnowledgeContent = 9,      // char: encoded ConditionKnowledge, see knowledge_codec.h
  kCodePilots = 10,           // uint16_t: see code_index.h
  kCodeSlots = 11,            // IndexSlot
  kTitles = 12,               // TextRef, by concept: apart from the records, since most answers read little else
  kFlags = 13,                // uint8_t, by concept: kBillableFlag and those below it
  kCodeSeed = 14,             // uint64_t, one: see code_index.h
  kDesignationKinds = 15,     // DesignationKind: what designations have in common, each once
  kPropertyDefinitions = 16,  // PropertyDefinitionRecord
  kProperties = 17,           // PropertyRecord, by concept
  kCodings = 18,              // CodingRecord: what properties of type Coding say beside the code
  // Of a hierarchy with several parents alone. The tree of the concept records has each concept's first parent.
  kOtherParents = 19,      // ParentRecord: the further parents, by concept
  kOtherChildren = 20,     // ParentRecord: the same, by parent
  kAncestorListOf = 21,    // uint32_t, by concept: which list has its ancestors off the tree; kNone for none
  kAncestorListEnds = 22,  // uint32_t, by list: where it ends in kAncestors; it begins where the list before ends
  kAncestors = 23,         // uint32_t, by list: indices of concepts, ascending
  // The text index, see text_index.h.
  kSearchDocuments = 24,      // DocumentRecord, by concept; those of a concept begin with its title
  kSearchDocumentWords = 25,  // uint32_t: terms, by document, then by tail
  kSearchTermText = 26,       // char: the terms in a row, no separators
  kSearchTerms = 27,          // TermRecord, ascending by their bytes, and one more that only ends the last
  kSearchPostings = 28,       // uint32_t, by term: titles with documents below them; then other documents, then tails
                              // counted on from all documents; each of the two ascending
  kSearchStemText = 29,       // char: the stems in a row, no separators
  kSearchStems = 30,          // StemRecord, ascending by their bytes, and one more that only ends the last
  kSearchStemTerms = 31,      // uint32_t, by stem: terms, ascending
  kSearchTails = 32,          // TailRecord: what made codes add to the title of the code they are made of
  kSearchTailDocuments = 33,  // uint32_t, by tail: title documents that have a made code with it, ascending
  kSearchMade = 34,           // MadeRecord, by concept: each made code
  kSearchPhrases = 35,        // PhraseRecord, ascending by their stems
  kSearchPhraseStems = 36,    // uint32_t, by phrase: stems
  kSearchSynonyms = 37,       // uint32_t, by group of synonyms: phrases
  kSearchTermWeights = 38,    // uint8_t, by term: how telling its stem is, see TermWeight
  kSearchMasses = 39,         // uint16_t, by document, then by tail: the sum of its words' weights
  kSearchTermShared = 40,     // uint8_t, by term: how many bytes it begins with like the term before it
  kExtensions = 41,           // ExtensionRecord, by concept, then designation, only those that have FHIR extensions
  kFoldedCodes = 42,          // uint32_t: concepts ascending by their codes in ASCII lower case, then by themselves;
                              // only where the code system does not tell cases apart
  kSearchTermEndings = 43,    // uint32_t: terms, ascending by their bytes read backwards
  kSearchTermLetters = 44,    // uint32_t, by term: which letters it has, see LettersOf
};

struct SectionEntry {
  uint32_t id;
  uint32_t element_size;
  uint64_t offset;    // from the file's beginning
  uint64_t length;    // bytes
  uint64_t checksum;  // XXH3-64 of the bytes
};
static_assert(sizeof(SectionEntry) == 32);

struct TextRef {
  uint32_t offset;
  uint32_t length;
};

// Order of the texts about the code system as a whole.
enum class AboutField : uint32_t {
  kUrl = 0,
  kVersion = 1,
  kTitle = 2,
  kPublisher = 3,
  kCopyright = 4,
  kExtends = 5,
  kSourceName = 6,
  kSourceSha256 = 7,
  kContent = 8,  // a value of FHIR's CodeSystem.content
  kSupplements = 9,
  kSupplementsVersion = 10,
  kCaseSensitive = 11,  // "true" or "false"
  kName = 12,
  kDescription = 13,
  kLanguage = 14,
  kStatus = 15,
  kHierarchyMeaning = 16,
  kValueSet = 17,
  kExperimental = 18,      // "true" or "false"
  kStandardsStatus = 19,   // of HL7's extension structuredefinition-standards-status
  kVersionAlgorithm = 20,  // a code of http://hl7.org/fhir/version-algorithm
  kVersionNeeded = 21,     // "true" or "false"
};
inline constexpr size_t kAboutFieldCount = 22;
// A file may end before the later ones, which are empty then.
inline constexpr size_t kFewestAboutFields = 18;

// The values of AboutField::kContent.
inline constexpr char kComplete[] = "complete";
inline constexpr char kFragment[] = "fragment";
inline constexpr char kSupplement[] = "supplement";

inline constexpr char kTrue[] = "true";
inline constexpr char kFalse[] = "false";

inline constexpr uint8_t kBillableFlag = 1;
inline constexpr uint8_t kSeventhCharacterFlag = 2;
inline constexpr uint8_t kInactiveFlag = 4;
inline constexpr uint8_t kAbstractFlag = 8;
inline constexpr uint8_t kTitleBehindCodeFlag = 16;  // the title stands right behind the code in the texts

struct ConceptRecord {
  TextRef code;
  TextRef definition;
  uint32_t parent;            // index of the first parent, kNone for a root
  uint32_t end;               // one behind the last concept of the subtree: c is below a exactly if a < c < end(a)
  uint32_t notes_end;         // where the notes end; they begin where the concept's before end
  uint32_t designations_end;  // the same for designations
  uint32_t properties_end;    // and for properties
  uint8_t kind;               // model::ConceptKind
  uint8_t status;             // model::ConceptStatus
  std::array<uint8_t, 2> reserved;
};
static_assert(sizeof(ConceptRecord) == 40);

struct IndexSlot {
  uint32_t key_low;
  uint32_t key_high;
  uint32_t item;  // index of the concept, kNone for a free slot
};
static_assert(sizeof(IndexSlot) == 12);

struct NoteRecord {
  TextRef text;
  uint32_t kind;  // model::NoteKind
};
static_assert(sizeof(NoteRecord) == 12);

struct DesignationRecord {
  uint32_t kind;  // index into the designation kinds
  TextRef value;
};
static_assert(sizeof(DesignationRecord) == 12);

struct DesignationKind {
  TextRef language;
  TextRef use_system;
  TextRef use_code;
  TextRef use_display;
};
static_assert(sizeof(DesignationKind) == 32);

struct PropertyDefinitionRecord {
  TextRef code;
  TextRef uri;
  TextRef description;
  uint32_t type;  // model::PropertyType
};
static_assert(sizeof(PropertyDefinitionRecord) == 28);

struct PropertyRecord {
  uint32_t definition;  // index into the property definitions
  uint32_t coding;      // index into the codings, kNone for another type
  TextRef value;
};
static_assert(sizeof(PropertyRecord) == 16);

struct CodingRecord {
  TextRef system;
  TextRef display;
};
static_assert(sizeof(CodingRecord) == 16);

struct ParentRecord {
  uint32_t item;
  uint32_t parent;
};
static_assert(sizeof(ParentRecord) == 8);

struct ExtendsRecord {
  uint32_t item;  // index of the concept
  TextRef system;
  TextRef code;
};
static_assert(sizeof(ExtendsRecord) == 20);

struct ExtensionRecord {
  uint32_t item;         // index of the concept
  uint32_t designation;  // which of its designations has it, from 0; kNone for the concept itself
  TextRef json;          // the list of extensions
};
static_assert(sizeof(ExtensionRecord) == 16);

struct KnowledgeRecord {
  uint32_t item;    // index of the concept
  uint32_t offset;  // into the knowledge content
  uint32_t length;
};
static_assert(sizeof(KnowledgeRecord) == 12);

// A text that names a concept. Numbers stand in snapshots: never renumber, only append.
enum class DocumentKind : uint8_t {
  kTitle = 0,
  kInclusionTerm = 1,
  kIncludes = 2,
  kDesignation = 3,
  kSynonym = 4,    // of the condition knowledge
  kReference = 5,  // what a note elsewhere calls the concept when it refers to it
};
inline constexpr uint32_t kMaxDocumentKind = 5;

struct DocumentRecord {
  uint32_t item;         // index of the concept
  uint32_t source : 28;  // index of the note or designation, number of the synonym; of a title the title document of
                         // the concept right above, its own where none stands above
  uint32_t kind : 4;     // DocumentKind
  uint32_t words_begin;  // into the document words; they end where the next document's begin
  uint32_t subtree_end;  // one behind the last document of the concept's subtree
};
static_assert(sizeof(DocumentRecord) == 16);

struct TermRecord {
  uint32_t text_begin;
  uint32_t postings_begin;
  uint32_t leaves_begin;  // where in the postings the titles with documents below them end
  uint32_t stem;          // index of the stem
};
static_assert(sizeof(TermRecord) == 16);

struct StemRecord {
  uint32_t text_begin;
  uint32_t terms_begin;
  uint32_t document_count;  // that have a term of this stem
};
static_assert(sizeof(StemRecord) == 12);

struct TailRecord {
  uint32_t words_begin;      // as of a document
  uint32_t documents_begin;  // into the tail documents
};
static_assert(sizeof(TailRecord) == 8);

struct MadeRecord {
  uint32_t item;
  uint32_t tail;
};
static_assert(sizeof(MadeRecord) == 8);

struct PhraseRecord {
  uint32_t stems_begin;
  uint32_t synonyms_begin;  // of its group: where the group's phrases begin
  uint32_t synonyms_end;
};
static_assert(sizeof(PhraseRecord) == 12);

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_FORMAT_H_
