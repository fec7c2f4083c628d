// Compiles a code system into the bytes of a snapshot.
//
// The same code system gives the same bytes, on every machine. WriteSnapshot is thread-safe; a SnapshotWriter is not.
//
//   ASSIGN_OR_RETURN(std::string bytes, WriteSnapshot(system));
//   RETURN_IF_ERROR(base::WriteFileAtomically(path, bytes));
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_WRITER_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_WRITER_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "terminology/model/code_system.h"
#include "terminology/snapshot/format.h"
#include "terminology/snapshot/text_pool.h"

namespace nosograph::snapshot {

// Takes concepts one by one, and keeps of them what will stand in the file: a code system of millions of concepts need
// never be in memory as such.
class SnapshotWriter {
 public:
  // What `system` says of the code system as a whole; its `concepts` are not looked at. It must outlive the writer.
  explicit SnapshotWriter(const model::CodeSystem& system) : system_(system) {}

  // The next concept, a parent before its children. Errors: those of model::CheckConcept; InvalidArgument for more
  // concepts than a snapshot holds. The writer is of no use after one.
  absl::Status Add(const model::Concept& item);

  // The bytes. Concepts are put into hierarchical order; siblings keep the order they came in. Errors: those of
  // model::CheckDescription; InvalidArgument when no concept was added, unless it is transient, when a code stands
  // twice, when texts or records exceed what 32 bits can count. At most once.
  absl::StatusOr<std::string> Finish();

 private:
  uint32_t DesignationKindOf(const model::Designation& designation);
  // Puts what was collected into the order of the file.
  void Reorder(const struct Hierarchy& hierarchy);

  const model::CodeSystem& system_;
  TextPool text_;
  std::vector<uint32_t> parents_;
  std::vector<ParentRecord> other_parents_;
  std::vector<ConceptRecord> concepts_;
  std::vector<TextRef> titles_;
  std::vector<uint8_t> flags_;
  std::vector<NoteRecord> notes_;
  std::vector<DesignationRecord> designations_;
  std::vector<DesignationKind> designation_kinds_;
  absl::flat_hash_map<std::array<uint32_t, 8>, uint32_t> known_kinds_;
  std::vector<PropertyRecord> properties_;
  std::vector<CodingRecord> codings_;
  std::vector<ExtendsRecord> extends_;
  std::vector<ExtensionRecord> extensions_;
  std::vector<KnowledgeRecord> knowledge_;
  std::string knowledge_content_;
};

// All of `system` at once. Errors: those of SnapshotWriter.
absl::StatusOr<std::string> WriteSnapshot(const model::CodeSystem& system);

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_WRITER_H_
