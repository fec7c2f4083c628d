// A Bundle of type batch: its entries, each answered as if it came alone (FHIR R4 3.1.0.11).
//
// Thread-safe: a function without state.
//
//   return AnswerBatch(question, request, 1000, ask, write);
#ifndef NOSOGRAPH_SERVICE_REST_BATCH_H_
#define NOSOGRAPH_SERVICE_REST_BATCH_H_

#include <cstddef>

#include "service/http/http_server.h"
#include "service/rest/question.h"
#include "terminology/operations/reply.h"

namespace nosograph::rest {

// `question` is that of the whole batch, whose body `request` has; `most` is how many entries it may have. Refusals are
// OperationOutcomes: 400 for what is no batch, 422 for one of too many entries.
operations::Reply AnswerBatch(const Question& question, const service::HttpRequest& request, size_t most,
                              const AskQuestion& ask, const WriteQuestion& write);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_BATCH_H_
