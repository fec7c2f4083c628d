// The properties of a concept as $lookup tells them, with holes for what differs: a parameter "property" of a code, a
// value and, where there is one, a description.
//
// Thread-safe: made once.
//
//   answer.Filled(PropertyShapes::Get().described_code, {"parent", "L94", title});
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_PROPERTY_SHAPES_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_PROPERTY_SHAPES_H_

#include "terminology/fhir/parameter_shape.h"
#include "terminology/fhir/parameters_writer.h"

namespace nosograph::operations {

struct PropertyShapes {
  fhir::ParameterShape code = Of("valueCode", false);
  fhir::ParameterShape described_code = Of("valueCode", true);
  fhir::ParameterShape text = Of("valueString", false);
  fhir::ParameterShape described_text = Of("valueString", true);
  fhir::ParameterShape yes = Of(true);
  fhir::ParameterShape no = Of(false);

  static const PropertyShapes& Get() {
    static const auto& shapes = *new PropertyShapes();
    return shapes;
  }

 private:
  static fhir::ParameterShape Of(const char* type, bool described) {
    constexpr absl::string_view kHole = fhir::ParameterShape::kHole;
    return fhir::ParameterShape([&](fhir::ParametersWriter& writer) {
      writer.StartParts("property").Value("code", "valueCode", kHole).Value("value", type, kHole);
      if (described) writer.Value("description", "valueString", kHole);
      writer.EndParts();
    });
  }
  static fhir::ParameterShape Of(bool value) {
    return fhir::ParameterShape([&](fhir::ParametersWriter& writer) {
      writer.StartParts("property").Value("code", "valueCode", fhir::ParameterShape::kHole);
      writer.Flag("value", value).EndParts();
    });
  }
};

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_PROPERTY_SHAPES_H_
