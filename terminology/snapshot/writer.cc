#include "terminology/snapshot/writer.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/status_macros.h"
#include "terminology/snapshot/checksum.h"
#include "terminology/snapshot/code_index.h"
#include "terminology/snapshot/hierarchy.h"
#include "terminology/snapshot/knowledge_codec.h"
#include "terminology/snapshot/text_index_builder.h"

namespace nosograph::snapshot {
namespace {

using model::CodeSystem;
using model::Concept;

uint8_t Flags(const Concept& item) {
  unsigned flags = 0;
  if (item.billable) flags |= kBillableFlag;
  if (item.seventh_character) flags |= kSeventhCharacterFlag;
  if (item.inactive) flags |= kInactiveFlag;
  if (item.abstract) flags |= kAbstractFlag;
  return static_cast<uint8_t>(flags);
}

class FileBuilder {
 public:
  template <typename T>
  void Add(SectionId id, const std::vector<T>& elements) {
    Add(id, sizeof(T), absl::string_view(reinterpret_cast<const char*>(elements.data()), elements.size() * sizeof(T)));
  }
  void Add(SectionId id, const std::string& characters) { Add(id, 1, characters); }

  std::string Build() const {
    const size_t table_end = sizeof(Header) + sections_.size() * sizeof(SectionEntry);
    size_t size = table_end;
    for (const Section& section : sections_) size = Aligned(size) + section.bytes.size();
    std::string file(size, '\0');

    size_t offset = table_end;
    for (size_t i = 0; i < sections_.size(); ++i) {
      const Section& section = sections_[i];
      offset = Aligned(offset);
      const SectionEntry entry{static_cast<uint32_t>(section.id), section.element_size, offset, section.bytes.size(),
                               Checksum(section.bytes)};
      std::memcpy(file.data() + sizeof(Header) + i * sizeof(SectionEntry), &entry, sizeof(entry));
      std::memcpy(file.data() + offset, section.bytes.data(), section.bytes.size());
      offset += section.bytes.size();
    }
    Header header{kMagic, kFormatVersion, static_cast<uint32_t>(sections_.size()), file.size(), 0};
    std::memcpy(file.data(), &header, sizeof(header));
    header.table_checksum = Checksum(absl::string_view(file.data(), table_end));
    std::memcpy(file.data(), &header, sizeof(header));
    return file;
  }

 private:
  struct Section {
    SectionId id;
    uint32_t element_size;
    absl::string_view bytes;
  };

  static size_t Aligned(size_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }
  void Add(SectionId id, size_t element_size, absl::string_view bytes) {
    if (!bytes.empty()) sections_.push_back({id, static_cast<uint32_t>(element_size), bytes});
  }

