#include "terminology/query/lookup.h"

#include <algorithm>
#include <utility>

#include "terminology/base/status_macros.h"

namespace nosograph::query {
namespace {

// The concept itself, then what supplements have of it.
template <typename Take>
void ForEachSource(const snapshot::ReleaseSet& set, const ConceptRef& item, const Take& take) {
  take(item);
  for (const snapshot::Release* supplement : set.ActiveSupplements(*item.release)) {
    if (const std::optional<uint32_t> found = supplement->snapshot->Find(item.code())) {
      take(ConceptRef{supplement, *found});
    }
  }
}

void AddNotes(const ConceptRef& level, bool inherited, std::vector<InheritedNote>& notes) {
  for (const snapshot::NoteRecord& record : level.snapshot().notes(level.item)) {
    const snapshot::Snapshot::NoteView note = level.snapshot().Read(record);
    if (inherited && note.kind == model::NoteKind::kInclusionTerm) continue;
    notes.push_back({level, inherited, note.kind, note.text});
  }
}

}  // namespace

std::vector<InheritedNote> NotesAt(const ConceptRef& item) {
  std::vector<InheritedNote> notes;
  AddNotes(item, false, notes);
  return notes;
}

std::vector<InheritedNote> NotesHandedDownBy(const ConceptRef& item) {
  std::vector<InheritedNote> notes;
  AddNotes(item, true, notes);
  return notes;
}

std::vector<InheritedNote> NotesFor(const Scope& scope, const ConceptRef& item) {
  std::vector<InheritedNote> notes;
  AddNotes(item, false, notes);
  for (const ConceptRef& ancestor : scope.Ancestors(item)) AddNotes(ancestor, true, notes);
  return notes;
}

std::vector<model::NoteReference> ReferencesOf(const Scope& scope, absl::string_view note) {
  std::vector<model::NoteReference> references = model::ParseReferences(note);
  const auto unknown = [&](const model::NoteReference& reference) {
    return !scope.Find(reference.first) && (reference.last.empty() || !scope.Find(reference.last));
  };
  references.erase(std::remove_if(references.begin(), references.end(), unknown), references.end());
  return references;
}

std::vector<DesignationOf> DesignationsOf(const snapshot::ReleaseSet& set, const ConceptRef& item) {
  std::vector<DesignationOf> found;
  ForEachSource(set, item, [&](const ConceptRef& source) {
    uint32_t number = 0;
    for (const snapshot::DesignationRecord& record : source.snapshot().designations(source.item)) {
      found.push_back({source.release, source.snapshot().Read(record),
                       source.snapshot().designation_extensions(source.item, number++)});
    }
  });
  return found;
}

std::vector<PropertyOf> PropertiesOf(const snapshot::ReleaseSet& set, const ConceptRef& item) {
  std::vector<PropertyOf> found;
  ForEachSource(set, item, [&](const ConceptRef& source) {
    for (const snapshot::PropertyRecord& record : source.snapshot().properties(source.item)) {
      found.push_back({source.release, source.snapshot().Read(record)});
    }
  });
  return found;
}

absl::StatusOr<Location> Locate(absl::Span<const Scope> scopes, const LookupQuery& query) {
  ASSIGN_OR_RETURN(Resolution resolution, Resolve(scopes, {.system = query.system,
                                                           .code = query.code,
                                                           .release = query.release,
                                                           .form = query.form,
                                                           .on_miss = OnMiss::kUnknown}));
  Location location{
      .item = resolution.matched, .published = resolution.release, .normalized = std::move(resolution.normalized)};
  if (location.item) return location;
  const auto error = std::find_if(resolution.issues.begin(), resolution.issues.end(),
                                  [](const Issue& issue) { return issue.severity == Severity::kError; });
  if (error != resolution.issues.end()) location.issue = std::move(*error);
  return location;
}

Lookup Describe(const snapshot::ReleaseSet& set, Location location, bool inherited_notes) {
  Lookup lookup;
  lookup.normalized = std::move(location.normalized);
  lookup.release = location.item ? location.item->release : location.published;
  lookup.issue = std::move(location.issue);
  if (!location.item) return lookup;
  lookup.item = location.item;
  std::vector<const snapshot::Release*> extensions;
  if (location.item->of_extension()) {
    extensions.push_back(location.item->release);
  } else {
    extensions = set.ActiveExtensions(location.item->snapshot().url());
  }
  const Scope& scope = lookup.scope.emplace(location.published, std::move(extensions), false);
  lookup.ancestors = scope.Ancestors(*lookup.item);
  lookup.children = scope.Children(*lookup.item);
  lookup.notes = inherited_notes ? NotesFor(scope, *lookup.item) : NotesAt(*lookup.item);
  lookup.designations = DesignationsOf(set, *lookup.item);
  lookup.properties = PropertiesOf(set, *lookup.item);
  return lookup;
}

absl::StatusOr<Lookup> LookUp(const snapshot::ReleaseSet& set, const LookupQuery& query) {
  RETURN_IF_ERROR(CheckCodeLength("code", query.code));
  ASSIGN_OR_RETURN(const std::vector<Scope> scopes, ScopesOf(set, query.system, query.release));
  ASSIGN_OR_RETURN(Location location, Locate(scopes, query));
  return Describe(set, std::move(location), query.inherited_notes);
}

}  // namespace nosograph::query
