// The service's replies as lists of entries: the same that plugin/describe.h makes of the engine's answers.
//
// Thread-safe: functions without state; the lists are the caller's. Entries refer into the reply.
//
//   ReadReply(response, lists);
#ifndef NOSOGRAPH_PLUGIN_REMOTE_READ_REPLY_H_
#define NOSOGRAPH_PLUGIN_REMOTE_READ_REPLY_H_

#include "nosograph/v1/terminology.pb.h"
#include "plugin/result.h"

namespace nosograph::plugin {

void ReadReply(const v1::ResolveResponse& reply, Lists& lists);
void ReadReply(const v1::LookupResponse& reply, Lists& lists);
void ReadReply(const v1::ValidateCodeResponse& reply, Lists& lists);
void ReadReply(const v1::SubsumesResponse& reply, Lists& lists);
void ReadReply(const v1::SearchResponse& reply, Lists& lists);

noso_outcome OutcomeOf(const v1::ResolveResponse& reply);
noso_outcome OutcomeOf(const v1::LookupResponse& reply);
noso_outcome OutcomeOf(const v1::ValidateCodeResponse& reply);
noso_outcome OutcomeOf(const v1::SubsumesResponse& reply);
noso_outcome OutcomeOf(const v1::SearchResponse& reply);

}  // namespace nosograph::plugin

#endif  // NOSOGRAPH_PLUGIN_REMOTE_READ_REPLY_H_