  std::vector<Section> sections_;  // views of what the caller holds
};

std::vector<TextRef> About(const CodeSystem& system, TextPool& text) {
  std::vector<TextRef> about(kAboutFieldCount);
  const auto set = [&](AboutField field, absl::string_view value) {
    about[static_cast<size_t>(field)] = text.Add(value);
  };
  set(AboutField::kUrl, system.url);
  set(AboutField::kVersion, system.version);
  set(AboutField::kTitle, system.title);
  set(AboutField::kPublisher, system.publisher);
  set(AboutField::kCopyright, system.copyright);
  set(AboutField::kExtends, system.extends);
  set(AboutField::kSourceName, system.source.name);
  set(AboutField::kSourceSha256, system.source.sha256);
  set(AboutField::kContent, !system.supplements.empty() ? kSupplement : system.fragment ? kFragment : kComplete);
  set(AboutField::kSupplements, system.supplements);
  set(AboutField::kSupplementsVersion, system.supplements_version);
  set(AboutField::kCaseSensitive, system.case_sensitive ? kTrue : kFalse);
  set(AboutField::kName, system.name);
  set(AboutField::kDescription, system.description);
  set(AboutField::kLanguage, system.language);
  set(AboutField::kStatus, system.status);
  set(AboutField::kHierarchyMeaning, system.hierarchy_meaning);
  set(AboutField::kValueSet, system.value_set);
  set(AboutField::kExperimental, system.experimental ? kTrue : kFalse);
  set(AboutField::kStandardsStatus, system.standards_status);
  set(AboutField::kVersionAlgorithm, system.version_algorithm);
  set(AboutField::kVersionNeeded, system.version_needed ? kTrue : kFalse);
  return about;
}

// `elements` in the order of the file; `end` is the field of the records, still in the order they came in, that tells
// where a concept's end.
template <typename T>
std::vector<T> Reordered(const std::vector<T>& elements, const std::vector<ConceptRecord>& records,
                         uint32_t ConceptRecord::* end, const Hierarchy& hierarchy) {
  std::vector<T> ordered;
  ordered.reserve(elements.size());
  for (const uint32_t item : hierarchy.items) {
    const auto begin = item == 0 ? 0 : records[item - 1].*end;
    ordered.insert(ordered.end(), elements.begin() + begin, elements.begin() + records[item].*end);
  }
  return ordered;
}

template <typename T>
std::vector<T> Reordered(const std::vector<T>& elements, const Hierarchy& hierarchy) {
  std::vector<T> ordered;
  ordered.reserve(elements.size());
  for (const uint32_t item : hierarchy.items) ordered.push_back(elements[item]);
  return ordered;
}

// Concepts ascending by their codes in lower case, then by themselves.
std::vector<uint32_t> FoldedOrder(const std::vector<absl::string_view>& codes) {
  std::vector<std::pair<std::string, uint32_t>> folded;
  folded.reserve(codes.size());
  for (const absl::string_view code : codes) {
    folded.emplace_back(absl::AsciiStrToLower(code), static_cast<uint32_t>(folded.size()));
  }
  std::sort(folded.begin(), folded.end());
  std::vector<uint32_t> order;
  order.reserve(folded.size());
  for (const auto& [code, item] : folded) order.push_back(item);
  return order;
}

template <typename Record>
void RenumberItems(std::vector<Record>& records, const Hierarchy& hierarchy) {
  for (Record& record : records) record.item = hierarchy.position[record.item];
  std::sort(records.begin(), records.end(), [](const Record& a, const Record& b) { return a.item < b.item; });
}

}  // namespace

uint32_t SnapshotWriter::DesignationKindOf(const model::Designation& designation) {
  const DesignationKind kind{text_.Add(designation.language), text_.Add(designation.use.system),
                             text_.Add(designation.use.code), text_.Add(designation.use.display)};
  std::array<uint32_t, 8> key;
  static_assert(sizeof(key) == sizeof(kind));
  std::memcpy(key.data(), &kind, sizeof(kind));
  const auto [known, added] = known_kinds_.try_emplace(key, static_cast<uint32_t>(designation_kinds_.size()));
  if (added) designation_kinds_.push_back(kind);
  return known->second;
}

absl::Status SnapshotWriter::Add(const Concept& item) {
  const auto index = static_cast<uint32_t>(concepts_.size());
  if (index >= kNone / 2) {
    return absl::InvalidArgumentError(absl::StrCat(system_.url, ": more than ", index,
                                                   " concepts are more than a snapshot holds; split the code system"));
  }
  RETURN_IF_ERROR(model::CheckConcept(system_, item, index));
  const TextRef code = text_.Add(item.code);
  titles_.push_back(text_.Add(item.title));  // beside the code: who reads the one reads the other
  for (const model::Note& note : item.notes) {
    notes_.push_back({text_.Add(note.text), static_cast<uint32_t>(note.kind)});
  }
  if (!item.extensions.empty()) extensions_.push_back({index, kNone, text_.Add(item.extensions)});
  uint32_t number = 0;
  for (const model::Designation& designation : item.designations) {
    if (!designation.extensions.empty()) extensions_.push_back({index, number, text_.Add(designation.extensions)});
    ++number;
    const uint32_t kind = DesignationKindOf(designation);
    designations_.push_back({kind, text_.Add(designation.value)});
  }
  for (const model::Property& property : item.properties) {
    uint32_t coding = kNone;
    if (system_.properties[property.definition].type == model::PropertyType::kCoding) {
      coding = static_cast<uint32_t>(codings_.size());
      codings_.push_back({text_.Add(property.coding_system), text_.Add(property.coding_display)});
    }
    properties_.push_back({property.definition, coding, text_.Add(property.value)});
  }
  if (item.extends) extends_.push_back({index, text_.Add(item.extends->system), text_.Add(item.extends->code)});
  if (item.knowledge) {
    const std::string bytes = EncodeKnowledge(*item.knowledge);
    if (bytes.size() > std::numeric_limits<uint32_t>::max() - knowledge_content_.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(system_.url, ": its condition knowledge exceeds 4 GiB, more than a snapshot holds"));
    }
    knowledge_.push_back(
        {index, static_cast<uint32_t>(knowledge_content_.size()), static_cast<uint32_t>(bytes.size())});
    knowledge_content_ += bytes;
  }
  const bool behind = titles_.back().length > 0 && titles_.back().offset == code.offset + code.length;
  flags_.push_back(static_cast<uint8_t>(Flags(item) | (behind ? kTitleBehindCodeFlag : 0)));
  parents_.push_back(item.parent.value_or(kNone));
  for (const uint32_t parent : item.other_parents) other_parents_.push_back({index, parent});
  concepts_.push_back({.code = code,
                       .definition = text_.Add(item.definition),
                       .parent = parents_.back(),
                       .end = 0,
                       .notes_end = static_cast<uint32_t>(notes_.size()),
                       .designations_end = static_cast<uint32_t>(designations_.size()),
                       .properties_end = static_cast<uint32_t>(properties_.size()),
                       .kind = static_cast<uint8_t>(item.kind),
                       .status = static_cast<uint8_t>(item.status),
                       .reserved = {}});
  const size_t records = std::max({notes_.size(), designations_.size(), properties_.size(), other_parents_.size()});
  if (!text_.fits() || records >= kNone) {
    return absl::InvalidArgumentError(
        absl::StrCat(system_.url, ": its texts exceed 4 GiB, more than a snapshot holds; split the code system"));
  }
  return absl::OkStatus();
}

