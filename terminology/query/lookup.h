// All that a release says of a concept: its place, its neighbours, and the notes that hold for it.
//
// Thread-safe: functions without state over an immutable set. Results refer into it: keep it as long.
//
//   ASSIGN_OR_RETURN(Lookup lookup, LookUp(set, {.code = "L94.2"}));
//   for (const InheritedNote& note : lookup.notes) std::cout << note.level.code() << ": " << note.text;
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_LOOKUP_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_LOOKUP_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "terminology/model/note_reference.h"
#include "terminology/query/resolve.h"
#include "terminology/query/scope.h"

namespace nosograph::query {

// A note and the concept that it stands at: the concept itself, or an ancestor that hands it down.
struct InheritedNote {
  ConceptRef level;
  bool inherited;
  model::NoteKind kind;
  absl::string_view text;
};

// The notes that hold for a concept, its own first, then those of its ancestors, the nearest first, as far as the
// chapter; each level's in the order of the source. An ancestor's inclusion terms name that ancestor and are left out.
std::vector<InheritedNote> NotesFor(const Scope& scope, const ConceptRef& item);
// The first and the other ones of these apart: what stands at the concept, and what it hands down to all below it.
std::vector<InheritedNote> NotesAt(const ConceptRef& item);
std::vector<InheritedNote> NotesHandedDownBy(const ConceptRef& item);

// The codes that a note refers to and that the scope has; what only looks like a code is left out.
std::vector<model::NoteReference> ReferencesOf(const Scope& scope, absl::string_view note);

// A further name, and the release that says it: the concept's own, or a supplement.
struct DesignationOf {
  const snapshot::Release* source;
  snapshot::Snapshot::DesignationView designation;
  absl::string_view extensions = {};  // FHIR extensions, a JSON list; empty for none
};
struct PropertyOf {
  const snapshot::Release* source;
  snapshot::Snapshot::PropertyView property;
};

// Those of the concept's own release first, then those of the active supplements of it.
std::vector<DesignationOf> DesignationsOf(const snapshot::ReleaseSet& set, const ConceptRef& item);
std::vector<PropertyOf> PropertiesOf(const snapshot::ReleaseSet& set, const ConceptRef& item);

struct LookupQuery {
  absl::string_view system = {};  // canonical URI; empty for whatever has the code
  absl::string_view code;
  snapshot::ReleaseSelector release = {};
  Form form = Form::kLenient;
  bool inherited_notes = true;  // false for who has NotesHandedDownBy the ancestors at hand
};

struct Lookup {
  std::optional<ConceptRef> item = {};  // absent: there is no such concept; `issue` says why
  std::optional<Issue> issue = {};
  std::string normalized = {};                 // the canonical form, where the code was written in another
  const snapshot::Release* release = nullptr;  // that of the concept; without one the release that was asked, if any is
  std::optional<Scope> scope = {};
  std::vector<ConceptRef> ancestors = {};  // nearest first
  std::vector<ConceptRef> children = {};   // published ones, then those of extensions
  std::vector<InheritedNote> notes = {};
  std::vector<DesignationOf> designations = {};
  std::vector<PropertyOf> properties = {};
};

// Where a code is: the first half of a lookup, for who may not need the rest. `scopes` are those of the query's system
// and release; the result refers into their releases. Errors: InvalidArgument for a code that is longer.
struct Location {
  std::optional<ConceptRef> item = {};           // absent: there is no such concept; `issue` says why
  const snapshot::Release* published = nullptr;  // the published release asked; null where there is none
  std::optional<Issue> issue = {};
  std::string normalized = {};
};
absl::StatusOr<Location> Locate(absl::Span<const Scope> scopes, const LookupQuery& query);
// The second half. `set` has the scopes' releases.
Lookup Describe(const snapshot::ReleaseSet& set, Location location, bool inherited_notes = true);

// Errors: those of Resolve. A code that is wrong is an answer without `item`.
absl::StatusOr<Lookup> LookUp(const snapshot::ReleaseSet& set, const LookupQuery& query);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_LOOKUP_H_
