// ConditionKnowledge as bytes in a snapshot.
//
// Fields follow each other in the order of model/condition_fields.h: a text or a list as a 32-bit count and its
// content, a number as 8 bytes, a flag or an enumeration as one byte, an optional field as one byte and, if that is 1,
// the field. Then the statements: a 32-bit count, then for each its section as one byte and its fields.
//
// Thread-safe: functions without state. The same value gives the same bytes.
//
//   std::string bytes = EncodeKnowledge(knowledge);
//   std::optional<ConditionKnowledge> again = DecodeKnowledge(bytes);
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_KNOWLEDGE_CODEC_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_KNOWLEDGE_CODEC_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "terminology/model/condition_knowledge.h"

namespace nosograph::snapshot {

std::string EncodeKnowledge(const model::ConditionKnowledge& knowledge);

// Nothing when the bytes are no encoded knowledge: too short, too long, or a number out of range. Takes memory in
// proportion to the bytes, whatever they claim.
std::optional<model::ConditionKnowledge> DecodeKnowledge(absl::string_view bytes);

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_KNOWLEDGE_CODEC_H_
