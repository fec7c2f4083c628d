#include "terminology/import/json_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/import/text_check.h"

namespace nosograph::import {
namespace {

constexpr size_t kMaxFileBytes = size_t{64} << 20;
constexpr size_t kMaxDepth = 64;

absl::string_view TypeName(simdjson::dom::element element) {
  if (element.is_array()) return "a list";
  if (element.is_object()) return "an object";
  if (element.is_string()) return "a text";
  if (element.is_bool()) return "true or false";
  if (element.is_number()) return "a number";
  return "null";
}

}  // namespace

JsonObject::JsonObject(simdjson::dom::element element, std::string file, std::string path)
    : file_(std::move(file)), path_(std::move(path)) {
  simdjson::dom::object object;
  if (element.get(object) == simdjson::SUCCESS) {
    object_ = object;
  } else {
    Wrong(path_, element, "an object");
  }
}

bool JsonObject::Field(const char* name, bool required, simdjson::dom::element& element) {
  if (!ignore_unknown_) asked_.insert(name);  // only what is unknown is looked up there
  if (!object_) return false;
  if (object_->at_key(name).get(element) == simdjson::SUCCESS) return true;
  if (required) Fail(name, "missing; add it");
  return false;
}

bool JsonObject::Has(const char* name) const {
  simdjson::dom::element element;
  return object_ && object_->at_key(name).get(element) == simdjson::SUCCESS;
}

std::vector<JsonObject> JsonObject::Objects(const char* name, bool required) {
  std::vector<JsonObject> objects;
  simdjson::dom::element element;
  if (!Field(name, required, element)) return objects;
  simdjson::dom::array list;
  if (element.get(list) != simdjson::SUCCESS) {
    Wrong(Below(name), element, "a list");
    return objects;
  }
  for (const simdjson::dom::element item : list) {
    objects.emplace_back(item, file_, absl::StrCat(Below(name), "/", objects.size()));
    objects.back().ignore_unknown_ = ignore_unknown_;
  }
  return objects;
}

void JsonObject::Prose(const char* name, std::string& value) {
  simdjson::dom::element element;
  if (!Field(name, false, element)) return;
  std::string_view text;
  if (element.get(text) != simdjson::SUCCESS) return Wrong(Below(name), element, "a text");
  value = text;
  CheckCharacters(Below(name), value, [](char c) { return c == '\n' || c == '\r'; });
}

std::optional<JsonObject> JsonObject::Object(const char* name, bool required) {
  simdjson::dom::element element;
  if (!Field(name, required, element)) return std::nullopt;
  JsonObject object(element, file_, Below(name));
  object.ignore_unknown_ = ignore_unknown_;
  return object;
}

void JsonObject::Fail(const std::string& name, absl::string_view what) {
  Take(absl::InvalidArgumentError(absl::StrCat(file_, ": ", Below(name), ": ", what)));
}

void JsonObject::Wrong(const std::string& path, simdjson::dom::element element, absl::string_view expected) {
  Take(absl::InvalidArgumentError(absl::StrCat(file_, ": ", path.empty() ? "the document" : path, ": ",
                                               TypeName(element), " stands where ", expected, " belongs; correct it")));
}

void JsonObject::Read(simdjson::dom::element element, const std::string& path, std::string& value) {
  std::string_view text;
  if (element.get(text) != simdjson::SUCCESS) return Wrong(path, element, "a text");
  value = text;
  CheckCharacters(path, value, [](char) { return false; });
}

// Shown on terminals and in logs: what moves the cursor has no place in it.
void JsonObject::CheckCharacters(const std::string& path, const std::string& value, bool (*allowed)(char)) {
  const auto is_control = [&](char c) {
    return ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F) && !allowed(c);
  };
  if (std::any_of(value.begin(), value.end(), is_control)) {
    Take(absl::InvalidArgumentError(
        absl::StrCat(file_, ": ", path, ": '", base::Excerpt(value), "' has a control character; remove it")));
  }
}

std::string JsonObject::Below(const std::string& name) const {
  if (name.find_first_of("~/") == std::string::npos) return absl::StrCat(path_, "/", name);
  return absl::StrCat(path_, "/", absl::StrReplaceAll(name, {{"~", "~0"}, {"/", "~1"}}));
}

void JsonObject::ExpectSomething(const char* name, const std::string& value) {
  if (absl::StripAsciiWhitespace(value).empty()) Fail(name, "empty; say something");
}

void JsonObject::Read(simdjson::dom::element element, const std::string& path, bool& value) {
  if (element.get(value) != simdjson::SUCCESS) Wrong(path, element, "true or false");
}

void JsonObject::Read(simdjson::dom::element element, const std::string& path, double& value) {
  if (element.get(value) != simdjson::SUCCESS) Wrong(path, element, "a number");
}

void JsonObject::Read(simdjson::dom::element element, const std::string& path, model::ReviewState& value) {
  std::string name;
  Read(element, path, name);
  for (const model::ReviewState state :
       {model::ReviewState::kDraft, model::ReviewState::kReviewed, model::ReviewState::kRetired}) {
    if (model::ReviewStateName(state) == name) {
      value = state;
      return;
    }
  }
  Take(absl::InvalidArgumentError(absl::StrCat(file_, ": ", path, ": '", base::Excerpt(name),
                                               "' is no review state; use draft, reviewed or retired")));
}

absl::Status JsonObject::Finish() {
  if (!status_.ok() || !object_ || ignore_unknown_) return status_;
  std::set<std::string_view> seen;
  for (const simdjson::dom::key_value_pair field : *object_) {
    if (ignore_underscored_ && !field.key.empty() && field.key.front() == '_') continue;
    if (asked_.count(field.key) == 0) {
      Fail(base::Excerpt({field.key.data(), field.key.size()}), "no field of that name belongs here; remove it");
    } else if (!seen.insert(field.key).second) {
      Fail(base::Excerpt({field.key.data(), field.key.size()}), "the field stands twice; remove one of the two");
    }
  }
  return status_;
}

absl::StatusOr<JsonDocument> JsonDocument::Read(const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, base::ReadFile(path, kMaxFileBytes));
  return Parse(std::move(text), path);
}

absl::StatusOr<JsonDocument> JsonDocument::Parse(std::string text, const std::string& file) {
  JsonDocument document;
  if (absl::StartsWith(text, "\xEF\xBB\xBF")) text.erase(0, 3);  // a byte order mark says nothing in UTF-8
  RETURN_IF_ERROR(CheckText(text, file));
  document.file_ = file;
  document.text_ = std::make_unique<std::string>(std::move(text));
  document.parser_ = std::make_unique<simdjson::dom::parser>();
  if (document.parser_->allocate(document.text_->size() + 1, kMaxDepth) != simdjson::SUCCESS) {
    return absl::ResourceExhaustedError(absl::StrCat(file, ": no memory left to parse it; free some"));
  }
  const auto error = document.parser_->parse(*document.text_).get(document.root_);
  if (error == simdjson::DEPTH_ERROR) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ": objects and lists nest deeper than ", kMaxDepth, "; flatten them"));
  }
  if (error != simdjson::SUCCESS) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ": it is no JSON: ", simdjson::error_message(error), "; correct the file"));
  }
  return document;
}

}  // namespace nosograph::import
