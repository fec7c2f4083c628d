#include "terminology/base/json_writer.h"

#include <gtest/gtest.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string>

namespace nosograph::base {
namespace {

// As RapidJSON writes it byte by byte.
std::string Expected(const std::string& text) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  writer.String("a");
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  writer.EndObject();
  return buffer.GetString();
}

TEST(JsonWriterTest, EscapesWhatMustBeWhereverItStands) {
  for (size_t length = 0; length <= 20; ++length) {
    const std::string plain(length, 'x');
    EXPECT_EQ(JsonWriter().Text("a", plain).Take(), Expected(plain)) << length;
    for (size_t at = 0; at < length; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text = plain;
        text[at] = static_cast<char>(byte);
        ASSERT_EQ(JsonWriter().Text("a", text).Take(), Expected(text)) << length << " " << at << " " << byte;
      }
    }
  }
}

}  // namespace
}  // namespace nosograph::base
