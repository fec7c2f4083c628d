#include "terminology/query/scope.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::query {
namespace {

using snapshot::Release;
using snapshot::ReleaseSelector;
using snapshot::ReleaseSet;

std::optional<ConceptRef> FindIn(const Release* release, absl::string_view code) {
  if (release == nullptr) return std::nullopt;
  const std::optional<uint32_t> item = release->snapshot->Find(code);
  if (!item) return std::nullopt;
  return ConceptRef{release, *item};
}

}  // namespace

Scope::Scope(const Release* published, std::vector<const Release*> extensions, bool extension_only)
    : published_(published), extensions_(std::move(extensions)), extension_only_(extension_only) {
  grammar_ =
      model::GrammarOf(published_ != nullptr ? published_->snapshot->url() : extensions_.front()->snapshot->extends());
}

std::optional<ConceptRef> Scope::FindPublished(absl::string_view code) const { return FindIn(published_, code); }

std::optional<ConceptRef> Scope::FindInExtensions(absl::string_view code) const {
  for (const Release* extension : extensions_) {
    if (std::optional<ConceptRef> found = FindIn(extension, code)) return found;
  }
  return std::nullopt;
}

std::optional<ConceptRef> Scope::Find(absl::string_view code) const {
  if (!extension_only_) {
    if (std::optional<ConceptRef> found = FindPublished(code)) return found;
  }
  return FindInExtensions(code);
}

std::optional<ConceptRef> Scope::NearestAncestor(absl::string_view canonical) const {
  if (grammar_ == model::Grammar::kAny) return std::nullopt;  // the form of its codes says nothing
  for (absl::string_view code = model::FormalParent(canonical); !code.empty(); code = model::FormalParent(code)) {
    if (std::optional<ConceptRef> found = FindInExtensions(code)) return found;
    if (std::optional<ConceptRef> found = FindPublished(code)) return found;
  }
  return std::nullopt;
}

model::CodeReading Scope::Read(absl::string_view code) const {
  model::CodeReading reading = model::ReadCode(grammar_, code);
  if (grammar_ != model::Grammar::kAny || published_ == nullptr || published_->snapshot->case_sensitive() ||
      Find(code)) {
    return reading;
  }
  // Case says nothing here (FHIR CodeSystem.caseSensitive). Only what is not found as it stands comes here.
  const snapshot::Snapshot& snapshot = *published_->snapshot;
  const std::optional<uint32_t> item = snapshot.FindInAnyCase(code);
  if (!item) return reading;
  return {.form = model::CodeForm::kNotCanonical, .canonical = std::string(snapshot.code(*item))};
}

std::optional<ConceptRef> Scope::Parent(const ConceptRef& item) const {
  if (const std::optional<uint32_t> parent = item.snapshot().parent(item.item)) {
    return ConceptRef{item.release, *parent};
  }
  if (item.release == published_) return std::nullopt;
  const auto extends = item.snapshot().extends(item.item);
  return extends ? FindPublished(extends->code) : std::nullopt;
}

std::vector<ConceptRef> Scope::Ancestors(const ConceptRef& item) const {
  std::vector<ConceptRef> ancestors;
  for (std::optional<ConceptRef> above = Parent(item); above; above = Parent(*above)) ancestors.push_back(*above);
  for (const uint32_t above : item.snapshot().ancestors_off_the_tree(item.item)) {
    ancestors.push_back({item.release, above});
  }
  return ancestors;
}

std::vector<ConceptRef> Scope::Children(const ConceptRef& item) const {
  std::vector<ConceptRef> children;
  const snapshot::Snapshot& snapshot = item.snapshot();
  for (uint32_t child = item.item + 1; child < snapshot.subtree_end(item.item); child = snapshot.subtree_end(child)) {
    children.push_back({item.release, child});
  }
  for (const snapshot::ParentRecord& record : snapshot.other_children(item.item)) {
    children.push_back({item.release, record.item});
  }
  if (item.of_extension()) return children;
  for (const Release* extension : extensions_) {
    for (uint32_t below = 0; below < extension->snapshot->concept_count(); ++below) {
      const auto extends = extension->snapshot->extends(below);
      if (extends && extends->code == item.code() && !extension->snapshot->parent(below)) {
        children.push_back({extension, below});
      }
    }
  }
  return children;
}

