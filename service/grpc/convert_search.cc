// Search between the engine's values and the messages of proto/nosograph/v1.
#include "service/grpc/convert.h"

namespace nosograph::service {
namespace {

v1::TextMatch::Reason ToMessage(query::MatchReason reason) {
  switch (reason) {
    case query::MatchReason::kExact:
      return v1::TextMatch::REASON_EXACT;
    case query::MatchReason::kStem:
      return v1::TextMatch::REASON_STEM;
    case query::MatchReason::kPrefix:
      return v1::TextMatch::REASON_PREFIX;
    case query::MatchReason::kSynonym:
      return v1::TextMatch::REASON_SYNONYM;
    case query::MatchReason::kSpelling:
      return v1::TextMatch::REASON_SPELLING;
  }
  return v1::TextMatch::REASON_UNSPECIFIED;
}

v1::SearchHit::TextKind ToMessage(snapshot::DocumentKind kind) {
  switch (kind) {
    case snapshot::DocumentKind::kTitle:
      return v1::SearchHit::TEXT_KIND_TITLE;
    case snapshot::DocumentKind::kInclusionTerm:
      return v1::SearchHit::TEXT_KIND_INCLUSION_TERM;
    case snapshot::DocumentKind::kIncludes:
      return v1::SearchHit::TEXT_KIND_INCLUDES;
    case snapshot::DocumentKind::kDesignation:
      return v1::SearchHit::TEXT_KIND_DESIGNATION;
    case snapshot::DocumentKind::kSynonym:
      return v1::SearchHit::TEXT_KIND_SYNONYM;
    case snapshot::DocumentKind::kReference:
      return v1::SearchHit::TEXT_KIND_REFERENCE;
  }
  return v1::SearchHit::TEXT_KIND_UNSPECIFIED;
}

query::Fold ToQuery(v1::Fold fold) {
  switch (fold) {
    case v1::FOLD_ALWAYS:
      return query::Fold::kAlways;
    case v1::FOLD_NEVER:
      return query::Fold::kNever;
    default:
      return query::Fold::kWhenMany;
  }
}

}  // namespace

query::SearchQuery ToQuery(const v1::SearchRequest& request) {
  return {.text = request.text(),
          .system = request.system(),
          .release = ToQuery(request.release()),
          .billable_only = request.billable_only(),
          .under = request.under(),
          .fold = ToQuery(request.fold()),
          .count = request.count() == 0 ? query::kUsualHits : request.count(),
          .page_token = request.page_token()};
}

void ToMessage(const query::SearchAnswer& answer, v1::SearchResponse* message) {
  for (const query::SearchHit& hit : answer.hits) {
    v1::SearchHit* to = message->add_hits();
    ToMessage(hit.item, to->mutable_matched_concept());
    to->set_text_kind(ToMessage(hit.kind));
    to->set_text(hit.text);
    for (const query::TextMatch& match : hit.matches) {
      v1::TextMatch* part = to->add_matches();
      part->set_begin(match.begin);
      part->set_end(match.end);
      part->set_query_begin(match.query_begin);
      part->set_query_end(match.query_end);
      part->set_reason(ToMessage(match.reason));
    }
    to->set_score(hit.score);
    to->set_folded_codes(hit.folded_codes);
  }
  message->set_total(answer.total);
  message->set_next_page_token(answer.next_page_token);
  for (const query::Correction& correction : answer.corrections) {
    v1::SearchResponse::Correction* to = message->add_corrections();
    to->set_written(correction.written);
    to->set_read_as(correction.read_as);
  }
  for (const snapshot::Release* release : answer.releases) {
    ToMessage(*release, Detail::kShared, message->add_releases());
  }
}

}  // namespace nosograph::service
