#include "terminology/query/subsumes.h"

#include <array>
#include <vector>

#include "terminology/base/status_macros.h"

namespace nosograph::query {
namespace {

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
  if (a.release == b.release) return IsKindOf(b, a.item);
  if (a.of_extension() || !b.of_extension()) return false;
  const std::optional<ConceptRef> published = PublishedAbove(scope, b);
  return published && (*published == a || (published->release == a.release && IsKindOf(*published, a.item)));
}

std::optional<ConceptRef> FindAs(Form form, const Scope& scope, absl::string_view code) {
  if (std::optional<ConceptRef> found = scope.Find(code)) return found;
  if (form == Form::kStrict) return std::nullopt;
  const model::CodeReading reading = scope.Read(code);
  return reading.form == model::CodeForm::kMalformed ? std::nullopt : scope.Find(reading.canonical);
}

}  // namespace

absl::string_view RelationName(Relation relation) {
  static constexpr std::array<absl::string_view, 6> kNames = {"equivalent",   "subsumes",     "subsumed-by",
                                                              "not-subsumed", "unknown-code", "undetermined"};
  return kNames[static_cast<size_t>(relation)];
}

bool IsKindOf(const ConceptRef& item, uint32_t above) {
  return item.snapshot().IsAbove(above, item.item) && item.snapshot().hierarchy_meaning() != "part-of";
}

Relation RelationOf(const Scope& scope, const ConceptRef& a, const ConceptRef& b) {
  if (a == b) return Relation::kEquivalent;
  if (Subsumes(scope, a, b)) return Relation::kSubsumes;
  if (Subsumes(scope, b, a)) return Relation::kSubsumedBy;
  return Relation::kNotSubsumed;
}

absl::StatusOr<Subsumption> Subsumes(const snapshot::ReleaseSet& set, const SubsumesQuery& query) {
  RETURN_IF_ERROR(CheckCodeLength("code_a", query.code_a));
  RETURN_IF_ERROR(CheckCodeLength("code_b", query.code_b));
  ASSIGN_OR_RETURN(const std::vector<Scope> scopes, ScopesOf(set, query.system, query.release));
  Subsumption best;
  for (const Scope& scope : scopes) {
    // Under an extension's own name the published codes that it stands under belong to the question too.
    const Scope whole(scope.published(), scope.extensions(), false);
    Subsumption answer{.release = &scope.release()};
    answer.a = FindAs(query.form, whole, query.code_a);
    answer.b = FindAs(query.form, whole, query.code_b);
    if (answer.a && answer.b) {
      answer.relation = RelationOf(whole, *answer.a, *answer.b);
      return answer;
    }
    // That a code is not found in a part says nothing, unless it is no code by its form.
    const bool all_of_it = scope.published() != nullptr && !scope.published()->snapshot->fragment();
    const auto may_be_one = [&](const std::optional<ConceptRef>& found, absl::string_view code) {
      return !found && scope.Read(code).form != model::CodeForm::kMalformed;
    };
    if (!all_of_it && (may_be_one(answer.a, query.code_a) || may_be_one(answer.b, query.code_b))) {
      answer.relation = Relation::kUndetermined;
    }
    if (best.release == nullptr || (!best.a && !best.b)) best = answer;
  }
  return best;
}

}  // namespace nosograph::query
