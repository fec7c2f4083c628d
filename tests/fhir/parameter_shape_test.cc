#include "terminology/fhir/parameter_shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace nosograph::fhir {
namespace {

using ::testing::SizeIs;

constexpr absl::string_view kHole = ParameterShape::kHole;

TEST(ParameterShapeTest, FilledInIsWhatTheWriterWouldWrite) {
  const ParameterShape shape([](ParametersWriter& writer) {
    writer.StartParts("property").Value("code", "valueCode", kHole).Value("value", "valueString", kHole).EndParts();
    writer.Value("name", "valueString", kHole);
  });
  EXPECT_THAT(shape.pieces(), SizeIs(4));
  // With all that JSON escapes, and without a text.
  for (const absl::string_view text : {"plain", "of \"quotes\" and \\", "line\nand tab\t", "\x01", "Ménière", ""}) {
    ParametersWriter filled;
    filled.Flag("result", true).Filled(shape, {"note", text, text}).Flag("last", false);
    ParametersWriter written;
    written.Flag("result", true);
    written.StartParts("property").Value("code", "valueCode", "note").Value("value", "valueString", text).EndParts();
    written.Value("name", "valueString", text).Flag("last", false);
    EXPECT_EQ(filled.Take(), written.Take()) << text;
  }
}

TEST(ParameterShapeTest, WithoutHolesIsAConstant) {
  const ParameterShape shape([](ParametersWriter& writer) { writer.Flag("result", true); });
  ParametersWriter filled;
  filled.Filled(shape, {});
  EXPECT_EQ(filled.Take(), R"({"resourceType":"Parameters","parameter":[{"name":"result","valueBoolean":true}]})");
}

}  // namespace
}  // namespace nosograph::fhir
