// Where a question looks for a code: one release of a published system and the extensions of it, or an extension alone.
//
// Made once for many codes. Thread-safe: immutable; refers into the release set it was made of.
//
//   ASSIGN_OR_RETURN(std::vector<Scope> scopes, ScopesOf(set, "", {.date = "2026-05-17"}));
//   std::optional<ConceptRef> found = scopes.front().Find("L94.21");
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_SCOPE_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_SCOPE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "terminology/model/icd_code.h"
#include "terminology/query/concept_ref.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::query {

class Scope {
 public:
  Scope(const snapshot::Release* published, std::vector<const snapshot::Release*> extensions, bool extension_only);

  // Null where the system that an extension extends is not loaded.
  const snapshot::Release* published() const { return published_; }
  const std::vector<const snapshot::Release*>& extensions() const { return extensions_; }
  // Asked under an extension's own system: published codes are none of its.
  bool extension_only() const { return extension_only_; }
  // What the question is about first: the published release, or the extension.
  const snapshot::Release& release() const {
    return published_ == nullptr || extension_only_ ? *extensions_.front() : *published_;
  }

  // The code exactly as it stands. What is published comes before what an extension says.
  std::optional<ConceptRef> Find(absl::string_view code) const;
  std::optional<ConceptRef> FindPublished(absl::string_view code) const;
  std::optional<ConceptRef> FindInExtensions(absl::string_view code) const;

  // The code read by the grammar of the system; where the case of codes says nothing, in the case that the system has.
  model::CodeReading Read(absl::string_view code) const;
  model::Grammar grammar() const { return grammar_; }
  // The nearest concept that the form of the code implies above it; nothing where the form of codes implies nothing.
  std::optional<ConceptRef> NearestAncestor(absl::string_view canonical) const;

  // One step up, to the first parent; from a concept of an extension into what is published.
  std::optional<ConceptRef> Parent(const ConceptRef& item) const;
  // All steps up, nearest first, as far as the chapter; behind them what is above through further parents.
  std::vector<ConceptRef> Ancestors(const ConceptRef& item) const;
  // One step down: published children in their order, then those that extensions add.
  std::vector<ConceptRef> Children(const ConceptRef& item) const;
  // All steps down, in hierarchical order, then those that extensions add anywhere below.
  std::vector<ConceptRef> Descendants(const ConceptRef& item) const;

 private:
  const snapshot::Release* published_;
  std::vector<const snapshot::Release*> extensions_;
  bool extension_only_;
  model::Grammar grammar_;
};

// One scope for the system asked; without one, one for each system that is loaded, the editions of ICD first. Never
// empty. Errors: those of ReleaseSet::Select; without a system only when no system has the release. `left_out`, where
// given, is set to the error of the first system that has not the release though others have.
absl::StatusOr<std::vector<Scope>> ScopesOf(const snapshot::ReleaseSet& set, absl::string_view system,
                                            const snapshot::ReleaseSelector& selector,
                                            absl::Status* left_out = nullptr);

// "ICD-10-CM 2026-04-01": a release as messages name it.
std::string NameOf(const snapshot::Release& release);
// "L94.2 (Calcinosis cutis)".
std::string NameOf(const ConceptRef& item);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_SCOPE_H_
