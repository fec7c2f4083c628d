// Reads JSON objects strictly: a field that is missing, unknown or of another type is an error that names file, place
// and remedy.
//
// On simdjson; objects live as long as the document. Not thread-safe: one reader a thread.
//
//   ASSIGN_OR_RETURN(JsonDocument document, JsonDocument::Read("conditions/L94.21.json"));
//   JsonObject root = document.root();
//   std::string title;
//   root("title", title, true);
//   RETURN_IF_ERROR(root.Finish());
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_JSON_READER_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_JSON_READER_H_

#include <simdjson.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "terminology/model/condition_fields.h"
#include "terminology/model/condition_knowledge.h"

namespace nosograph::import {

// One JSON object and which of its fields were asked for. The first error is kept; what follows it reads as empty.
class JsonObject {
 public:
  JsonObject(simdjson::dom::element element, std::string file, std::string path);

  // Reads a field; as a visitor of model::VisitFields too. Of a struct, the fields of its object; of a list, each
  // element. An absent field that is not required leaves `value` as it is.
  template <typename T>
  void operator()(const char* name, T& value, bool required) {
    simdjson::dom::element element;
    if (!Field(name, required, element)) return;
    Read(element, Below(name), value);
    if (required) ExpectSomething(name, value);
  }

  // Fields that nobody asked for are passed over, here and in the objects below.
  void IgnoreUnknown() { ignore_unknown_ = true; }

  // Asks for a field that the caller goes on with; false when it is not there, an error when it is required.
  bool Field(const char* name, bool required, simdjson::dom::element& element);
  // Whether a field is there; does not count as asking for it.
  bool Has(const char* name) const;

  // Fields that begin with an underscore, as FHIR writes the extensions of primitive ones, are passed over.
  void IgnoreUnderscored() { ignore_underscored_ = true; }

  // A field of prose, which may have several lines.
  void Prose(const char* name, std::string& value);

  // The object `name`; nothing when the field is absent. Its errors are for the caller to Take.
  std::optional<JsonObject> Object(const char* name, bool required);

  // The elements of the list `name`, each as an object; none when the field is absent.
  std::vector<JsonObject> Objects(const char* name, bool required);

  void Fail(const std::string& name, absl::string_view what);
  const std::string& path() const { return path_; }
  // What is read, for who asks for several fields at once; nothing where it is no object.
  const std::optional<simdjson::dom::object>& object() const { return object_; }
  // The first error of this object: what reading met, or a field that nobody asked for.
  absl::Status Finish();
  // Takes over another object's error.
  void Take(absl::Status status) {
    if (status_.ok()) status_ = std::move(status);
  }

 private:
  std::string Below(const std::string& name) const;
  // What is required must say something.
  void ExpectSomething(const char* name, const std::string& value);
  template <typename T>
  void ExpectSomething(const char* name, const std::vector<T>& values) {
    if (values.empty()) Fail(name, "empty; add what belongs there");
  }
  template <typename T>
  void ExpectSomething(const char* /*name*/, const T& /*value*/) {}
  void CheckCharacters(const std::string& path, const std::string& value, bool (*allowed)(char));
  void Wrong(const std::string& path, simdjson::dom::element element, absl::string_view expected);

  void Read(simdjson::dom::element element, const std::string& path, std::string& value);
  void Read(simdjson::dom::element element, const std::string& path, bool& value);
  void Read(simdjson::dom::element element, const std::string& path, double& value);
  void Read(simdjson::dom::element element, const std::string& path, model::ReviewState& value);
  template <typename T>
  void Read(simdjson::dom::element element, const std::string& path, std::optional<T>& value) {
    Read(element, path, value.emplace());
  }
  template <typename T>
  void Read(simdjson::dom::element element, const std::string& path, std::vector<T>& values) {
    if (!element.is_array()) return Wrong(path, element, "a list");
    size_t index = 0;
    for (const simdjson::dom::element item : simdjson::dom::array(element)) {
      Read(item, path + "/" + std::to_string(index++), values.emplace_back());
    }
  }
  template <typename T>
  void Read(simdjson::dom::element element, const std::string& path, T& value) {
    JsonObject object(element, file_, path);
    model::VisitFields(object, value);
    Take(object.Finish());
  }

  std::optional<simdjson::dom::object> object_;
  std::string file_;
  std::string path_;  // JSON pointer (RFC 6901), empty at the root
  std::set<std::string, std::less<>> asked_;
  bool ignore_underscored_ = false;
  bool ignore_unknown_ = false;
  absl::Status status_;
};

class JsonDocument {
 public:
  // Errors: those of reading a file; InvalidArgument when it is no JSON (RFC 8259), not UTF-8, or nested too deep.
  static absl::StatusOr<JsonDocument> Read(const std::string& path);
  static absl::StatusOr<JsonDocument> Parse(std::string text, const std::string& file);

  JsonObject root() const { return {root_, file_, ""}; }
  const std::string& text() const { return *text_; }

 private:
  JsonDocument() = default;
  std::string file_;
  std::unique_ptr<std::string> text_;
  std::unique_ptr<simdjson::dom::parser> parser_;
  simdjson::dom::element root_;
};

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_JSON_READER_H_
