#include "terminology/fhir/element_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace nosograph::fhir {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What is wrong with it; empty where nothing is.
template <typename Check>
std::string Wrong(const std::string& json, const Check& check) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json).get(object) != simdjson::SUCCESS) return "no JSON";
  return std::string(check(object, "It").message());
}

TEST(ElementCheck, ExtensionsHaveAUrlAndOneValueOfItsType) {
  const auto wrong = [](const std::string& extension) {
    return Wrong("{\"extension\":" + extension + "}", CheckExtensions);
  };
  EXPECT_THAT(wrong("[]"), IsEmpty());
  EXPECT_THAT(wrong(R"([{"url":"urn:x","valueCode":"a"},{"url":"urn:y","valueDecimal":1.50},{"url":"urn:z"}])"),
              IsEmpty());
  EXPECT_THAT(wrong(R"([{"url":"urn:x","extension":[{"url":"y","valueCoding":{"code":"a"}}]}])"), IsEmpty());
  EXPECT_THAT(wrong(R"({"url":"urn:x"})"), HasSubstr("is no list"));
  EXPECT_THAT(wrong(R"(["urn:x"])"), HasSubstr("It.extension[0]"));
  EXPECT_THAT(wrong(R"([{"valueCode":"a"}])"), HasSubstr("It.extension[0].url"));
  for (const char* value :
       {R"("valueCode":["a"])", R"("valueString":true)", R"("valueString":"")", R"("valueBoolean":"true")",
        R"("valueInteger":1.5)", R"("valueDecimal":"1")", R"("valueCoding":"a")", R"("valueDate":null)"}) {
    EXPECT_THAT(wrong(std::string(R"([{"url":"urn:x",)") + value + "}]"), HasSubstr("is not of its type")) << value;
  }
  EXPECT_THAT(wrong(R"([{"url":"urn:x","valueCode":"a","valueString":"b"}])"), HasSubstr("more than one value"));
  EXPECT_THAT(wrong(R"([{"url":"urn:x","extension":[{"url":"y","valueCode":1}]}])"),
              HasSubstr("It.extension[0].extension[0].valueCode"));
}

TEST(ElementCheck, MetadataHasItsForm) {
  const auto wrong = [](const std::string& resource) { return Wrong(resource, CheckMetadata); };
  EXPECT_THAT(wrong(R"({"status":"active","name":"N","experimental":false,"more":5})"), IsEmpty());
  EXPECT_THAT(wrong(R"({"status":["active"]})"), HasSubstr("It.status"));
  EXPECT_THAT(wrong(R"({"name":5})"), HasSubstr("It.name"));
  EXPECT_THAT(wrong(R"({"experimental":"no"})"), HasSubstr("It.experimental"));
}

}  // namespace
}  // namespace nosograph::fhir
