// One version of one code system, read from the bytes of format.h without copying them.
//
// Does not say which release is active (ReleaseSet) nor answer questions (query/). Thread-safe: immutable. Every view
// it gives lives as long as the snapshot. Every access checks bounds: what a damaged file refers to outside of itself
// reads as empty, and nothing crashes.
//
//   ASSIGN_OR_RETURN(std::shared_ptr<const Snapshot> snapshot, Snapshot::Open(path, Verification::kEveryByte));
//   if (std::optional<uint32_t> item = snapshot->Find("L94.2")) std::cout << snapshot->title(*item);
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_SNAPSHOT_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "terminology/base/mapped_file.h"
#include "terminology/model/code_system.h"
#include "terminology/model/condition_knowledge.h"
#include "terminology/snapshot/code_index.h"
#include "terminology/snapshot/format.h"
#include "terminology/snapshot/text_index.h"

namespace nosograph::snapshot {

enum class Verification {
  kHeader,     // header and section table only: time does not depend on the size
  kEveryByte,  // all checksums, and that every record refers to what is there
};

enum class Access {
  kMapped,  // pages shared between processes; dies with the file being cut short in place
  kMemory,  // a copy of its own
};

class Snapshot {
 public:
  // Errors: as base::MappedFile::Open; DataLoss when the bytes are no snapshot, are truncated or damaged, or of another
  // format version; the message names the file, what is wrong and the remedy.
  static absl::StatusOr<std::shared_ptr<const Snapshot>> Open(const std::string& path, Verification verification,
                                                              Access access = Access::kMapped);
  // The same for bytes in memory; `name` stands for the file in messages.
  static absl::StatusOr<std::shared_ptr<const Snapshot>> FromBytes(std::string bytes, const std::string& name,
                                                                   Verification verification);

  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  absl::string_view url() const { return About(AboutField::kUrl); }
  absl::string_view version() const { return About(AboutField::kVersion); }
  absl::string_view title() const { return About(AboutField::kTitle); }
  absl::string_view publisher() const { return About(AboutField::kPublisher); }
  absl::string_view copyright() const { return About(AboutField::kCopyright); }
  // The code system that this one extends; empty for a published one.
  absl::string_view extends() const { return About(AboutField::kExtends); }
  // The code system, and the version of it where that matters, that this one adds to; empty for what is no supplement.
  absl::string_view supplements() const { return About(AboutField::kSupplements); }
  absl::string_view supplements_version() const { return About(AboutField::kSupplementsVersion); }
  absl::string_view name() const { return About(AboutField::kName); }
  absl::string_view description() const { return About(AboutField::kDescription); }
  absl::string_view language() const { return About(AboutField::kLanguage); }
  absl::string_view status() const { return About(AboutField::kStatus); }
  // As it says; the rubrics of a classification that does not say are kinds of what they stand under.
  absl::string_view hierarchy_meaning() const {
    const absl::string_view stated = About(AboutField::kHierarchyMeaning);
    return stated.empty() && classification() ? absl::string_view("is-a") : stated;
  }
  absl::string_view value_set() const { return About(AboutField::kValueSet); }
  bool experimental() const { return About(AboutField::kExperimental) == kTrue; }
  absl::string_view standards_status() const { return About(AboutField::kStandardsStatus); }
  // How its versions are ordered, see model/version_order.h; empty where it does not say.
  absl::string_view version_algorithm() const { return About(AboutField::kVersionAlgorithm); }
  // Its codes may mean another thing in another version, so that who states one states its version too.
  bool version_needed() const { return About(AboutField::kVersionNeeded) == kTrue; }
  bool case_sensitive() const { return About(AboutField::kCaseSensitive) != kFalse; }
  // Only a part of the code system: that a code is not in it says nothing.
  bool fragment() const { return About(AboutField::kContent) == kFragment; }
  absl::string_view source_name() const { return About(AboutField::kSourceName); }
  absl::string_view source_sha256() const { return About(AboutField::kSourceSha256); }

  // An edition of a classification, with chapters and blocks, or codes under one.
  bool classification() const { return !concepts_.empty() && kind(0) != model::ConceptKind::kConcept; }
  uint32_t concept_count() const { return static_cast<uint32_t>(concepts_.size()); }
  uint32_t billable_count() const { return billable_count_; }
  // Of the code index alone.
  size_t index_bytes() const {
    return code_index_.pilots.size() * sizeof(uint16_t) + code_index_.slots.size() * sizeof(IndexSlot);
  }

