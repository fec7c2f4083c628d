#include "terminology/base/unicode.h"

#include <gtest/gtest.h>

#include <string>

namespace nosograph::base {
namespace {

TEST(IsValidUtf8, TakesWellFormedTextAlone) {
  for (const char* text : {"", "L94.2", "Ménière", "\xF0\x9F\xA6\xB4", "eight bytes and more Ménière"}) {
    EXPECT_TRUE(IsValidUtf8(text)) << text;
  }
  for (const char* text :
       {"\xff", "M\xe9ni\xe8re", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "cut\xc3", "eight by\xffte"}) {
    EXPECT_FALSE(IsValidUtf8(text)) << Excerpt(text);
  }
}

TEST(Excerpt, EscapesWhatDoesNotShow) {
  EXPECT_EQ(Excerpt("L94.2"), "L94.2");
  EXPECT_EQ(Excerpt("Ménière"), "Ménière");
  EXPECT_EQ(Excerpt("a\nb\t\x01\x7f\\"), "a\\nb\\t\\x01\\x7f\\\\");
  EXPECT_EQ(Excerpt("a\xff\xc3"), "a\\xff\\xc3");
  EXPECT_EQ(Excerpt("\u202Ea\u200B\u00A0"), "\\u{202e}a\\u{200b}\\xa0");
  EXPECT_EQ(Excerpt(std::string("a\0b", 3)), "a\\x00b");
}

TEST(Excerpt, IsNeverLongerThanItsLimit) {
  EXPECT_EQ(Excerpt("12345678", 8), "12345678");
  EXPECT_EQ(Excerpt("123456789", 8), "12345...");
  EXPECT_EQ(Excerpt("ääää ä", 8), "ää...");
  for (const char* unit : {"a", "\xff", "ä", "\u202E", "\\"}) {
    std::string text;
    while (text.size() < 1000) text += unit;
    for (size_t limit = 8; limit < 80; ++limit) {
      EXPECT_LE(Excerpt(text, limit).size(), limit);
      EXPECT_TRUE(IsValidUtf8(Excerpt(text, limit)));
    }
  }
}

}  // namespace
}  // namespace nosograph::base
