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

#include <cassert>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace nosograph::base {

// RapidJSON's writer puts texts byte by byte; those without anything to escape, which are nearly all, go in whole.
class TextWriter : public rapidjson::Writer<rapidjson::StringBuffer> {
 public:
  explicit TextWriter(rapidjson::StringBuffer& buffer) : Writer(buffer) {}

  void Text(absl::string_view text) {
    Prefix(rapidjson::kStringType);
    PutText(text);
  }

  // A value that is JSON already; RapidJSON's own RawValue puts it byte by byte.
  void Json(absl::string_view json) {
    Prefix(rapidjson::kObjectType);
    Put(json);
  }

  // A value made of JSON that is there already, with texts between its pieces: one fewer.
  void Filled(const std::vector<std::string>& pieces, std::initializer_list<absl::string_view> texts) {
    assert(pieces.size() == texts.size() + 1);
    Prefix(rapidjson::kObjectType);
    auto piece = pieces.begin();
    Put(*piece);
    for (const absl::string_view text : texts) {
      PutText(text);
      Put(*++piece);
    }
  }

 private:
  void Put(absl::string_view json) { json.copy(os_->Push(json.size()), json.size()); }
  void PutText(absl::string_view text) {
    if (NeedsEscape(text)) {
      WriteString(text.data(), static_cast<rapidjson::SizeType>(text.size()));
      return;
    }
    char* const at = os_->Push(text.size() + 2);
    at[0] = '"';
    text.copy(at + 1, text.size());
    at[text.size() + 1] = '"';
  }

  // Eight bytes at once, the last eight once more where they are no eight: most texts are short.
  static bool NeedsEscape(absl::string_view text) {
    uint64_t found = 0;
    if (text.size() < sizeof(uint64_t)) {
      char few[sizeof(uint64_t)] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
      text.copy(few, text.size());
      return Escaped(few) != 0;
    }
    for (size_t at = 0; at + sizeof(uint64_t) <= text.size(); at += sizeof(uint64_t)) found |= Escaped(&text[at]);
    return (found | Escaped(text.data() + text.size() - sizeof(uint64_t))) != 0;
  }

  // Whether one of the eight bytes at `text` is below a space, a quotation mark or a backslash; not 0 where one is.
  static uint64_t Escaped(const char* text) {
    constexpr uint64_t kOnes = 0x0101010101010101;
    constexpr uint64_t kHighest = 0x80 * kOnes;
    uint64_t bytes = 0;
    std::memcpy(&bytes, text, sizeof bytes);
    // The highest bit of a byte below `than`, of 128 at most (Warren, Hacker's Delight, 6-1): right for the lowest of
    // those found, and so for whether there are any.
    const auto below = [&](uint64_t of, uint64_t than) { return (of - than * kOnes) & ~of & kHighest; };
    return below(bytes, 0x20) | below(bytes ^ ('"' * kOnes), 1) | below(bytes ^ ('\\' * kOnes), 1);
  }
};

class JsonWriter {
 public:
  static constexpr size_t kUsualBytes = 1024;

  // `bytes` is about as large as it will be, so that its room need not grow.
  explicit JsonWriter(size_t bytes = kUsualBytes) : buffer_(nullptr, bytes), writer_(buffer_) { writer_.StartObject(); }

  JsonWriter& Text(const char* name, absl::string_view value) {
    writer_.Text(name);
    return Value(value);
  }
  JsonWriter& Flag(const char* name, bool value) {
    writer_.Text(name);
    writer_.Bool(value);
    return *this;
  }
  JsonWriter& Number(const char* name, int64_t value) {
    writer_.Text(name);
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
    writer_.Text(name);
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
    writer_.Text(name);
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
    writer_.Text(name);
    return RawElement(json);
  }
  JsonWriter& RawElement(absl::string_view json) {
    writer_.Json(json);
    return *this;
  }
  // A value made of pieces of JSON and the texts between them, one fewer; nothing else may be between them.
  JsonWriter& FilledElement(const std::vector<std::string>& pieces, std::initializer_list<absl::string_view> texts) {
    writer_.Filled(pieces, texts);
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
    writer_.Text(value);
    return *this;
  }

  rapidjson::StringBuffer buffer_;
  TextWriter writer_;
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
