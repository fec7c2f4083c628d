// Builds the text index of a snapshot from its records, once they stand in the order of the file.
//
// The same records give the same index. Thread-safe: a function without state.
//
//   const TextIndex index = BuildTextIndex({.concepts = concepts, .titles = titles, ...});
//   file.Add(SectionId::kSearchTerms, index.terms);
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_TEXT_INDEX_BUILDER_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_TEXT_INDEX_BUILDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "terminology/snapshot/code_index.h"
#include "terminology/snapshot/format.h"
#include "terminology/snapshot/text_pool.h"

namespace nosograph::snapshot {

struct TextIndexSource {
  absl::Span<const ConceptRecord> concepts;
  absl::Span<const TextRef> titles;
  absl::Span<const uint8_t> flags;
  absl::Span<const NoteRecord> notes;
  absl::Span<const DesignationRecord> designations;
  absl::Span<const KnowledgeRecord> knowledge;
  const std::string& knowledge_content;
  const TextPool& text;
  const CodeIndex& codes;
  // Groups of words or phrases that mean the same.
  const std::vector<std::vector<std::string>>& synonyms;
};

struct TextIndex {
  std::vector<DocumentRecord> documents;
  std::vector<uint32_t> document_words;
  std::string term_text;
  std::vector<TermRecord> terms;
  std::vector<uint32_t> postings;
  std::string stem_text;
  std::vector<StemRecord> stems;
  std::vector<uint32_t> stem_terms;
  std::vector<TailRecord> tails;
  std::vector<uint32_t> tail_documents;
  std::vector<MadeRecord> made;
  std::vector<PhraseRecord> phrases;
  std::vector<uint32_t> phrase_stems;
  std::vector<uint32_t> synonyms;
  std::vector<uint8_t> term_weights;
  std::vector<uint16_t> masses;
  std::vector<uint8_t> term_shared;
  std::vector<uint32_t> term_letters;
  std::vector<uint32_t> term_endings;
};

TextIndex BuildTextIndex(const TextIndexSource& source);

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_TEXT_INDEX_BUILDER_H_
