#include "terminology/fhir/parameters.h"

#include <simdjson.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::fhir {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::string Plain(element value) {
  switch (value.type()) {
    case simdjson::dom::element_type::STRING:
      return std::string(value.get_string().value_unsafe());
    case simdjson::dom::element_type::BOOL:
      return value.get_bool().value_unsafe() ? "true" : "false";
    default:
      return simdjson::minify(value);  // a number
  }
}

absl::StatusOr<std::string> TextOf(object from, const char* name, absl::string_view field) {
  element value;
  if (from.at_key(name).get(value) != simdjson::SUCCESS) return std::string();
  if (value.is_string()) return std::string(value.get_string().value_unsafe());
  return base::InvalidField(absl::StrCat(field, ".", name), "", "is no string", "give a string");
}

absl::StatusOr<Coding> CodingOf(element value, absl::string_view field) {
  object from;
  if (value.get(from) != simdjson::SUCCESS)
    return base::InvalidField(field, "", "is no Coding", "give an object with system and code");
  Coding coding;
  ASSIGN_OR_RETURN(coding.system, TextOf(from, "system", field));
  ASSIGN_OR_RETURN(coding.version, TextOf(from, "version", field));
  ASSIGN_OR_RETURN(coding.code, TextOf(from, "code", field));
  ASSIGN_OR_RETURN(coding.display, TextOf(from, "display", field));
  return coding;
}

absl::StatusOr<CodeableConcept> ConceptOf(element value, absl::string_view field) {
  object from;
  if (value.get(from) != simdjson::SUCCESS) {
    return base::InvalidField(field, "", "is no CodeableConcept", "give an object with a list of codings");
  }
  CodeableConcept concepts;
  ASSIGN_OR_RETURN(concepts.text, TextOf(from, "text", field));
  element codings;
  if (from.at_key("coding").get(codings) != simdjson::SUCCESS) return concepts;
  simdjson::dom::array list;
  if (codings.get(list) != simdjson::SUCCESS)
    return base::InvalidField(absl::StrCat(field, ".coding"), "", "is no list", "give a list");
  for (const element coding : list) {
    ASSIGN_OR_RETURN(Coding read, CodingOf(coding, absl::StrCat(field, ".coding[", concepts.codings.size(), "]")));
    concepts.codings.push_back(std::move(read));
  }
  return concepts;
}

absl::StatusOr<Parameter> ParameterOf(element value, const std::string& field) {
  object from;
  if (value.get(from) != simdjson::SUCCESS)
    return base::InvalidField(field, "", "is no object", "give one with a name and a value");
  Parameter parameter;
  ASSIGN_OR_RETURN(parameter.name, TextOf(from, "name", field));
  if (parameter.name.empty()) return base::InvalidField(field, "", "has no name", "give it one");
  int values = 0;
  for (const auto& [key, part] : from) {
    const bool is_value = key == "resource" || key == "part" || (key.size() > 5 && key.substr(0, 5) == "value");
    if (is_value && ++values > 1) {
      return base::InvalidField(parameter.name, "", "has two values",
                                "give it one; a parameter that may be given again is a second one");
    }
    if (key == "resource") {
      if (!part.is_object()) return base::InvalidField(parameter.name, "", "is no resource", "give a resource");
      parameter.resource = simdjson::minify(part);
    } else if (key == "part") {
      simdjson::dom::array parts;
      if (part.get(parts) != simdjson::SUCCESS) {
        return base::InvalidField(absl::StrCat(field, ".part"), "", "is no list", "give a list");
      }
      for (const element each : parts) {
        const std::string at = absl::StrCat(field, ".part[", parameter.parts.size(), "]");
        ASSIGN_OR_RETURN(Parameter read, ParameterOf(each, at));
        parameter.parts.push_back(std::move(read));
      }
    } else if (key == "valueCoding") {
      ASSIGN_OR_RETURN(parameter.coding, CodingOf(part, parameter.name));
    } else if (key == "valueCodeableConcept") {
      ASSIGN_OR_RETURN(parameter.concepts, ConceptOf(part, parameter.name));
    } else if (absl::StartsWith(absl::string_view(key.data(), key.size()), "value")) {
      std::string_view reference;
      if (key == "valueReference" && part.at_key("reference").get(reference) == simdjson::SUCCESS) {
        parameter.text = std::string(reference);
      } else if (part.is_object() || part.is_array() || part.is_null()) {
        parameter.of_other_type = true;
      } else {
        parameter.text = Plain(part);
      }
    }
  }
  return parameter;
}

}  // namespace

std::pair<std::string, std::string> PartCanonical(const std::string& canonical) {
  const size_t bar = canonical.find('|');
  if (bar == std::string::npos) return {canonical, ""};
  return {canonical.substr(0, bar), canonical.substr(bar + 1)};
}