  // The index of the concept with exactly this code; nothing when there is none. Constant time.
  std::optional<uint32_t> Find(absl::string_view code) const {
    const std::optional<CodeIndexView::Found> found = code_index_.Find(code);
    if (!found || found->item >= concepts_.size()) return std::nullopt;
    if (!found->exact && !HasCode(found->item, code)) return std::nullopt;
    return found->item;
  }
  // The same, and, where the code system does not tell cases apart, what has the code in other cases. Logarithmic.
  std::optional<uint32_t> FindInAnyCase(absl::string_view code) const;

  // Of the concept `item`; empty, nothing or false for an index that is none.
  absl::string_view code(uint32_t item) const;
  absl::string_view title(uint32_t item) const {
    return item < titles_.size() ? Text(titles_[item]) : absl::string_view();
  }
  absl::string_view definition(uint32_t item) const;
  // The first parent: always a smaller index, so that climbing ends.
  std::optional<uint32_t> parent(uint32_t item) const;
  // In the tree of first parents c is below a exactly if a < c < subtree_end(a).
  uint32_t subtree_end(uint32_t item) const;
  // Where there are several parents: the further ones, and the children that have `item` as a further one.
  absl::Span<const ParentRecord> other_parents(uint32_t item) const;
  absl::Span<const ParentRecord> other_children(uint32_t item) const;
  // The ancestors that are not reached by first parents alone, ascending.
  absl::Span<const uint32_t> ancestors_off_the_tree(uint32_t item) const;
  bool has_several_parents() const { return !other_parents_.empty(); }
  // Whether `item` is an ancestor of `below`, through whichever parents: constant time in a tree, else logarithmic in
  // the number of ancestors.
  bool IsAbove(uint32_t item, uint32_t below) const {
    return (item < below && below < subtree_end(item)) || (!ancestors_.empty() && IsListedAbove(item, below));
  }
  // Fetches the record of a concept, so that it is at hand when it is asked for.
  void Prefetch(uint32_t item) const {
    if (item < concepts_.size()) __builtin_prefetch(&concepts_[item]);
    if (item < flags_.size()) __builtin_prefetch(&flags_[item]);
  }
  model::ConceptKind kind(uint32_t item) const;
  bool billable(uint32_t item) const { return item < flags_.size() && (flags_[item] & kBillableFlag) != 0; }
  // Made of the code above it, placeholders and a 7th character.
  bool seventh_character(uint32_t item) const;
  model::ConceptStatus status(uint32_t item) const;
  bool inactive(uint32_t item) const { return item < flags_.size() && (flags_[item] & kInactiveFlag) != 0; }
  // Groups others and may not be chosen itself.
  bool abstract(uint32_t item) const { return item < flags_.size() && (flags_[item] & kAbstractFlag) != 0; }

  struct NoteView {
    model::NoteKind kind = model::NoteKind::kGeneral;
    absl::string_view text;
  };
  struct DesignationView {
    absl::string_view language;
    absl::string_view use_system;
    absl::string_view use;  // a code
    absl::string_view use_display;
    absl::string_view value;
  };
  struct PropertyDefinitionView {
    absl::string_view code;
    absl::string_view uri;
    absl::string_view description;
    model::PropertyType type = model::PropertyType::kString;
  };
  struct PropertyView {
    PropertyDefinitionView definition;
    absl::string_view value;  // as FHIR writes it; of a Coding its code
    absl::string_view coding_system;
    absl::string_view coding_display;
  };
  struct CodingView {
    absl::string_view system;
    absl::string_view code;
  };
  absl::Span<const NoteRecord> notes(uint32_t item) const;
  NoteView Read(const NoteRecord& note) const;
  absl::Span<const DesignationRecord> designations(uint32_t item) const;
  DesignationView Read(const DesignationRecord& designation) const;
  // By their number in the file; empty for a number that is none.
  NoteView NoteAt(uint32_t note) const { return note < notes_.size() ? Read(notes_[note]) : NoteView{}; }
  DesignationView DesignationAt(uint32_t designation) const {
    return designation < designations_.size() ? Read(designations_[designation]) : DesignationView{};
  }
  // FHIR extensions, a JSON list: of the concept, and of the designation of that number among its own; else empty.
  absl::string_view extensions(uint32_t item) const { return ExtensionsAt(item, kNone); }
  absl::string_view designation_extensions(uint32_t item, uint32_t designation) const {
    return ExtensionsAt(item, designation);
  }
  absl::Span<const PropertyRecord> properties(uint32_t item) const;
  PropertyView Read(const PropertyRecord& property) const;
  // The properties that concepts may have, by index below property_definition_count().
  uint32_t property_definition_count() const { return static_cast<uint32_t>(property_definitions_.size()); }
  PropertyDefinitionView ReadPropertyDefinition(uint32_t index) const;
  // Nothing where concepts have no property of that code.
  std::optional<PropertyDefinitionView> FindPropertyDefinition(absl::string_view code) const;
  // The published code that a concept of an extension stands under.
  std::optional<CodingView> extends(uint32_t item) const;
  const TextIndexView& text_index() const { return text_index_; }
  bool has_knowledge(uint32_t item) const;
  // One each, ascending by concept.
  absl::Span<const KnowledgeRecord> knowledge_records() const { return knowledge_; }
  // Decoded anew at each call; nothing when there is none.
  std::optional<model::ConditionKnowledge> knowledge(uint32_t item) const;

