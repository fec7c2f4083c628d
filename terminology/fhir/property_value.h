// The value of a concept's property, as FHIR's value[x].
//
// Thread-safe: a function without state.
//
//   json.StartObject().Text("code", property.definition.code);
//   WritePropertyValue(property, json);
#ifndef NOSOGRAPH_TERMINOLOGY_FHIR_PROPERTY_VALUE_H_
#define NOSOGRAPH_TERMINOLOGY_FHIR_PROPERTY_VALUE_H_

#include "terminology/base/json_writer.h"
#include "terminology/snapshot/snapshot.h"

namespace nosograph::fhir {

// Into the object that is open: "valueCode", "valueBoolean" ... by the property's type.
inline void WritePropertyValue(const snapshot::Snapshot::PropertyView& property, base::JsonWriter& json) {
  switch (property.definition.type) {
    case model::PropertyType::kCode:
      json.Text("valueCode", property.value);
      break;
    case model::PropertyType::kCoding:
      json.StartObject("valueCoding").TextIfAny("system", property.coding_system).TextIfAny("code", property.value);
      json.TextIfAny("display", property.coding_display).EndObject();
      break;
    case model::PropertyType::kBoolean:
      json.Flag("valueBoolean", property.value == "true");
      break;
    case model::PropertyType::kInteger:
      json.Raw("valueInteger", property.value);
      break;
    case model::PropertyType::kDecimal:
      json.Raw("valueDecimal", property.value);
      break;
    case model::PropertyType::kDateTime:
      json.Text("valueDateTime", property.value);
      break;
    case model::PropertyType::kString:
      json.Text("valueString", property.value);
      break;
  }
}

}  // namespace nosograph::fhir

#endif  // NOSOGRAPH_TERMINOLOGY_FHIR_PROPERTY_VALUE_H_