absl::StatusOr<Parameters> Parameters::Read(absl::string_view json, const Alone& alone) {
  thread_local simdjson::dom::parser parser;
  element root;
  if (const simdjson::error_code error = parser.parse(json.data(), json.size()).get(root); error != simdjson::SUCCESS) {
    return base::InvalidField("body", "", absl::StrCat("is no JSON: ", simdjson::error_message(error)),
                              "send a Parameters resource in JSON");
  }
  object resource;
  std::string_view type;
  Parameters parameters;
  const bool typed =
      root.get(resource) == simdjson::SUCCESS && resource.at_key("resourceType").get(type) == simdjson::SUCCESS;
  if (typed && !alone.type.empty() && absl::string_view(type.data(), type.size()) == alone.type) {
    parameters.parameters_.push_back({.name = std::string(alone.parameter), .resource = simdjson::minify(root)});
    return parameters;
  }
  if (!typed || type != "Parameters") {
    return base::InvalidField("resourceType", absl::string_view(type.data(), type.size()), "is not Parameters",
                              "send a Parameters resource");
  }
  element listed;
  if (resource.at_key("parameter").get(listed) != simdjson::SUCCESS) return parameters;
  simdjson::dom::array list;
  if (listed.get(list) != simdjson::SUCCESS)
    return base::InvalidField("Parameters.parameter", "", "is no list", "give a list");
  for (const element value : list) {
    ASSIGN_OR_RETURN(Parameter parameter,
                     ParameterOf(value, absl::StrCat("Parameters.parameter[", parameters.parameters_.size(), "]")));
    parameters.parameters_.push_back(std::move(parameter));
  }
  return parameters;
}

absl::StatusOr<const Parameter*> Parameters::One(absl::string_view name) const {
  const Parameter* found = nullptr;
  for (const Parameter& parameter : parameters_) {
    if (parameter.name != name) continue;
    if (found != nullptr) return base::InvalidField(name, "", "is given twice", "give it once");
    found = &parameter;
  }
  return found;
}

absl::StatusOr<std::string> Parameters::Text(std::initializer_list<absl::string_view> names) const {
  for (const absl::string_view name : names) {
    ASSIGN_OR_RETURN(const Parameter* const found, One(name));
    if (found == nullptr) continue;
    if (found->coding || found->concepts || !found->resource.empty() || found->of_other_type) {
      return base::InvalidField(name, "", "is not of a primitive type", "give a string, code or uri");
    }
    if (!base::IsValidUtf8(found->text))
      return base::InvalidField(name, found->text, "is not UTF-8", "encode it as UTF-8");
    return found->text;
  }
  return std::string();
}

absl::StatusOr<bool> Parameters::Flag(absl::string_view name, bool otherwise) const {
  ASSIGN_OR_RETURN(const std::string text, Text(name));
  if (text.empty()) return otherwise;
  if (text == "true" || text == "false") return text == "true";
  return base::InvalidField(name, text, absl::StrCat("'", base::Excerpt(text), "' is neither true nor false"),
                            "give one of the two");
}

absl::StatusOr<std::optional<uint32_t>> Parameters::Number(absl::string_view name) const {
  ASSIGN_OR_RETURN(const std::string text, Text(name));
  if (text.empty()) return std::nullopt;
  int32_t number = 0;
  if (absl::SimpleAtoi(text, &number) && number >= 0) return static_cast<uint32_t>(number);
  return base::InvalidField(name, text, absl::StrCat("'", base::Excerpt(text), "' is no number from 0 to 2147483647"),
                            "give one");
}

absl::StatusOr<std::optional<Coding>> Parameters::OneCoding(absl::string_view name) const {
  ASSIGN_OR_RETURN(const Parameter* const found, One(name));
  if (found == nullptr) return std::nullopt;
  if (found->coding) return found->coding;
  const size_t bar = found->text.find('|');
  if (bar == std::string::npos)
    return base::InvalidField(name, found->text, "is no Coding", "give one, in a query as system|code");
  return Coding{.system = found->text.substr(0, bar), .code = found->text.substr(bar + 1)};
}

absl::StatusOr<std::optional<CodeableConcept>> Parameters::OneCodeableConcept(absl::string_view name) const {
  ASSIGN_OR_RETURN(const Parameter* const found, One(name));
  if (found == nullptr) return std::nullopt;
  if (found->concepts) return found->concepts;
  return base::InvalidField(name, found->text, "is no CodeableConcept", "give one, in the body of a POST");
}

bool Parameters::Has(absl::string_view name) const {
  return std::any_of(parameters_.begin(), parameters_.end(),
                     [&](const Parameter& parameter) { return parameter.name == name; });
}

std::vector<std::string> Parameters::Texts(absl::string_view name) const {
  std::vector<std::string> texts;
  for (const Parameter& parameter : parameters_) {
    if (parameter.name == name && !parameter.text.empty()) texts.push_back(parameter.text);
  }
  return texts;
}

}  // namespace nosograph::fhir
