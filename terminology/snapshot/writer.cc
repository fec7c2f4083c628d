#include "terminology/snapshot/writer.h"

#include <cstring>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/status_macros.h"
#include "terminology/snapshot/checksum.h"
#include "terminology/snapshot/code_index.h"
#include "terminology/snapshot/format.h"
#include "terminology/snapshot/knowledge_codec.h"

namespace nosograph::snapshot {
namespace {

using model::CodeSystem;
using model::Concept;

// Keeps each text once. The views it is given must outlive it.
class TextPool {
 public:
  TextRef Add(absl::string_view text) {
    if (text.empty()) return {0, 0};
    const auto [entry, added] =
        refs_.try_emplace(text, TextRef{static_cast<uint32_t>(content_.size()), static_cast<uint32_t>(text.size())});
    if (added) content_.append(text.data(), text.size());
    return entry->second;
  }
  const std::string& content() const { return content_; }
  bool fits() const { return content_.size() <= std::numeric_limits<uint32_t>::max(); }

 private:
  std::string content_;
  absl::flat_hash_map<absl::string_view, TextRef> refs_;
};

// The concepts in hierarchical order, each with the index that its subtree ends before.
struct Order {
  std::vector<uint32_t> items;     // indices into CodeSystem::concepts
  std::vector<uint32_t> position;  // the inverse
  std::vector<uint32_t> end;       // by position
};

Order HierarchicalOrder(const CodeSystem& system) {
  const auto count = static_cast<uint32_t>(system.concepts.size());
  // Children as linked lists in the order they come in: no allocation a concept.
  std::vector<uint32_t> first_child(count + 1, kNone);
  std::vector<uint32_t> last_child(count + 1, kNone);
  std::vector<uint32_t> next_sibling(count, kNone);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t parent = system.concepts[i].parent.value_or(count);  // `count` stands for the root of all
    (first_child[parent] == kNone ? first_child[parent] : next_sibling[last_child[parent]]) = i;
    last_child[parent] = i;
  }
  Order order{{}, std::vector<uint32_t>(count), std::vector<uint32_t>(count)};
  order.items.reserve(count);
  std::vector<uint32_t> open;  // ancestors of the current concept
  uint32_t current = first_child[count];
  while (current != kNone) {
    order.position[current] = static_cast<uint32_t>(order.items.size());
    order.items.push_back(current);
    if (first_child[current] != kNone) {
      open.push_back(current);
      current = first_child[current];
      continue;
    }
    order.end[order.position[current]] = static_cast<uint32_t>(order.items.size());
    while (next_sibling[current] == kNone && !open.empty()) {
      current = open.back();
      open.pop_back();
      order.end[order.position[current]] = static_cast<uint32_t>(order.items.size());
    }
    current = next_sibling[current];
  }
  return order;
}

uint8_t Flags(const Concept& item) {
  unsigned flags = 0;
  if (item.billable) flags |= kBillableFlag;
  if (item.seventh_character) flags |= kSeventhCharacterFlag;
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
      if (!section.bytes.empty()) std::memcpy(file.data() + offset, section.bytes.data(), section.bytes.size());
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
    sections_.push_back({id, static_cast<uint32_t>(element_size), bytes});
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
  set(AboutField::kContent, system.fragment ? kFragment : kComplete);
  return about;
}

}  // namespace

absl::StatusOr<std::string> WriteSnapshot(const CodeSystem& system) {
  RETURN_IF_ERROR(model::CheckCodeSystem(system));
  if (system.concepts.size() >= kNone / 2) {
    return absl::InvalidArgumentError(absl::StrCat(system.url, ": ", system.concepts.size(),
                                                   " concepts are more than a snapshot holds; split the code system"));
  }
  const Order order = HierarchicalOrder(system);
  TextPool text;
  const std::vector<TextRef> about = About(system, text);
  std::vector<ConceptRecord> concepts(order.items.size());
  std::vector<absl::string_view> codes(order.items.size());
  std::vector<TextRef> titles(order.items.size());
  std::vector<uint8_t> flags(order.items.size());
  std::vector<NoteRecord> notes;
  std::vector<DesignationRecord> designations;
  std::vector<ExtendsRecord> extends;
  std::vector<KnowledgeRecord> knowledge;
  std::string knowledge_content;
  for (uint32_t position = 0; position < order.items.size(); ++position) {
    const Concept& item = system.concepts[order.items[position]];
    for (const model::Note& note : item.notes) {
      notes.push_back({text.Add(note.text), static_cast<uint32_t>(note.kind)});
    }
    for (const model::Designation& designation : item.designations) {
      designations.push_back({text.Add(designation.language), text.Add(designation.use), text.Add(designation.value)});
    }
    if (item.extends) extends.push_back({position, text.Add(item.extends->system), text.Add(item.extends->code)});
    if (item.knowledge) {
      const std::string bytes = EncodeKnowledge(*item.knowledge);
      knowledge.push_back(
          {position, static_cast<uint32_t>(knowledge_content.size()), static_cast<uint32_t>(bytes.size())});
      knowledge_content += bytes;
    }
    codes[position] = item.code;
    titles[position] = text.Add(item.title);
    flags[position] = Flags(item);
    const uint32_t parent = item.parent ? order.position[*item.parent] : kNone;
    concepts[position] = {.code = text.Add(item.code),
                          .definition = text.Add(item.definition),
                          .parent = parent,
                          .end = order.end[position],
                          .notes_end = static_cast<uint32_t>(notes.size()),
                          .designations_end = static_cast<uint32_t>(designations.size()),
                          .kind = static_cast<uint8_t>(item.kind),
                          .reserved = {}};
  }
  if (!text.fits() || knowledge_content.size() > std::numeric_limits<uint32_t>::max()) {
    return absl::InvalidArgumentError(
        absl::StrCat(system.url, ": its texts exceed 4 GiB, more than a snapshot holds; split the code system"));
  }
  const std::optional<CodeIndex> index = BuildCodeIndex(codes);
  if (!index) {
    return absl::InvalidArgumentError(absl::StrCat(system.url,
                                                   ": two of its codes cannot be told apart by their hash; "
                                                   "give one another code"));
  }

  FileBuilder file;
  file.Add(SectionId::kText, text.content());
  file.Add(SectionId::kAbout, about);
  file.Add(SectionId::kConcepts, concepts);
  file.Add(SectionId::kNotes, notes);
  file.Add(SectionId::kDesignations, designations);
  file.Add(SectionId::kExtends, extends);
  file.Add(SectionId::kTitles, titles);
  file.Add(SectionId::kFlags, flags);
  file.Add(SectionId::kCodePilots, index->pilots);
  file.Add(SectionId::kCodeSlots, index->slots);
  file.Add(SectionId::kKnowledge, knowledge);
  file.Add(SectionId::kKnowledgeContent, knowledge_content);
  return file.Build();
}

}  // namespace nosograph::snapshot
