// Parameters of which only some texts differ from answer to answer: written once by ParametersWriter, then filled in.
//
// What JSON is around the texts is laid down when the shape is made; filling one in copies it and the texts, each
// escaped. Immutable, so thread-safe.
//
//   static const auto& shape = *new ParameterShape([](ParametersWriter& writer) {
//     writer.StartParts("property").Value("code", "valueCode", ParameterShape::kHole) ... .EndParts();
//   });
//   answer.Filled(shape, {"parent", "L94"});
#ifndef NOSOGRAPH_TERMINOLOGY_FHIR_PARAMETER_SHAPE_H_
#define NOSOGRAPH_TERMINOLOGY_FHIR_PARAMETER_SHAPE_H_

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "terminology/fhir/parameters_writer.h"

namespace nosograph::fhir {

class ParameterShape {
 public:
  // Stands where a text will be; no text of FHIR has this character.
  static constexpr absl::string_view kHole = "\x01";

  // `write` writes the parameters into the ParametersWriter that it is given.
  template <typename Write>
  explicit ParameterShape(const Write& write) {
    ParametersWriter writer;
    write(writer);
    constexpr absl::string_view kWrittenHole = R"("\u0001")";
    pieces_ = absl::StrSplit(writer.TakeParameters(), kWrittenHole);
  }

  // The JSON around the texts: one more than there are texts.
  const std::vector<std::string>& pieces() const { return pieces_; }

 private:
  std::vector<std::string> pieces_;
};

}  // namespace nosograph::fhir

#endif  // NOSOGRAPH_TERMINOLOGY_FHIR_PARAMETER_SHAPE_H_