std::vector<ConceptRef> Scope::Descendants(const ConceptRef& item) const {
  std::vector<ConceptRef> descendants;
  for (uint32_t below = item.item + 1; below < item.snapshot().subtree_end(item.item); ++below) {
    descendants.push_back({item.release, below});
  }
  if (item.snapshot().has_several_parents()) {
    const snapshot::Snapshot& snapshot = item.snapshot();
    for (uint32_t below = 0; below < snapshot.concept_count(); ++below) {
      const bool on_the_tree = item.item < below && below < snapshot.subtree_end(item.item);
      if (!on_the_tree && snapshot.IsAbove(item.item, below)) descendants.push_back({item.release, below});
    }
  }
  if (item.of_extension()) return descendants;
  for (const Release* extension : extensions_) {
    for (uint32_t below = 0; below < extension->snapshot->concept_count(); ++below) {
      const ConceptRef candidate{extension, below};
      std::optional<ConceptRef> above = Parent(candidate);
      while (above && above->release == extension) above = Parent(*above);
      if (above && (above->item == item.item || item.snapshot().IsAbove(item.item, above->item))) {
        descendants.push_back(candidate);
      }
    }
  }
  return descendants;
}

absl::StatusOr<std::vector<Scope>> ScopesOf(const ReleaseSet& set, absl::string_view system,
                                            const ReleaseSelector& selector, absl::Status* left_out) {
  std::vector<Scope> scopes;
  if (!system.empty() || set.empty()) {
    // A canonical may carry the version: "http://hl7.org/fhir/sid/icd-10-cm|2026-04-01" (FHIR, canonical).
    const size_t bar = system.find('|');
    ReleaseSelector asked = selector;
    if (bar != absl::string_view::npos) {
      const absl::string_view version = system.substr(bar + 1);
      if (!asked.version.empty() && asked.version != version) {
        const std::string excerpt = base::Excerpt(system);
        return base::FieldError(absl::StatusCode::kInvalidArgument, "system", excerpt,
                                absl::StrCat("'", excerpt, "' names another version than ",
                                             base::Excerpt(asked.version), " in release.version"),
                                "give one");
      }
      asked.version = version;
    }
    ASSIGN_OR_RETURN(const Release* release, set.Select(system.substr(0, bar), asked));
    if (!release->snapshot->supplements().empty()) {
      return base::FieldError(absl::StatusCode::kNotFound, "system", base::Excerpt(system),
                              absl::StrCat("'", base::Excerpt(system), "' is a supplement and has no codes of its own"),
                              absl::StrCat("ask with system ", release->snapshot->supplements()));
    }
    const absl::string_view extends = release->snapshot->extends();
    if (extends.empty()) {
      scopes.emplace_back(release, set.ActiveExtensions(release->snapshot->url()), false);
    } else {
      const Release* published = nullptr;
      if (set.Has(extends)) {
        ASSIGN_OR_RETURN(published, set.Select(extends, {.date = selector.date}));
      }
      scopes.emplace_back(published, std::vector<const Release*>{release}, true);
    }
    return scopes;
  }
  absl::Status first_error;
  for (const Release* active : set.ActivePublished()) {
    const absl::string_view url = active->snapshot->url();
    const absl::StatusOr<const Release*> release = set.Select(url, selector);
    if (release.ok()) {
      scopes.emplace_back(*release, set.ActiveExtensions(url), false);
    } else if (first_error.ok()) {
      first_error = release.status();
    }
  }
  for (const Release* extension : set.ActiveExtensions()) {  // those that stand alone
    if (set.Has(extension->snapshot->extends())) continue;
    const absl::StatusOr<const Release*> release = set.Select(extension->snapshot->url(), selector);
    if (release.ok()) {
      scopes.emplace_back(nullptr, std::vector<const Release*>{*release}, false);
    } else if (first_error.ok()) {
      first_error = release.status();
    }
  }
  if (scopes.empty() && first_error.ok()) {
    return absl::NotFoundError(
        "only supplements are loaded, which have no codes of their own; import what they add to");
  }
  if (scopes.empty()) return first_error;
  if (left_out != nullptr) *left_out = first_error;
  // Those first that know by its form whether a code can be theirs.
  std::stable_partition(scopes.begin(), scopes.end(),
                        [](const Scope& scope) { return scope.grammar() != model::Grammar::kAny; });
  return scopes;
}

std::string NameOf(const Release& release) {
  const absl::string_view title = release.snapshot->title();
  return absl::StrCat(title.empty() ? release.snapshot->url() : title, " ", release.snapshot->version());
}

std::string NameOf(const ConceptRef& item) { return absl::StrCat(item.code(), " (", item.title(), ")"); }

}  // namespace nosograph::query
