// The bytes of a snapshot file. This header is the only truth about them; README.md beside it tells the same in prose.
//
// A snapshot holds one version of one code system or one extension. All numbers are little-endian and aligned to their
// size. No promise about the format before 1.0: a file of another format version is refused with "import again".
//
//   header | section table | sections, each at a multiple of 8 bytes
//
// Sections of an unknown id are skipped. Text is referred to by offset and length into the text section.
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_FORMAT_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_FORMAT_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace nosograph::snapshot {

static_assert(std::endian::native == std::endian::little, "snapshots are mapped as they are: little-endian only");

inline constexpr std::array<char, 8> kMagic = {'N', 'O', 'S', 'O', 'S', 'N', 'A', 'P'};
inline constexpr uint32_t kFormatVersion = 3;
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

// What a section holds; each is an array of one element type.
enum class SectionId : uint32_t {
  kText = 1,              // char: every text once, UTF-8, no separators
  kAbout = 2,             // TextRef, one for each AboutField
  kConcepts = 3,          // ConceptRecord, parents before children, each subtree without gaps
  kNotes = 4,             // NoteRecord, by concept
  kDesignations = 5,      // DesignationRecord, by concept
  kExtends = 6,           // ExtendsRecord, by concept, only those that extend a published code
  kKnowledge = 8,         // KnowledgeRecord, by concept, only those with knowledge
  kCodePilots = 10,       // uint16_t: see code_index.h
  kCodeSlots = 11,        // IndexSlot
  kTitles = 12,           // TextRef, by concept: apart from the records, since most answers read little else
  kFlags = 13,            // uint8_t, by concept: kBillableFlag, kSeventhCharacterFlag
  kKnowledgeContent = 9,  // char: encoded ConditionKnowledge, see knowledge_codec.h
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
  kContent = 8,  // "complete" or "fragment"
};
inline constexpr size_t kAboutFieldCount = 9;

// The values of AboutField::kContent, those of FHIR's CodeSystem.content.
inline constexpr char kComplete[] = "complete";
inline constexpr char kFragment[] = "fragment";

inline constexpr uint8_t kBillableFlag = 1;
inline constexpr uint8_t kSeventhCharacterFlag = 2;

struct ConceptRecord {
  TextRef code;
  TextRef definition;
  uint32_t parent;            // index of the concept, kNone for a root
  uint32_t end;               // one behind the last concept of the subtree: c is below a exactly if a < c < end(a)
  uint32_t notes_end;         // where the notes end; they begin where the concept's before end
  uint32_t designations_end;  // the same for designations
  uint8_t kind;               // model::ConceptKind
  std::array<uint8_t, 7> reserved;
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
  TextRef language;
  TextRef use;
  TextRef value;
};
static_assert(sizeof(DesignationRecord) == 24);

struct ExtendsRecord {
  uint32_t item;  // index of the concept
  TextRef system;
  TextRef code;
};
static_assert(sizeof(ExtendsRecord) == 20);

struct KnowledgeRecord {
  uint32_t item;    // index of the concept
  uint32_t offset;  // into the knowledge content
  uint32_t length;
};
static_assert(sizeof(KnowledgeRecord) == 12);

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_FORMAT_H_
