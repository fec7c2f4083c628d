// What an operation is asked with: a Parameters resource, or the parameters of a query string.
//
// Primitive values are kept as text, whatever their type says, since clients send a code as valueString and a canonical
// as valueUri. Not thread-safe while it is filled; then immutable.
//
//   ASSIGN_OR_RETURN(Parameters parameters, Parameters::Read(body));
//   ASSIGN_OR_RETURN(const std::string code, parameters.Text("code"));
#ifndef NOSOGRAPH_TERMINOLOGY_FHIR_PARAMETERS_H_
#define NOSOGRAPH_TERMINOLOGY_FHIR_PARAMETERS_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace nosograph::fhir {

struct Coding {
  std::string system = {};
  std::string version = {};
  std::string code = {};
  std::string display = {};
};

struct CodeableConcept {
  std::vector<Coding> codings = {};
  std::string text = {};
};

struct Parameter {
  std::string name = {};
  std::string text = {};                         // of a primitive value, or of a Reference
  std::optional<Coding> coding = {};             // of valueCoding
  std::optional<CodeableConcept> concepts = {};  // of valueCodeableConcept
  std::string resource = {};                     // JSON, where it is one
  bool of_other_type = false;                    // of a value that no operation takes, such as a Period
  std::vector<Parameter> parts = {};
};

// A canonical, and the version that stands behind its bar.
std::pair<std::string, std::string> PartCanonical(const std::string& canonical);

// The one type of resource that may be sent instead of Parameters, and the parameter that it is then.
struct Alone {
  absl::string_view type = {};
  absl::string_view parameter = {};
};

class Parameters {
 public:
  // Errors: InvalidArgument for what is no JSON, no Parameters, or has a parameter without a name or with a value that
  // is none.
  static absl::StatusOr<Parameters> Read(absl::string_view json, const Alone& alone = {});

  // Makes room for as many.
  void Reserve(size_t count) { parameters_.reserve(count); }
  // Of a query string: a primitive value, as it was decoded. A coding is written "system|code".
  void Add(std::string name, std::string text) {
    parameters_.push_back({.name = std::move(name), .text = std::move(text)});
  }

  void Add(Parameter parameter) { parameters_.push_back(std::move(parameter)); }
  // All of that name.
  void Remove(absl::string_view name) {
    parameters_.erase(std::remove_if(parameters_.begin(), parameters_.end(),
                                     [&](const Parameter& parameter) { return parameter.name == name; }),
                      parameters_.end());
  }

  // The text of the first of these names that is there; empty where none is. Errors: InvalidArgument for one that is
  // there twice, or is no primitive value.
  absl::StatusOr<std::string> Text(std::initializer_list<absl::string_view> names) const;
  absl::StatusOr<std::string> Text(absl::string_view name) const { return Text({name}); }
  // Errors: as of Text, and for what is neither true nor false.
  absl::StatusOr<bool> Flag(absl::string_view name, bool otherwise) const;
  // Errors: as of Text, and for what is no number from 0 to 2,147,483,647.
  absl::StatusOr<std::optional<uint32_t>> Number(absl::string_view name) const;
  // Errors: as of Text.
  absl::StatusOr<std::optional<Coding>> OneCoding(absl::string_view name) const;
  absl::StatusOr<std::optional<CodeableConcept>> OneCodeableConcept(absl::string_view name) const;
  bool Has(absl::string_view name) const;
  const std::vector<Parameter>& all() const { return parameters_; }
  // All texts of a name.
  std::vector<std::string> Texts(absl::string_view name) const;
  // The one of that name; null where there is none. Errors: InvalidArgument for one that is there twice.
  absl::StatusOr<const Parameter*> One(absl::string_view name) const;

 private:
  std::vector<Parameter> parameters_;
};

}  // namespace nosograph::fhir

#endif  // NOSOGRAPH_TERMINOLOGY_FHIR_PARAMETERS_H_
