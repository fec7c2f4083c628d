// The notes that a concept hands down to all below it, as $lookup writes them: most of its answers, and the same bytes
// in each.
//
// Made when a concept's are first asked for, and kept as long as the snapshot: some 8 MB for all of ICD-10-CM.
// Thread-safe.
//
//   if (const HandedDownNotes* notes = HandedDownNotes::Of(release)) answer.Written(notes->Get(ancestor));
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_HANDED_DOWN_NOTES_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_HANDED_DOWN_NOTES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "terminology/base/lazy_table.h"
#include "terminology/fhir/parameters_writer.h"
#include "terminology/query/lookup.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::operations {

// "excludes1" with its text; what an ancestor hands down says where it stands.
void WriteNote(const query::InheritedNote& note, fhir::ParametersWriter& answer);
// What the property of a note is called.
std::string NoteCode(model::NoteKind kind);

class HandedDownNotes final : public snapshot::Derived {
 public:
  static constexpr size_t kPlace = 1;

  explicit HandedDownNotes(std::shared_ptr<const snapshot::Snapshot> snapshot)
      : snapshot_(std::move(snapshot)), written_(snapshot_->concept_count()) {}

  // Those of a release; null where it has none.
  static const HandedDownNotes* Of(const snapshot::Release& release) { return release.Find<HandedDownNotes>(); }

  // Parameters, one after the other; empty where `item` hands nothing down.
  absl::string_view Get(uint32_t item) const;

 private:
  const std::shared_ptr<const snapshot::Snapshot> snapshot_;
  const base::LazyTable<std::string> written_;
};

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_HANDED_DOWN_NOTES_H_
