// A Parameters resource as an answer, parameter by parameter.
//
// Not thread-safe. Texts are UTF-8.
//
//   ParametersWriter answer;
//   answer.Flag("result", true).Value("display", "valueString", "Calcinosis cutis");
//   std::string body = answer.Take();
#ifndef NOSOGRAPH_TERMINOLOGY_FHIR_PARAMETERS_WRITER_H_
#define NOSOGRAPH_TERMINOLOGY_FHIR_PARAMETERS_WRITER_H_

#include <cstddef>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"
#include "terminology/base/json_writer.h"

namespace nosograph::fhir {

class ParametersWriter {
 public:
  // `bytes` is about as large as it will be.
  explicit ParametersWriter(size_t bytes = base::JsonWriter::kUsualBytes) : json_(bytes) {
    json_.Text("resourceType", "Parameters").StartList("parameter");
  }

  // A primitive value; `type` is the name of its field, such as "valueCode".
  ParametersWriter& Value(absl::string_view name, const char* type, absl::string_view value) {
    json_.StartObject().Text("name", name).Text(type, value).EndObject();
    return *this;
  }
  // The same where there is a value.
  ParametersWriter& ValueIfAny(absl::string_view name, const char* type, absl::string_view value) {
    return value.empty() ? *this : Value(name, type, value);
  }
  ParametersWriter& Flag(absl::string_view name, bool value) {
    json_.StartObject().Text("name", name).Flag("valueBoolean", value).EndObject();
    return *this;
  }
  ParametersWriter& Coding(absl::string_view name, absl::string_view system, absl::string_view code,
                           absl::string_view display = {}) {
    json_.StartObject()
        .Text("name", name)
        .StartObject("valueCoding")
        .TextIfAny("system", system)
        .TextIfAny("code", code)
        .TextIfAny("display", display)
        .EndObject()
        .EndObject();
    return *this;
  }
  // One whose value `write` writes into its open object.
  template <typename Write>
  ParametersWriter& Parameter(absl::string_view name, const Write& write) {
    json_.StartObject().Text("name", name);
    write(json_);
    json_.EndObject();
    return *this;
  }
  // A parameter of parts, which follow until EndParts.
  ParametersWriter& StartParts(absl::string_view name) {
    json_.StartObject().Text("name", name).StartList("part");
    return *this;
  }
  ParametersWriter& EndParts() {
    json_.EndList().EndObject();
    return *this;
  }
  // A resource, or a value of a complex type in the field `type`, whose JSON `write` writes into an open object.
  template <typename Write>
  ParametersWriter& Object(absl::string_view name, const char* type, const Write& write) {
    json_.StartObject().Text("name", name).StartObject(type);
    write(json_);
    json_.EndObject().EndObject();
    return *this;
  }

  // Parameters that TakeParameters of another gave; nothing where that is empty.
  ParametersWriter& Written(absl::string_view parameters) {
    if (!parameters.empty()) json_.RawElement(parameters);
    return *this;
  }

  // Parameters of a shape, with the texts that differ, as many as it has holes.
  template <typename Shape>
  ParametersWriter& Filled(const Shape& shape, std::initializer_list<absl::string_view> texts) {
    json_.FilledElement(shape.pieces(), texts);
    return *this;
  }

  // What has been added, without the resource around it. Once.
  std::string TakeParameters() {
    std::string resource = Take();
    constexpr absl::string_view kBefore = R"({"resourceType":"Parameters","parameter":[)";
    constexpr absl::string_view kBehind = "]}";
    return resource.substr(kBefore.size(), resource.size() - kBefore.size() - kBehind.size());
  }
  // Once.
  std::string Take() {
    json_.EndList();
    return json_.Take();
  }

 private:
  base::JsonWriter json_;
};

}  // namespace nosograph::fhir

#endif  // NOSOGRAPH_TERMINOLOGY_FHIR_PARAMETERS_WRITER_H_
