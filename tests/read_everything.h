// Reads all that a snapshot has to say, as its users would, whatever state the file is in.
#ifndef NOSOGRAPH_TESTS_READ_EVERYTHING_H_
#define NOSOGRAPH_TESTS_READ_EVERYTHING_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "terminology/query/search.h"
#include "terminology/snapshot/release_set.h"
#include "terminology/snapshot/snapshot.h"

namespace nosograph::testing {

// Touches everything there is to read; for damaged files, whose answers do not matter.
inline size_t ReadEverything(const snapshot::Snapshot& snapshot) {
  size_t bytes = snapshot.url().size() + snapshot.version().size() + snapshot.title().size() +
                 snapshot.publisher().size() + snapshot.copyright().size() + snapshot.extends().size() +
                 snapshot.source_name().size() + snapshot.source_sha256().size() + snapshot.billable_count();
  for (uint32_t item = 0; item < snapshot.concept_count() + 2; ++item) {
    bytes += snapshot.code(item).size() + snapshot.title(item).size() + snapshot.definition(item).size();
    bytes += snapshot.Find(snapshot.code(item)).value_or(0) + snapshot.subtree_end(item);
    for (std::optional<uint32_t> parent = snapshot.parent(item); parent; parent = snapshot.parent(*parent)) ++bytes;
    for (const snapshot::NoteRecord& note : snapshot.notes(item)) bytes += snapshot.Read(note).text.size();
    for (const snapshot::DesignationRecord& record : snapshot.designations(item))
      bytes += snapshot.Read(record).value.size();
    if (const auto extends = snapshot.extends(item)) bytes += extends->code.size();
    if (const auto knowledge = snapshot.knowledge(item)) bytes += knowledge->statements.size();
    bytes += snapshot.billable(item) + static_cast<size_t>(snapshot.kind(item)) + snapshot.has_knowledge(item);
    bytes += static_cast<size_t>(snapshot.status(item)) + snapshot.inactive(item) + snapshot.abstract(item);
    for (const snapshot::PropertyRecord& record : snapshot.properties(item)) {
      const snapshot::Snapshot::PropertyView property = snapshot.Read(record);
      bytes += property.value.size() + property.definition.code.size() + property.coding_display.size();
    }
    for (const snapshot::ParentRecord& record : snapshot.other_parents(item))
      bytes += snapshot.code(record.parent).size();
    for (const snapshot::ParentRecord& record : snapshot.other_children(item))
      bytes += snapshot.code(record.item).size();
    for (const uint32_t above : snapshot.ancestors_off_the_tree(item)) bytes += snapshot.IsAbove(above, item);
  }
  // Search goes by what the text index says, through all of its lists.
  const snapshot::ReleaseSet set({snapshot::Release{
      .snapshot = std::shared_ptr<const snapshot::Snapshot>(std::shared_ptr<void>(), &snapshot), .id = "read"}});
  for (const char* text : {"fracture nek femur sequela", "other tissue", "c", "heart attack calcinosis", "L94.2"}) {
    const absl::StatusOr<query::SearchAnswer> answer = query::Search(set, {.text = text});
    if (answer.ok()) bytes += answer->hits.size();
  }
  return bytes;
}

}  // namespace nosograph::testing

#endif  // NOSOGRAPH_TESTS_READ_EVERYTHING_H_
