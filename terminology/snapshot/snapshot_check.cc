// What Verification::kEveryByte asks beside the checksums: that every record refers to what is there, and that the
// order of the file is the one that format.h promises.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "terminology/snapshot/snapshot.h"

namespace nosograph::snapshot {
namespace {

template <typename Record>
bool InOrderOfItems(absl::Span<const Record> records) {
  return std::is_sorted(records.begin(), records.end(),
                        [](const Record& a, const Record& b) { return a.item < b.item; });
}

}  // namespace

std::string Snapshot::CheckConcepts() const {
  uint32_t notes_end = 0;
  uint32_t designations_end = 0;
  uint32_t properties_end = 0;
  std::vector<uint32_t> open;  // the concepts whose subtree we are in
  for (uint32_t item = 0; item < concepts_.size(); ++item) {
    const ConceptRecord& record = concepts_[item];
    while (!open.empty() && item >= concepts_[open.back()].end) open.pop_back();
    const bool place = record.parent == (open.empty() ? kNone : open.back()) && record.end > item &&
                       record.end <= (open.empty() ? concepts_.size() : concepts_[open.back()].end);
    const bool texts = InText(record.code) && InText(titles_[item]) && InText(record.definition);
    const bool lists = record.notes_end >= notes_end && record.notes_end <= notes_.size() &&
                       record.designations_end >= designations_end && record.designations_end <= designations_.size() &&
                       record.properties_end >= properties_end && record.properties_end <= properties_.size();
    const bool kinds =
        record.kind > 0 && record.kind <= model::kMaxConceptKind && record.status <= model::kMaxConceptStatus;
    if ((flags_[item] & kTitleBehindCodeFlag) != 0 && titles_[item].offset != record.code.offset + record.code.length) {
      return absl::StrCat("the title of concept ", item, " does not stand behind its code");
    }
    if (!texts || !place || !lists || !kinds) return absl::StrCat("concept ", item, " refers to what is not there");
    notes_end = record.notes_end;
    designations_end = record.designations_end;
    properties_end = record.properties_end;
    if (Find(Text(record.code)) != item) return absl::StrCat("concept ", item, " is not found by its code");
    open.push_back(item);
  }
  return "";
}

std::string Snapshot::CheckProperties() const {
  for (const PropertyDefinitionRecord& definition : property_definitions_) {
    if (!InText(definition.code) || !InText(definition.uri) || !InText(definition.description) ||
        definition.type == 0 || definition.type > model::kMaxPropertyType) {
      return "the definition of a property is none";
    }
  }
  for (const PropertyRecord& property : properties_) {
    if (property.definition >= property_definitions_.size() || !InText(property.value) ||
        (property.coding != kNone && property.coding >= codings_.size())) {
      return "a property refers to what is not there";
    }
  }
  for (const CodingRecord& coding : codings_) {
    if (!InText(coding.system) || !InText(coding.display)) return "a coding lies outside of the file's texts";
  }
  return "";
}

std::string Snapshot::CheckFurtherParents() const {
  const auto by_item = [](const ParentRecord& a, const ParentRecord& b) {
    return std::make_pair(a.item, a.parent) < std::make_pair(b.item, b.parent);
  };
  const auto by_parent = [](const ParentRecord& a, const ParentRecord& b) {
    return std::make_pair(a.parent, a.item) < std::make_pair(b.parent, b.item);
  };
  if (other_parents_.size() != other_children_.size() ||
      !std::is_sorted(other_parents_.begin(), other_parents_.end(), by_item) ||
      !std::is_sorted(other_children_.begin(), other_children_.end(), by_parent)) {
    return "its further parents are not in order";
  }
  for (const ParentRecord& record : other_parents_) {
    if (record.item >= concepts_.size() || record.parent >= concepts_.size() || !IsAbove(record.parent, record.item) ||
        !std::binary_search(other_children_.begin(), other_children_.end(), record, by_parent)) {
      return absl::StrCat("a further parent of concept ", record.item, " is none of its ancestors");
    }
  }
  if (!std::is_sorted(ancestor_list_ends_.begin(), ancestor_list_ends_.end()) ||
      (ancestor_list_ends_.empty() ? 0 : ancestor_list_ends_.back()) != ancestors_.size()) {
    return "its lists of ancestors are not in order";
  }
  for (uint32_t list = 0; list < ancestor_list_ends_.size(); ++list) {
    const uint32_t begin = list == 0 ? 0 : ancestor_list_ends_[list - 1];
    const absl::Span<const uint32_t> listed = ancestors_.subspan(begin, ancestor_list_ends_[list] - begin);
    if (!std::is_sorted(listed.begin(), listed.end()) || (!listed.empty() && listed.back() >= concepts_.size())) {
      return "a list of ancestors refers to what is not there";
    }
  }
  for (const uint32_t list : ancestor_list_of_) {
    if (list != kNone && list >= ancestor_list_ends_.size()) return "a list of ancestors is not there";
  }
  return "";
}

std::string Snapshot::CheckRecords() const {
  for (const TextRef& ref : about_) {
    if (!InText(ref)) return "a text about the code system lies outside of the file's texts";
  }
  if (std::string wrong = CheckConcepts(); !wrong.empty()) return wrong;
  if (std::string wrong = CheckProperties(); !wrong.empty()) return wrong;
  if (std::string wrong = CheckFurtherParents(); !wrong.empty()) return wrong;
  if (std::string wrong = text_index_.Check(concept_count()); !wrong.empty()) return wrong;
  for (const NoteRecord& note : notes_) {
    if (!InText(note.text) || note.kind == 0 || note.kind > model::kMaxNoteKind) return "a note is none";
  }
  for (const DesignationRecord& designation : designations_) {
    if (designation.kind >= designation_kinds_.size() || !InText(designation.value)) {
      return "a designation refers to what is not there";
    }
  }
  for (const DesignationKind& kind : designation_kinds_) {
    if (!InText(kind.language) || !InText(kind.use_system) || !InText(kind.use_code) || !InText(kind.use_display)) {
      return "a language or use of designations lies outside of the file's texts";
    }
  }
  if (!InOrderOfItems(extends_) || !InOrderOfItems(knowledge_)) {
    return "its extended codes or its condition knowledge are not in the order of concepts";
  }
  for (size_t i = 0; i < extensions_.size(); ++i) {
    const ExtensionRecord& record = extensions_[i];
    const bool known = record.item < concepts_.size() &&
                       (record.designation == kNone || record.designation < designations(record.item).size());
    const bool in_order = i == 0 || std::make_pair(extensions_[i - 1].item, extensions_[i - 1].designation) <
                                        std::make_pair(record.item, record.designation);
    if (!known || !in_order || !InText(record.json))
      return "an extension is not in order or refers to what is not there";
  }
  for (const uint32_t item : folded_codes_) {
    if (item >= concepts_.size()) return "the codes without cases refer to what is not there";
  }
  for (const ExtendsRecord& record : extends_) {
    if (record.item >= concepts_.size() || !InText(record.system) || !InText(record.code)) {
      return "an extended code refers to what is not there";
    }
  }
  for (const KnowledgeRecord& record : knowledge_) {
    if (record.item >= concepts_.size() || !knowledge(record.item)) {
      return absl::StrCat("the condition knowledge of concept ", record.item, " cannot be read");
    }
  }
  return "";
}

}  // namespace nosograph::snapshot