void SnapshotWriter::Reorder(const Hierarchy& hierarchy) {
  notes_ = Reordered(notes_, concepts_, &ConceptRecord::notes_end, hierarchy);
  designations_ = Reordered(designations_, concepts_, &ConceptRecord::designations_end, hierarchy);
  properties_ = Reordered(properties_, concepts_, &ConceptRecord::properties_end, hierarchy);
  std::vector<ConceptRecord> ordered = Reordered(concepts_, hierarchy);
  const auto add_up = [&](uint32_t ConceptRecord::* end) {
    uint32_t sum = 0;
    for (uint32_t position = 0; position < ordered.size(); ++position) {
      const uint32_t item = hierarchy.items[position];
      sum += concepts_[item].*end - (item == 0 ? 0 : concepts_[item - 1].*end);
      ordered[position].*end = sum;
    }
  };
  add_up(&ConceptRecord::notes_end);
  add_up(&ConceptRecord::designations_end);
  add_up(&ConceptRecord::properties_end);
  for (ConceptRecord& record : ordered) {
    if (record.parent != kNone) record.parent = hierarchy.position[record.parent];
  }
  concepts_ = std::move(ordered);
  titles_ = Reordered(titles_, hierarchy);
  flags_ = Reordered(flags_, hierarchy);
  RenumberItems(extends_, hierarchy);
  for (ExtensionRecord& record : extensions_) record.item = hierarchy.position[record.item];
  RenumberItems(knowledge_, hierarchy);
}

