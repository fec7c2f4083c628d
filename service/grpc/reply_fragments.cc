#include "service/grpc/reply_fragments.h"

#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "service/grpc/convert.h"
#include "terminology/query/resolve.h"
#include "terminology/query/scope.h"

namespace nosograph::service {

using query::ConceptRef;
using snapshot::Release;

ReplyFragments::Table::Made ReplyFragments::Make(uint32_t item) const {
  const Release release{snapshot_, ""};
  const ConceptRef subject{&release, item};
  const std::vector<ConceptRef> above = query::Scope(&release, {}, false).Ancestors(subject);

  v1::ResolveResponse own;
  own.set_outcome(v1::OUTCOME_EXACT);
  ToMessage(subject, own.mutable_matched_concept());
  if (subject.billable()) own.set_billable_code(std::string(subject.code()));
  for (const ConceptRef& ancestor : above) ToMessage(ancestor, own.add_ancestors());
  v1::ResolveResponse issues;
  if (const std::optional<query::Issue> issue = query::HeaderIssue(subject, subject.code())) {
    ToMessage(*issue, issues.add_issues());
  }
  v1::ResolveResponse notes;
  AddNotes(subject, &notes);

  ReplyFragment made;
  made.own_ = static_cast<uint32_t>(own.ByteSizeLong());
  made.issues_ = static_cast<uint32_t>(issues.ByteSizeLong());
  made.notes_ = static_cast<uint32_t>(notes.ByteSizeLong());
  made.ancestors_ = static_cast<uint32_t>(above.size());
  made.all_notes_ = made.notes_;
  made.has_knowledge_ = snapshot_->has_knowledge(item);
  made.in_a_tree_ = subject.classified();
  for (const ConceptRef& ancestor : above) {
    made.all_notes_ += Get(ancestor.item).notes_;
    made.has_knowledge_ = made.has_knowledge_ || snapshot_->has_knowledge(ancestor.item);
  }
  const size_t bytes = size_t{made.own_} + made.issues_ + made.notes_;
  void* room = ::operator new(sizeof(ReplyFragment) + above.size() * sizeof(uint32_t) + bytes);
  auto* fragment = new (room) ReplyFragment(made);
  auto* numbers = reinterpret_cast<uint32_t*>(fragment + 1);
  for (const ConceptRef& ancestor : above) *numbers++ = ancestor.item;
  auto* out = reinterpret_cast<uint8_t*>(numbers);
  for (const v1::ResolveResponse* part : {&own, &issues, &notes}) out = part->SerializeWithCachedSizesToArray(out);

  return Table::Made(fragment);
}

}  // namespace nosograph::service
