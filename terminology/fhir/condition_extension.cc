#include "terminology/fhir/condition_extension.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "terminology/model/condition_fields.h"

namespace nosograph::fhir {
namespace {

constexpr char kUcum[] = "http://unitsofmeasure.org";

// A field becomes a part of the extension that is open. What is empty, or false, is left out: it says nothing.
class PartWriter {
 public:
  explicit PartWriter(base::JsonWriter& json) : json_(json) {}

  void operator()(const char* name, const std::string& field, bool /*required*/) { Text(name, "valueString", field); }
  void operator()(const char* name, const bool& field, bool /*required*/) {
    if (field) json_.StartObject().Text("url", PartName(name, false)).Flag("valueBoolean", true).EndObject();
  }
  void operator()(const char* name, const std::vector<std::string>& field, bool /*required*/) {
    for (const std::string& text : field) {
      json_.StartObject().Text("url", PartName(name, true)).Text("valueString", text).EndObject();
    }
  }
  void operator()(const char* name, const model::ReviewState& field, bool /*required*/) {
    Text(name, "valueCode", model::ReviewStateName(field));
  }
  void operator()(const char* name, const std::optional<model::Coding>& field, bool /*required*/) {
    if (!field) return;
    json_.StartObject().Text("url", PartName(name, false)).StartObject("valueCoding");
    json_.TextIfAny("system", field->system).TextIfAny("code", field->code).TextIfAny("display", field->display);
    json_.EndObject().EndObject();
  }
  void operator()(const char* name, const std::optional<model::Range>& field, bool /*required*/) {
    if (!field) return;
    json_.StartObject().Text("url", PartName(name, false)).StartObject("valueRange");
    Bound("low", field->low, field->unit);
    Bound("high", field->high, field->unit);
    json_.EndObject().EndObject();
  }
  // A part with parts of its own.
  template <typename T>
  void operator()(const char* name, const std::optional<T>& field, bool /*required*/) {
    if (!field) return;
    json_.StartObject().StartList("extension");
    model::VisitFields(*this, *field);
    json_.EndList().Text("url", PartName(name, false)).EndObject();
  }

 private:
  void Text(const char* name, const char* type, absl::string_view text) {
    if (!text.empty()) json_.StartObject().Text("url", PartName(name, false)).Text(type, text).EndObject();
  }
  void Bound(const char* name, const std::optional<double>& value, const std::string& unit) {
    if (!value) return;
    json_.StartObject(name).Raw("value", absl::StrCat(*value)).Text("unit", unit);
    json_.Text("system", kUcum).Text("code", unit).EndObject();
  }

  base::JsonWriter& json_;
};

}  // namespace

std::string PartName(absl::string_view field, bool list) {
  if (list) (void)absl::ConsumeSuffix(&field, "s");
  std::string name(field);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

void WriteStatement(const model::Statement& statement, base::JsonWriter& json) {
  PartWriter part(json);
  json.StartObject().StartList("extension");
  json.StartObject().Text("url", "section").Text("valueCode", model::SectionName(statement.section)).EndObject();
  model::VisitFields(part, statement);
  json.EndList().Text("url", kStatementExtension).EndObject();
}

void WriteSource(const model::Source& source, base::JsonWriter& json) {
  PartWriter part(json);
  json.StartObject().StartList("extension");
  model::VisitFields(part, source);
  json.EndList().Text("url", kSourceExtension).EndObject();
}

}  // namespace nosograph::fhir