absl::StatusOr<std::string> SnapshotWriter::Finish() {
  RETURN_IF_ERROR(model::CheckDescription(system_));
  if (concepts_.empty() && !system_.transient) {
    return absl::InvalidArgumentError(absl::StrCat(system_.url, ": it has no concept; check that the source is whole"));
  }
  const auto of_system = [&](const absl::Status& status) {
    return absl::Status(status.code(), absl::StrCat(system_.url, ": ", status.message()));
  };
  const Hierarchy hierarchy = OrderHierarchy(parents_);
  absl::StatusOr<AncestorLists> ancestors = ListAncestors(parents_, other_parents_, hierarchy);
  if (!ancestors.ok()) return of_system(ancestors.status());
  if (!hierarchy.as_given) Reorder(hierarchy);
  for (uint32_t position = 0; position < concepts_.size(); ++position) {
    concepts_[position].end = hierarchy.end[position];
  }
  for (ParentRecord& record : other_parents_) {
    record = {hierarchy.position[record.item], hierarchy.position[record.parent]};
  }
  std::sort(other_parents_.begin(), other_parents_.end(), [](const ParentRecord& a, const ParentRecord& b) {
    return std::make_pair(a.item, a.parent) < std::make_pair(b.item, b.parent);
  });
  std::vector<ParentRecord> other_children = other_parents_;
  std::sort(other_children.begin(), other_children.end(), [](const ParentRecord& a, const ParentRecord& b) {
    return std::make_pair(a.parent, a.item) < std::make_pair(b.parent, b.item);
  });
  std::sort(extensions_.begin(), extensions_.end(), [](const ExtensionRecord& a, const ExtensionRecord& b) {
    return std::make_pair(a.item, a.designation) < std::make_pair(b.item, b.designation);
  });
  const std::vector<TextRef> about = About(system_, text_);
  std::vector<PropertyDefinitionRecord> definitions;
  for (const model::PropertyDefinition& definition : system_.properties) {
    definitions.push_back({text_.Add(definition.code), text_.Add(definition.uri), text_.Add(definition.description),
                           static_cast<uint32_t>(definition.type)});
  }
  std::vector<absl::string_view> codes;
  codes.reserve(concepts_.size());
  for (const ConceptRecord& record : concepts_) codes.push_back(text_.Text(record.code));
  const absl::StatusOr<CodeIndex> index = BuildCodeIndex(codes);
  if (!index.ok()) return of_system(index.status());
  const std::vector<uint32_t> folded_codes = system_.case_sensitive ? std::vector<uint32_t>() : FoldedOrder(codes);
  const TextIndex search = !system_.searchable ? TextIndex()
                                               : BuildTextIndex({.concepts = concepts_,
                                                                 .titles = titles_,
                                                                 .flags = flags_,
                                                                 .notes = notes_,
                                                                 .designations = designations_,
                                                                 .knowledge = knowledge_,
                                                                 .knowledge_content = knowledge_content_,
                                                                 .text = text_,
                                                                 .codes = *index,
                                                                 .synonyms = system_.synonyms});

  FileBuilder file;
  file.Add(SectionId::kText, text_.content());
  file.Add(SectionId::kAbout, about);
  file.Add(SectionId::kConcepts, concepts_);
  file.Add(SectionId::kNotes, notes_);
  file.Add(SectionId::kDesignations, designations_);
  file.Add(SectionId::kDesignationKinds, designation_kinds_);
  file.Add(SectionId::kPropertyDefinitions, definitions);
  file.Add(SectionId::kProperties, properties_);
  file.Add(SectionId::kCodings, codings_);
  file.Add(SectionId::kExtends, extends_);
  file.Add(SectionId::kExtensions, extensions_);
  file.Add(SectionId::kFoldedCodes, folded_codes);
  file.Add(SectionId::kTitles, titles_);
  file.Add(SectionId::kFlags, flags_);
  file.Add(SectionId::kOtherParents, other_parents_);
  file.Add(SectionId::kOtherChildren, other_children);
  file.Add(SectionId::kAncestorListOf, ancestors->list_of);
  file.Add(SectionId::kAncestorListEnds, ancestors->ends);
  file.Add(SectionId::kAncestors, ancestors->ancestors);
  const std::vector<uint64_t> seed = {index->seed};
  file.Add(SectionId::kCodeSeed, seed);
  file.Add(SectionId::kCodePilots, index->pilots);
  file.Add(SectionId::kCodeSlots, index->slots);
  file.Add(SectionId::kKnowledge, knowledge_);
  file.Add(SectionId::kKnowledgeContent, knowledge_content_);
  file.Add(SectionId::kSearchDocuments, search.documents);
  file.Add(SectionId::kSearchDocumentWords, search.document_words);
  file.Add(SectionId::kSearchTermText, search.term_text);
  file.Add(SectionId::kSearchTerms, search.terms);
  file.Add(SectionId::kSearchPostings, search.postings);
  file.Add(SectionId::kSearchStemText, search.stem_text);
  file.Add(SectionId::kSearchStems, search.stems);
  file.Add(SectionId::kSearchStemTerms, search.stem_terms);
  file.Add(SectionId::kSearchTails, search.tails);
  file.Add(SectionId::kSearchTailDocuments, search.tail_documents);
  file.Add(SectionId::kSearchMade, search.made);
  file.Add(SectionId::kSearchPhrases, search.phrases);
  file.Add(SectionId::kSearchPhraseStems, search.phrase_stems);
  file.Add(SectionId::kSearchSynonyms, search.synonyms);
  file.Add(SectionId::kSearchTermWeights, search.term_weights);
  file.Add(SectionId::kSearchMasses, search.masses);
  file.Add(SectionId::kSearchTermShared, search.term_shared);
  file.Add(SectionId::kSearchTermEndings, search.term_endings);
  file.Add(SectionId::kSearchTermLetters, search.term_letters);
  return file.Build();
}

absl::StatusOr<std::string> WriteSnapshot(const CodeSystem& system) {
  SnapshotWriter writer(system);
  for (const Concept& item : system.concepts) RETURN_IF_ERROR(writer.Add(item));
  return writer.Finish();
}

}  // namespace nosograph::snapshot
