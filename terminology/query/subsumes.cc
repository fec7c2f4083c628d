#include "terminology/query/subsumes.h"

#include <array>
#include <vector>

#include "terminology/base/status_macros.h"

namespace nosograph::query {
namespace {

bool Above(const ConceptRef& a, const ConceptRef& b) {
  return a.release == b.release && a.snapshot().IsAbove(a.item, b.item);
}

// The published concept that one of an extension stands under, through parents of its own.
std::optional<ConceptRef> PublishedAbove(const Scope& scope, ConceptRef item) {
  while (item.of_extension()) {
    const std::optional<ConceptRef> parent = scope.Parent(item);
    if (!parent) return std::nullopt;
    item = *parent;
  }
  return item;
}

bool Subsumes(const Scope& scope, const ConceptRef& a, const ConceptRef& b) {
  if (a.release == b.release) return Above(a, b);
  if (a.of_extension() || !b.of_extension()) return false;
  const std::optional<ConceptRef> published = PublishedAbove(scope, b);
  return published && (*published == a || Above(a, *published));
}

std::optional<ConceptRef> FindLenient(const Scope& scope, absl::string_view code) {
  if (std::optional<ConceptRef> found = scope.Find(code)) return found;
  const model::CodeReading reading = scope.Read(code);
  return reading.form == model::CodeForm::kMalformed ? std::nullopt : scope.Find(reading.canonical);
}

}  // namespace

absl::string_view RelationName(Relation relation) {
  static constexpr std::array<absl::string_view, 5> kNames = {"equivalent", "subsumes", "subsumed-by", "not-subsumed",
                                                              "unknown-code"};
  return kNames[static_cast<size_t>(relation)];
}

Relation RelationOf(const Scope& scope, const ConceptRef& a, const ConceptRef& b) {
  if (a == b) return Relation::kEquivalent;
  if (Subsumes(scope, a, b)) return Relation::kSubsumes;
  if (Subsumes(scope, b, a)) return Relation::kSubsumedBy;
  return Relation::kNotSubsumed;
}

absl::StatusOr<Subsumption> Subsumes(const snapshot::ReleaseSet& set, const SubsumesQuery& query) {
  ASSIGN_OR_RETURN(const std::vector<Scope> scopes, ScopesOf(set, query.system, query.release));
  Subsumption best;
  for (const Scope& scope : scopes) {
    // Under an extension's own name the published codes that it stands under belong to the question too.
    const Scope whole(scope.published(), scope.extensions(), false);
    Subsumption answer{.release = &scope.release()};
    answer.a = FindLenient(whole, query.code_a);
    answer.b = FindLenient(whole, query.code_b);
    if (answer.a && answer.b) {
      answer.relation = RelationOf(whole, *answer.a, *answer.b);
      return answer;
    }
    if (best.release == nullptr || (!best.a && !best.b)) best = answer;
  }
  return best;
}

}  // namespace nosograph::query
