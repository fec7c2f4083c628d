#include "terminology/snapshot/snapshot.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/status_macros.h"
#include "terminology/snapshot/checksum.h"
#include "terminology/snapshot/knowledge_codec.h"

namespace nosograph::snapshot {
namespace {

constexpr absl::string_view kImportAgain = "import the source again";

// The record of `item` in records that are ordered by it; null when it has none.
template <typename Record>
const Record* FindRecord(absl::Span<const Record> records, uint32_t item) {
  const auto found = std::lower_bound(records.begin(), records.end(), item,
                                      [](const Record& record, uint32_t wanted) { return record.item < wanted; });
  return found != records.end() && found->item == item ? &*found : nullptr;
}

// Takes the bytes of a section as elements; false when they are no whole number of them.
template <typename T>
bool Take(absl::string_view bytes, uint32_t element_size, absl::Span<const T>& elements) {
  if (element_size != sizeof(T) || bytes.size() % sizeof(T) != 0) return false;
  elements = absl::MakeConstSpan(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T));
  return true;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Snapshot>> Snapshot::Open(const std::string& path, Verification verification,
                                                               Access access) {
  ASSIGN_OR_RETURN(base::MappedFile file, base::MappedFile::Open(path));
  if (access == Access::kMemory) return FromBytes(std::string(file.bytes()), path, verification);
  return Load(std::shared_ptr<Snapshot>(new Snapshot(std::move(file))), path, verification);
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Snapshot::FromBytes(std::string bytes, const std::string& name,
                                                                    Verification verification) {
  return Load(std::shared_ptr<Snapshot>(new Snapshot(std::move(bytes))), name, verification);
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Snapshot::Load(std::shared_ptr<Snapshot> snapshot,
                                                               const std::string& name, Verification verification) {
  std::string wrong = snapshot->ReadTable(verification);
  if (wrong.empty() && verification == Verification::kEveryByte) wrong = snapshot->CheckRecords();
  if (!wrong.empty()) return absl::DataLossError(absl::StrCat("snapshot ", name, ": ", wrong, "; ", kImportAgain));
  return snapshot;
}

std::string Snapshot::ReadTable(Verification verification) {
  Header header;
  if (bytes_.size() < sizeof(header)) {
    return absl::StrCat("the file has ", bytes_.size(), " bytes, too few for a header; it is truncated or no snapshot");
  }
  std::memcpy(&header, bytes_.data(), sizeof(header));
  if (header.magic != kMagic) return "it does not begin as a snapshot does";
  if (header.format_version != kFormatVersion) {
    return absl::StrCat("it has format version ", header.format_version, ", this program reads ", kFormatVersion);
  }
  if (header.file_size != bytes_.size()) {
    return absl::StrCat("the file has ", bytes_.size(), " bytes where its header says ", header.file_size,
                        "; it is truncated or damaged");
  }
  if (header.section_count > (bytes_.size() - sizeof(header)) / sizeof(SectionEntry)) {
    return absl::StrCat("its header claims ", header.section_count, " sections, more than fit; it is damaged");
  }
  const size_t table_end = sizeof(header) + header.section_count * sizeof(SectionEntry);
  std::string table(bytes_.substr(0, table_end));
  std::memset(table.data() + offsetof(Header, table_checksum), 0, sizeof(header.table_checksum));
  if (Checksum(table) != header.table_checksum) return "the checksum of its section table is wrong; it is damaged";

  size_t covered = table_end;  // bytes that a checksum covers, or that are known to be zero
  for (uint32_t i = 0; i < header.section_count; ++i) {
    SectionEntry entry;
    std::memcpy(&entry, bytes_.data() + sizeof(header) + i * sizeof(entry), sizeof(entry));
    if (entry.offset % kAlignment != 0 || entry.offset < table_end || entry.offset > bytes_.size() ||
        entry.length > bytes_.size() - entry.offset) {
      return absl::StrCat("section ", entry.id, " reaches beyond the file; it is damaged");
    }
    if (verification == Verification::kEveryByte &&
        Checksum(bytes_.substr(entry.offset, entry.length)) != entry.checksum) {
      return absl::StrCat("the checksum of section ", entry.id, " is wrong; it is damaged");
    }
    // Sections stand in a row, and what aligns them is zero, so that every byte of the file is accounted for.
    const absl::string_view gap =
        entry.offset >= covered ? bytes_.substr(covered, entry.offset - covered) : absl::string_view();
    if (entry.offset < covered || gap.size() >= kAlignment || gap.find_first_not_of('\0') != absl::string_view::npos) {
      return absl::StrCat("the bytes before section ", entry.id, " are damaged");
    }
    covered = entry.offset + entry.length;
    if (std::string wrong = ReadSection(entry); !wrong.empty()) return wrong;
  }
  if (covered != bytes_.size()) return "bytes stand behind its last section; it is damaged";
  if (about_.size() < kFewestAboutFields || concepts_.size() >= kNone) {
    return "it names no code system or holds too many concepts";
  }
  if (titles_.size() != concepts_.size() || flags_.size() != concepts_.size() || code_index_.slots.empty() ||
      code_index_.slots.size() >= kNone || code_index_.pilots.empty() || code_index_.pilots.size() >= kNone ||
      code_seed_.size() != 1 || (!ancestor_list_of_.empty() && ancestor_list_of_.size() != concepts_.size())) {
    return "its titles, flags, code index or lists of ancestors do not fit its concepts";
  }
  code_index_.seed = code_seed_.front();
  billable_count_ = static_cast<uint32_t>(
      std::count_if(flags_.begin(), flags_.end(), [](uint8_t flags) { return (flags & kBillableFlag) != 0; }));
  return "";
}

std::string Snapshot::ReadSection(const SectionEntry& entry) {
  const absl::string_view bytes = bytes_.substr(entry.offset, entry.length);
  bool taken = true;
  switch (static_cast<SectionId>(entry.id)) {
    case SectionId::kText:
      taken = Take(bytes, entry.element_size, text_);
      break;
    case SectionId::kAbout:
      taken = Take(bytes, entry.element_size, about_);
      break;
    case SectionId::kConcepts:
      taken = Take(bytes, entry.element_size, concepts_);
      break;
    case SectionId::kNotes:
      taken = Take(bytes, entry.element_size, notes_);
      break;
    case SectionId::kDesignations:
      taken = Take(bytes, entry.element_size, designations_);
      break;
    case SectionId::kExtends:
      taken = Take(bytes, entry.element_size, extends_);
      break;
    case SectionId::kExtensions:
      taken = Take(bytes, entry.element_size, extensions_);
      break;
    case SectionId::kFoldedCodes:
      taken = Take(bytes, entry.element_size, folded_codes_);
      break;
    case SectionId::kTitles:
      taken = Take(bytes, entry.element_size, titles_);
      break;
    case SectionId::kFlags:
      taken = Take(bytes, entry.element_size, flags_);
      break;
    case SectionId::kCodePilots:
      taken = Take(bytes, entry.element_size, code_index_.pilots);
      break;
    case SectionId::kCodeSlots:
      taken = Take(bytes, entry.element_size, code_index_.slots);
      break;
    case SectionId::kKnowledge:
      taken = Take(bytes, entry.element_size, knowledge_);
      break;
    case SectionId::kKnowledgeContent:
      taken = Take(bytes, entry.element_size, knowledge_content_);
      break;
    case SectionId::kCodeSeed:
      taken = Take(bytes, entry.element_size, code_seed_);
      break;
    case SectionId::kDesignationKinds:
      taken = Take(bytes, entry.element_size, designation_kinds_);
      break;
    case SectionId::kPropertyDefinitions:
      taken = Take(bytes, entry.element_size, property_definitions_);
      break;
    case SectionId::kProperties:
      taken = Take(bytes, entry.element_size, properties_);
      break;
    case SectionId::kCodings:
      taken = Take(bytes, entry.element_size, codings_);
      break;
    case SectionId::kOtherParents:
      taken = Take(bytes, entry.element_size, other_parents_);
      break;
    case SectionId::kOtherChildren:
      taken = Take(bytes, entry.element_size, other_children_);
      break;
    case SectionId::kAncestorListOf:
      taken = Take(bytes, entry.element_size, ancestor_list_of_);
      break;
    case SectionId::kAncestorListEnds:
      taken = Take(bytes, entry.element_size, ancestor_list_ends_);
      break;
    case SectionId::kAncestors:
      taken = Take(bytes, entry.element_size, ancestors_);
      break;
    case SectionId::kSearchDocuments:
      taken = Take(bytes, entry.element_size, text_index_.documents);
      break;
    case SectionId::kSearchDocumentWords:
      taken = Take(bytes, entry.element_size, text_index_.document_words);
      break;
    case SectionId::kSearchTermText:
      taken = Take(bytes, entry.element_size, text_index_.term_text);
      break;
    case SectionId::kSearchTerms:
      taken = Take(bytes, entry.element_size, text_index_.terms);
      break;
    case SectionId::kSearchPostings:
      taken = Take(bytes, entry.element_size, text_index_.postings);
      break;
    case SectionId::kSearchStemText:
      taken = Take(bytes, entry.element_size, text_index_.stem_text);
      break;
    case SectionId::kSearchStems:
      taken = Take(bytes, entry.element_size, text_index_.stems);
      break;
    case SectionId::kSearchStemTerms:
      taken = Take(bytes, entry.element_size, text_index_.stem_terms);
      break;
    case SectionId::kSearchTails:
      taken = Take(bytes, entry.element_size, text_index_.tails);
      break;
    case SectionId::kSearchTailDocuments:
      taken = Take(bytes, entry.element_size, text_index_.tail_documents);
      break;
    case SectionId::kSearchMade:
      taken = Take(bytes, entry.element_size, text_index_.made);
      break;
    case SectionId::kSearchPhrases:
      taken = Take(bytes, entry.element_size, text_index_.phrases);
      break;
    case SectionId::kSearchPhraseStems:
      taken = Take(bytes, entry.element_size, text_index_.phrase_stems);
      break;
    case SectionId::kSearchSynonyms:
      taken = Take(bytes, entry.element_size, text_index_.synonyms);
      break;
    case SectionId::kSearchTermWeights:
      taken = Take(bytes, entry.element_size, text_index_.term_weights);
      break;
    case SectionId::kSearchMasses:
      taken = Take(bytes, entry.element_size, text_index_.masses);
      break;
    case SectionId::kSearchTermShared:
      taken = Take(bytes, entry.element_size, text_index_.term_shared);
      break;
    case SectionId::kSearchTermEndings:
      taken = Take(bytes, entry.element_size, text_index_.term_endings);
      break;
    case SectionId::kSearchTermLetters:
      taken = Take(bytes, entry.element_size, text_index_.term_letters);
      break;
  }
  return taken ? "" : absl::StrCat("section ", entry.id, " is no whole number of elements; it is damaged");
}

absl::string_view Snapshot::About(AboutField field) const {
  const auto number = static_cast<size_t>(field);
  return number < about_.size() ? Text(about_[number]) : absl::string_view();
}

std::optional<uint32_t> Snapshot::FindInAnyCase(absl::string_view code) const {
  if (const std::optional<uint32_t> exact = Find(code); exact || folded_codes_.empty()) return exact;
  const std::string folded = absl::AsciiStrToLower(code);
  const auto found = std::partition_point(folded_codes_.begin(), folded_codes_.end(), [&](uint32_t item) {
    return absl::AsciiStrToLower(this->code(item)) < folded;
  });
  if (found == folded_codes_.end() || *found >= concepts_.size() || !absl::EqualsIgnoreCase(this->code(*found), code)) {
    return std::nullopt;
  }
  return *found;
}

std::optional<Snapshot::PropertyDefinitionView> Snapshot::FindPropertyDefinition(absl::string_view code) const {
  for (uint32_t index = 0; index < property_definition_count(); ++index) {
    const PropertyDefinitionView view = ReadPropertyDefinition(index);
    if (view.code == code) return view;
  }
  return std::nullopt;
}

absl::string_view Snapshot::ExtensionsAt(uint32_t item, uint32_t designation) const {
  const std::pair<uint32_t, uint32_t> wanted(item, designation);
  const auto found = std::partition_point(extensions_.begin(), extensions_.end(), [&](const ExtensionRecord& record) {
    return std::make_pair(record.item, record.designation) < wanted;
  });
  if (found == extensions_.end() || found->item != item || found->designation != designation) return {};
  return Text(found->json);
}

absl::string_view Snapshot::code(uint32_t item) const {
  return item < concepts_.size() ? Text(concepts_[item].code) : absl::string_view();
}

absl::string_view Snapshot::definition(uint32_t item) const {
  return item < concepts_.size() ? Text(concepts_[item].definition) : absl::string_view();
}

absl::Span<const NoteRecord> Snapshot::notes(uint32_t item) const {
  if (item >= concepts_.size()) return {};
  return Slice(notes_, item == 0 ? 0 : concepts_[item - 1].notes_end, concepts_[item].notes_end);
}

Snapshot::NoteView Snapshot::Read(const NoteRecord& note) const {
  const bool known = note.kind > 0 && note.kind <= model::kMaxNoteKind;
  return {known ? static_cast<model::NoteKind>(note.kind) : model::NoteKind::kGeneral, Text(note.text)};
}

absl::Span<const DesignationRecord> Snapshot::designations(uint32_t item) const {
  if (item >= concepts_.size()) return {};
  return Slice(designations_, item == 0 ? 0 : concepts_[item - 1].designations_end, concepts_[item].designations_end);
}

Snapshot::DesignationView Snapshot::Read(const DesignationRecord& designation) const {
  if (designation.kind >= designation_kinds_.size()) return {{}, {}, {}, {}, Text(designation.value)};
  const DesignationKind& kind = designation_kinds_[designation.kind];
  return {Text(kind.language), Text(kind.use_system), Text(kind.use_code), Text(kind.use_display),
          Text(designation.value)};
}

absl::Span<const PropertyRecord> Snapshot::properties(uint32_t item) const {
  if (item >= concepts_.size()) return {};
  return Slice(properties_, item == 0 ? 0 : concepts_[item - 1].properties_end, concepts_[item].properties_end);
}

Snapshot::PropertyView Snapshot::Read(const PropertyRecord& property) const {
  PropertyView view{ReadPropertyDefinition(property.definition), Text(property.value), {}, {}};
  if (property.coding < codings_.size()) {
    view.coding_system = Text(codings_[property.coding].system);
    view.coding_display = Text(codings_[property.coding].display);
  }
  return view;
}

Snapshot::PropertyDefinitionView Snapshot::ReadPropertyDefinition(uint32_t index) const {
  if (index >= property_definitions_.size()) return {};
  const PropertyDefinitionRecord& record = property_definitions_[index];
  const bool known = record.type > 0 && record.type <= model::kMaxPropertyType;
  return {Text(record.code), Text(record.uri), Text(record.description),
          known ? static_cast<model::PropertyType>(record.type) : model::PropertyType::kString};
}

model::ConceptStatus Snapshot::status(uint32_t item) const {
  if (item >= concepts_.size() || concepts_[item].status > model::kMaxConceptStatus) {
    return model::ConceptStatus::kNotStated;
  }
  return static_cast<model::ConceptStatus>(concepts_[item].status);
}

absl::Span<const ParentRecord> Snapshot::other_parents(uint32_t item) const {
  const auto range = std::equal_range(other_parents_.begin(), other_parents_.end(), ParentRecord{item, 0},
                                      [](const ParentRecord& a, const ParentRecord& b) { return a.item < b.item; });
  return other_parents_.subspan(static_cast<size_t>(range.first - other_parents_.begin()),
                                static_cast<size_t>(range.second - range.first));
}

absl::Span<const ParentRecord> Snapshot::other_children(uint32_t item) const {
  const auto range = std::equal_range(other_children_.begin(), other_children_.end(), ParentRecord{0, item},
                                      [](const ParentRecord& a, const ParentRecord& b) { return a.parent < b.parent; });
  return other_children_.subspan(static_cast<size_t>(range.first - other_children_.begin()),
                                 static_cast<size_t>(range.second - range.first));
}

absl::Span<const uint32_t> Snapshot::ancestors_off_the_tree(uint32_t item) const {
  if (item >= ancestor_list_of_.size()) return {};
  const uint32_t list = ancestor_list_of_[item];
  if (list >= ancestor_list_ends_.size()) return {};
  return Slice(ancestors_, list == 0 ? 0 : ancestor_list_ends_[list - 1], ancestor_list_ends_[list]);
}

bool Snapshot::IsListedAbove(uint32_t item, uint32_t below) const {
  const absl::Span<const uint32_t> list = ancestors_off_the_tree(below);
  return std::binary_search(list.begin(), list.end(), item);
}

std::optional<Snapshot::CodingView> Snapshot::extends(uint32_t item) const {
  const ExtendsRecord* record = FindRecord(extends_, item);
  if (record == nullptr) return std::nullopt;
  return CodingView{Text(record->system), Text(record->code)};
}

bool Snapshot::has_knowledge(uint32_t item) const { return FindRecord(knowledge_, item) != nullptr; }

std::optional<model::ConditionKnowledge> Snapshot::knowledge(uint32_t item) const {
  const KnowledgeRecord* record = FindRecord(knowledge_, item);
  if (record == nullptr || record->offset > knowledge_content_.size() ||
      record->length > knowledge_content_.size() - record->offset) {
    return std::nullopt;
  }
  return DecodeKnowledge(absl::string_view(knowledge_content_.data() + record->offset, record->length));
}

}  // namespace nosograph::snapshot
