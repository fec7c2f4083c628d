// The fields of condition knowledge, named once: what reads or writes it as JSON or as bytes visits them here, so that
// no form can leave one out.
//
// Promises only names and order; what a visitor does with a field is its own. Thread-safe: functions without state.
//
//   struct Printer { template <typename T> void operator()(const char* name, const T& field, bool required); };
//   Printer printer;
//   VisitFields(printer, statement);
#ifndef NOSOGRAPH_TERMINOLOGY_MODEL_CONDITION_FIELDS_H_
#define NOSOGRAPH_TERMINOLOGY_MODEL_CONDITION_FIELDS_H_

#include <type_traits>

#include "terminology/model/condition_knowledge.h"

namespace nosograph::model {

// `T` is one of the structs of condition_knowledge.h, const or not. The order is that of the encoded form: append only.
template <typename Visitor, typename T>
void VisitFields(Visitor& visit, T& value) {
  using Struct = std::remove_const_t<T>;
  if constexpr (std::is_same_v<Struct, Coding>) {
    visit("system", value.system, true);
    visit("code", value.code, true);
    visit("display", value.display, false);
  } else if constexpr (std::is_same_v<Struct, Range>) {
    visit("low", value.low, false);
    visit("high", value.high, false);
    visit("unit", value.unit, true);
  } else if constexpr (std::is_same_v<Struct, Therapy>) {
    visit("kind", value.kind, true);
    visit("agent", value.agent, false);
    visit("strength", value.strength, false);
    visit("route", value.route, false);
    visit("condition_of_use", value.condition_of_use, false);
  } else if constexpr (std::is_same_v<Struct, Citation>) {
    visit("text", value.text, true);
    visit("doi", value.doi, false);
    visit("pmid", value.pmid, false);
  } else if constexpr (std::is_same_v<Struct, Source>) {
    visit("id", value.id, true);
    visit("title", value.title, true);
    visit("author", value.author, true);
    visit("date", value.date, true);
    visit("licence", value.licence, true);
    visit("language", value.language, true);
    visit("machine_translated", value.machine_translated, false);
    visit("url", value.url, false);
    visit("citation", value.citation, false);
  } else if constexpr (std::is_same_v<Struct, Statement>) {
    visit("text", value.text, true);
    visit("language", value.language, false);
    visit("source_ids", value.source_ids, true);
    visit("review_state", value.review_state, false);
    visit("open", value.open, false);
    visit("machine_translated", value.machine_translated, false);
    visit("coding", value.coding, false);
    visit("frequency", value.frequency, false);
    visit("qualifier", value.qualifier, false);
    visit("range", value.range, false);
    visit("expected_value", value.expected_value, false);
    visit("relation", value.relation, false);
    visit("therapy", value.therapy, false);
    visit("citation", value.citation, false);
  } else {
    static_assert(std::is_same_v<Struct, ConditionKnowledge>);
    // The statements follow, in a form of the visitor's own: by section in JSON, in a row as bytes.
    visit("code", value.code, true);
    visit("title", value.title, true);
    visit("review_state", value.review_state, true);
    visit("disclaimer", value.disclaimer, true);
    visit("sources", value.sources, true);
  }
}

}  // namespace nosograph::model

#endif  // NOSOGRAPH_TERMINOLOGY_MODEL_CONDITION_FIELDS_H_
