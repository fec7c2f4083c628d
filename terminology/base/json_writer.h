// JSON, field by field; on RapidJSON.
//
// Begins as an object. Not thread-safe. Text is UTF-8.
//
//   JsonWriter json;
//   json.Text("code", "L94.2").Flag("billable", true);
//   std::string object = json.Take();  // {"code":"L94.2","billable":true}
#ifndef NOSOGRAPH_TERMINOLOGY_BASE_JSON_WRITER_H_
#define NOSOGRAPH_TERMINOLOGY_BASE_JSON_WRITER_H_

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace nosograph::base {

class JsonWriter {
 public:
  JsonWriter() : writer_(buffer_) { writer_.StartObject(); }

  JsonWriter& Text(const char* name, absl::string_view value) {
    writer_.Key(name);
    return Value(value);
  }
  JsonWriter& Flag(const char* name, bool value) {
    writer_.Key(name);
    writer_.Bool(value);
    return *this;
  }
  JsonWriter& Number(const char* name, int64_t value) {
    writer_.Key(name);
    writer_.Int64(value);
    return *this;
  }
  JsonWriter& Texts(const char* name, const std::vector<std::string>& values) {
    StartList(name);
    for (const std::string& value : values) Value(value);
    return EndList();
  }
  JsonWriter& Numbers(const char* name, const std::vector<int>& values) {
    StartList(name);
    for (const int value : values) writer_.Int(value);
    return EndList();
  }
  JsonWriter& StartList(const char* name) {
    writer_.Key(name);
    writer_.StartArray();
    return *this;
  }
  JsonWriter& EndList() {
    writer_.EndArray();
    return *this;
  }
  JsonWriter& StartObject() {  // an element of a list
    writer_.StartObject();
    return *this;
  }
  JsonWriter& StartObject(const char* name) {
    writer_.Key(name);
    return StartObject();
  }
  JsonWriter& EndObject() {
    writer_.EndObject();
    return *this;
  }

  JsonWriter& StartArray() {  // an element of a list
    writer_.StartArray();
    return *this;
  }
  // An element of a list.
  JsonWriter& Element(absl::string_view value) { return Value(value); }
  JsonWriter& Null() {
    writer_.Null();
    return *this;
  }
  // A value that is JSON already, and nothing else.
  JsonWriter& Raw(const char* name, absl::string_view json) {
    writer_.Key(name);
    return RawElement(json);
  }
  JsonWriter& RawElement(absl::string_view json) {
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
    return *this;
  }
  // Text where there is some.
  JsonWriter& TextIfAny(const char* name, absl::string_view value) { return value.empty() ? *this : Text(name, value); }

  // The object, ended; once.
  std::string Take() {
    writer_.EndObject();
    return TakeList();
  }

 protected:
  struct List {};
  // A list instead of an object.
  explicit JsonWriter(List) : writer_(buffer_) { writer_.StartArray(); }
  std::string TakeList() { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  JsonWriter& Value(absl::string_view value) {
    writer_.String(value.empty() ? "" : value.data(), static_cast<rapidjson::SizeType>(value.size()));
    return *this;
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

// The same for a list.
class JsonListWriter : public JsonWriter {
 public:
  JsonListWriter() : JsonWriter(List()) {}
  // The list, ended; once.
  std::string Take() {
    EndList();
    return TakeList();
  }
};

}  // namespace nosograph::base

#endif  // NOSOGRAPH_TERMINOLOGY_BASE_JSON_WRITER_H_
