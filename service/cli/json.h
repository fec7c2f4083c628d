// One line of JSON for a program, field by field; on RapidJSON.
//
// Not thread-safe. Text is UTF-8.
//
//   JsonLine json;
//   json.Text("code", "L94.2").Flag("billable", true);
//   std::cout << json.Take();
#ifndef NOSOGRAPH_SERVICE_CLI_JSON_H_
#define NOSOGRAPH_SERVICE_CLI_JSON_H_

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace nosograph::cli {

class JsonLine {
 public:
  JsonLine() : writer_(buffer_) { writer_.StartObject(); }

  JsonLine& Text(const char* name, absl::string_view value) {
    writer_.Key(name);
    return Value(value);
  }
  JsonLine& Flag(const char* name, bool value) {
    writer_.Key(name);
    writer_.Bool(value);
    return *this;
  }
  JsonLine& Number(const char* name, int64_t value) {
    writer_.Key(name);
    writer_.Int64(value);
    return *this;
  }
  JsonLine& Texts(const char* name, const std::vector<std::string>& values) {
    StartList(name);
    for (const std::string& value : values) Value(value);
    return EndList();
  }
  JsonLine& Numbers(const char* name, const std::vector<int>& values) {
    StartList(name);
    for (const int value : values) writer_.Int(value);
    return EndList();
  }
  JsonLine& StartList(const char* name) {
    writer_.Key(name);
    writer_.StartArray();
    return *this;
  }
  JsonLine& EndList() {
    writer_.EndArray();
    return *this;
  }
  JsonLine& StartObject() {  // an element of a list
    writer_.StartObject();
    return *this;
  }
  JsonLine& StartObject(const char* name) {
    writer_.Key(name);
    return StartObject();
  }
  JsonLine& EndObject() {
    writer_.EndObject();
    return *this;
  }

  // The line with its end; once.
  std::string Take() {
    writer_.EndObject();
    return std::string(buffer_.GetString(), buffer_.GetSize()) + "\n";
  }

 private:
  JsonLine& Value(absl::string_view value) {
    writer_.String(value.empty() ? "" : value.data(), static_cast<rapidjson::SizeType>(value.size()));
    return *this;
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace nosograph::cli

#endif  // NOSOGRAPH_SERVICE_CLI_JSON_H_