 private:
  explicit Snapshot(base::MappedFile file) : file_(std::move(file)), bytes_(file_->bytes()) {}
  explicit Snapshot(std::string bytes) : memory_(std::move(bytes)), bytes_(memory_) {}

  static absl::StatusOr<std::shared_ptr<const Snapshot>> Load(std::shared_ptr<Snapshot> snapshot,
                                                              const std::string& name, Verification verification);
  absl::string_view ExtensionsAt(uint32_t item, uint32_t designation) const;
  bool IsListedAbove(uint32_t item, uint32_t below) const;
  // Each gives what is wrong, empty when nothing is.
  std::string ReadTable(Verification verification);
  std::string ReadSection(const SectionEntry& entry);
  std::string CheckRecords() const;  // this and what it calls stands in snapshot_check.cc
  std::string CheckConcepts() const;
  std::string CheckProperties() const;
  std::string CheckFurtherParents() const;

  absl::string_view Text(TextRef ref) const {
    if (ref.offset > text_.size() || ref.length > text_.size() - ref.offset) return {};
    return {text_.data() + ref.offset, ref.length};
  }
  // Whether a concept whose code has the length of `code` (their keys are the same) has this code. Where the title
  // stands right behind it, as mostly, nothing is touched but what is read next anyway: who finds a code reads its
  // title.
  bool HasCode(uint32_t item, absl::string_view code) const {
    const TextRef title = titles_[item];
    if ((flags_[item] & kTitleBehindCodeFlag) != 0 && code.size() <= kLongestKnown && title.offset >= code.size() &&
        InText(title)) {
      return absl::string_view(text_.data() + title.offset - code.size(), code.size()) == code;
    }
    return this->code(item) == code;
  }
  bool InText(TextRef ref) const { return ref.offset <= text_.size() && ref.length <= text_.size() - ref.offset; }
  absl::string_view About(AboutField field) const;

  const std::optional<base::MappedFile> file_;
  const std::string memory_;
  const absl::string_view bytes_;

  absl::Span<const char> text_;
  absl::Span<const TextRef> about_;
  absl::Span<const ConceptRecord> concepts_;
  absl::Span<const NoteRecord> notes_;
  absl::Span<const DesignationRecord> designations_;
  absl::Span<const ExtendsRecord> extends_;
  absl::Span<const TextRef> titles_;
  absl::Span<const uint8_t> flags_;
  uint32_t billable_count_ = 0;  // counted once: replies name it
  absl::Span<const DesignationKind> designation_kinds_;
  absl::Span<const PropertyDefinitionRecord> property_definitions_;
  absl::Span<const PropertyRecord> properties_;
  absl::Span<const CodingRecord> codings_;
  absl::Span<const ParentRecord> other_parents_;
  absl::Span<const ParentRecord> other_children_;
  absl::Span<const uint32_t> ancestor_list_of_;
  absl::Span<const uint32_t> ancestor_list_ends_;
  absl::Span<const uint32_t> ancestors_;
  absl::Span<const ExtensionRecord> extensions_;
  absl::Span<const uint32_t> folded_codes_;
  absl::Span<const uint64_t> code_seed_;
  CodeIndexView code_index_;
  absl::Span<const KnowledgeRecord> knowledge_;
  absl::Span<const char> knowledge_content_;
  TextIndexView text_index_;
};

// What a query asks thousands of times is here, where it becomes part of what asks.

inline std::optional<uint32_t> Snapshot::parent(uint32_t item) const {
  if (item >= concepts_.size() || concepts_[item].parent >= item) return std::nullopt;
  return concepts_[item].parent;
}

inline uint32_t Snapshot::subtree_end(uint32_t item) const {
  if (item >= concepts_.size()) return item;
  return std::max(item + 1, std::min(concepts_[item].end, concept_count()));
}

inline model::ConceptKind Snapshot::kind(uint32_t item) const {
  if (item >= concepts_.size() || concepts_[item].kind == 0 || concepts_[item].kind > model::kMaxConceptKind) {
    return model::ConceptKind::kSubcategory;
  }
  return static_cast<model::ConceptKind>(concepts_[item].kind);
}

inline bool Snapshot::seventh_character(uint32_t item) const {
  return item < flags_.size() && (flags_[item] & kSeventhCharacterFlag) != 0;
}

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_SNAPSHOT_H_
