#include "terminology/import/fhir_code_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace nosograph::import {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<model::CodeSystem> Parsed(const std::string& text) {
  const absl::StatusOr<JsonDocument> document = JsonDocument::Parse(text, "test.json");
  if (!document.ok()) return document.status();
  return ReadFhirCodeSystem(*document);
}

// A resource with these concepts, and whatever else is given.
std::string Resource(const std::string& concepts, const std::string& more = "") {
  return absl::StrCat(R"({"resourceType": "CodeSystem", "url": "http://example.org/colours", "version": "1",
      "content": "complete", )",
                      more, R"("concept": [)", concepts, "]}");
}

model::CodeSystem Sound(const std::string& text) {
  absl::StatusOr<model::CodeSystem> system = Parsed(text);
  EXPECT_TRUE(system.ok()) << system.status();
  return system.ok() ? *std::move(system) : model::CodeSystem();
}

std::string Message(const std::string& text) { return std::string(Parsed(text).status().message()); }

// "b<a,c": b with its parents, the first one first.
std::vector<std::string> Hierarchy(const model::CodeSystem& system) {
  std::vector<std::string> told;
  for (const model::Concept& item : system.concepts) {
    std::vector<std::string> parents;
    if (item.parent) parents.push_back(system.concepts[*item.parent].code);
    for (const uint32_t parent : item.other_parents) parents.push_back(system.concepts[parent].code);
    told.push_back(parents.empty() ? item.code : absl::StrCat(item.code, "<", absl::StrJoin(parents, ",")));
  }
  return told;
}

std::string Parent(const std::string& code) {
  return absl::StrCat(R"({"code": "parent", "valueCode": ")", code, R"("})");
}

TEST(FhirCodeSystem, ReadsWhatTheResourceSays) {
  const model::CodeSystem system = Sound(R"({
    "resourceType": "CodeSystem", "id": "colours", "text": {"status": "empty"}, "language": "en",
    "url": "http://example.org/colours", "version": "2", "name": "Colours", "title": "All colours", "status": "draft",
    "description": "Two\nlines", "caseSensitive": false, "hierarchyMeaning": "is-a", "content": "fragment",
    "valueSet": "http://example.org/colours/vs", "count": 99, "publisher": "A publisher",
    "property": [
      {"code": "wavelength", "type": "decimal", "uri": "http://example.org/wavelength", "description": "In nm"},
      {"code": "gone", "type": "boolean", "uri": "http://hl7.org/fhir/concept-properties#inactive"},
      {"code": "notSelectable", "type": "boolean", "uri": "http://hl7.org/fhir/concept-properties#misspelt"},
      {"code": "parent", "type": "code", "uri": "http://hl7.org/fhir/concept-properties#partOf"}],
    "concept": [
      {"code": "colour", "property": [{"code": "notSelectable", "valueBoolean": true}], "concept": [
        {"code": "red", "display": "Red", "definition": "As blood",
         "designation": [{"language": "de", "value": "Rot",
                          "use": {"system": "http://example.org/use", "code": "s", "display": "Short"}}],
         "property": [{"code": "wavelength", "valueDecimal": 700.5},
                      {"code": "like", "valueCoding": {"system": "http://example.org/x", "code": "y", "display": "z"}},
                      {"code": "parent", "valueCode": "puce"}, {"code": "rank", "valueInteger": -3}, {"code": "since", "valueDateTime": "2026-01"},
                      {"code": "says", "valueString": "some"}]},
        {"code": "puce", "property": [{"code": "gone", "valueBoolean": true},
                                      {"code": "status", "valueCode": "deprecated"}]}]}]})");
  EXPECT_EQ(system.title, "All colours");
  EXPECT_EQ(system.description, "Two\nlines");
  EXPECT_FALSE(system.case_sensitive);
  EXPECT_TRUE(system.fragment);
  EXPECT_EQ(system.value_set, "http://example.org/colours/vs");
  EXPECT_THAT(Hierarchy(system), ElementsAre("colour", "red<colour", "puce<colour"));
  EXPECT_TRUE(system.concepts[0].abstract) << "by the code of the property where FHIR has none of that URI";
  EXPECT_TRUE(system.concepts[2].inactive) << "by the URI of the property, whatever its code";
  EXPECT_EQ(system.concepts[2].status, model::ConceptStatus::kDeprecated);
  const model::Concept& red = system.concepts[1];
  EXPECT_EQ(red.kind, model::ConceptKind::kConcept);
  EXPECT_EQ(red.designations[0].use.display, "Short");
  std::vector<std::string> properties;
  for (const model::Property& property : red.properties) {
    const model::PropertyDefinition& definition = system.properties[property.definition];
    properties.push_back(absl::StrCat(definition.code, " ", model::PropertyTypeName(definition.type), " ",
                                      property.value, property.coding_system, property.coding_display));
  }
  EXPECT_THAT(properties,
              ElementsAre("wavelength decimal 700.5", "like Coding yhttp://example.org/xz", "parent code puce",
                          "rank integer -3", "since dateTime 2026-01", "says string some"));
  EXPECT_TRUE(model::CheckCodeSystem(system).ok()) << model::CheckCodeSystem(system);
}

TEST(FhirCodeSystem, PutsParentsFirstHoweverTheyAreGiven) {
  EXPECT_THAT(Hierarchy(Sound(
                  Resource(absl::StrCat(R"({"code": "c", "property": [)", Parent("b"), ",", Parent("a"),
                                        R"(]}, {"code": "b", "property": [)", Parent("a"), R"(]}, {"code": "a"})")))),
              ElementsAre("a", "b<a", "c<b,a"));
  EXPECT_THAT(Hierarchy(Sound(Resource(R"({"code": "b"}, {"code": "a", "property": [
      {"code": "child", "valueCode": "b"}, {"code": "child", "valueCode": "c"}]}, {"code": "c"})"))),
              ElementsAre("a", "b<a", "c<a"));
  // Nested and by property: the one it stands in comes first, and what is said twice counts once.
  EXPECT_THAT(
      Hierarchy(Sound(Resource(absl::StrCat(R"({"code": "x"}, {"code": "a", "concept": [{"code": "b", "property": [)",
                                            Parent("x"), ",", Parent("a"), "]}]}")))),
      ElementsAre("x", "a", "b<a,x"));
}

TEST(FhirCodeSystem, ReadsASupplement) {
  const model::CodeSystem system = Sound(R"({"resourceType": "CodeSystem", "url": "http://example.org/de",
      "version": "1", "content": "supplement", "supplements": "http://example.org/colours|2",
      "concept": [{"code": "red", "designation": [{"language": "de", "value": "Rot"}]}]})");
  EXPECT_EQ(system.supplements, "http://example.org/colours");
  EXPECT_EQ(system.supplements_version, "2");
  EXPECT_TRUE(model::CheckCodeSystem(system).ok());
}

TEST(FhirCodeSystem, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(Message(R"({"resourceType": "ValueSet"})"), HasSubstr("/resourceType: 'ValueSet' where 'CodeSystem'"));
  EXPECT_THAT(Message(Resource(R"({"display": "A"})")), HasSubstr("/concept/0/code: missing"));
  EXPECT_THAT(Message(Resource(R"({"code": "a", "colour": 1})")), HasSubstr("/concept/0/colour: no field"));
  EXPECT_THAT(Message(Resource(R"({"code": "a"}, {"code": "a"})")), HasSubstr("code a stands twice"));
  EXPECT_THAT(Message(Resource(absl::StrCat(R"({"code": "a", "property": [)", Parent("b"), "]}"))),
              AllOf(HasSubstr("/concept/0/property/0"), HasSubstr("'b' is given as parent of a"), HasSubstr("add")));
  EXPECT_THAT(
      Message(Resource(absl::StrCat(R"({"code": "a", "property": [)", Parent("c"), R"(]}, {"code": "b", "property": [)",
                                    Parent("a"), R"(]}, {"code": "c", "property": [)", Parent("b"), "]}"))),
      AllOf(HasSubstr("each other's ancestors"), HasSubstr("a, c, b")));
  EXPECT_THAT(Message(Resource(R"({"code": "a", "property": [{"code": "x"}]})")), HasSubstr("value[x]: missing"));
  EXPECT_THAT(Message(Resource(R"({"code": "a", "property": [{"code": "x", "valueCode": "y"}]})",
                               R"("property": [{"code": "x", "type": "integer"}], )")),
              HasSubstr("defined as integer, and here is code"));
  EXPECT_THAT(Message(Resource(R"({"code": "a"})", R"("property": [{"code": "x", "type": "colour"}], )")),
              HasSubstr("'colour' is no type of a property"));
  EXPECT_THAT(Message(R"({"resourceType": "CodeSystem", "url": "u", "version": "1", "content": "not-present"})"),
              HasSubstr("/content: 'not-present': only complete, fragment and supplement"));
  EXPECT_THAT(Message(R"({"resourceType": "CodeSystem", "url": "u", "version": "1", "content": "supplement",
                          "concept": [{"code": "a"}]})"),
              HasSubstr("/supplements: missing"));
}

TEST(FhirCodeSystem, RefusesWhatWouldBeTakenWrongly) {
  EXPECT_THAT(Message(Resource(R"({"code": "a", "property": [{"code": "parent", "valueString": "b"}]})")),
              HasSubstr("make it a valueCode"));
  EXPECT_THAT(Message(Resource(R"({"code": "a"})", R"("status": "nonsense", )")), HasSubstr("'nonsense' is no status"));
  EXPECT_THAT(Message(Resource(R"({"code": "a"})", R"("modifierExtension": [], )")), HasSubstr("modifierExtension"));
  EXPECT_THAT(Message(R"({"resourceType": "CodeSystem", "url": "http://hl7.org/fhir/sid/icd-10-cm", "version": "1",
                          "content": "complete", "concept": [{"code": "A00"}]})"),
              HasSubstr("nosograph import icd10cm"));
  const auto check = [](const std::string& concepts, const std::string& version = "1") {
    model::CodeSystem system = Sound(Resource(concepts));
    system.version = version;
    return std::string(model::CheckCodeSystem(system).message());
  };
  for (const char* code : {" a", "a ", "a  b", "a\\tb"}) {
    EXPECT_THAT(check(absl::StrCat(R"({"code": ")", code, R"("})")), HasSubstr("code has a blank")) << code;
  }
  EXPECT_EQ(check(R"({"code": "a b"})"), "");
  EXPECT_THAT(check(R"({"code": "a"})", "1|2"), HasSubstr("version '1|2' has a bar"));
  EXPECT_THAT(check(R"({"code": "a", "property": [{"code": "x", "valueDateTime": "2020-13-45"}]})"),
              HasSubstr("no value of type dateTime"));
}

TEST(FhirCodeSystem, TakesWhatFhirAllows) {
  const model::CodeSystem system = Sound(Resource(R"({"code": "a", "_display": {"id": "x"},
      "designation": [{"value": "two\nlines"}], "property": [{"code": "x", "valueString": "a\nb"}]})"));
  EXPECT_EQ(system.concepts[0].designations[0].value, "two\nlines");
  EXPECT_EQ(system.concepts[0].properties[0].value, "a\nb");
}

TEST(FhirCodeSystem, ADeepOrWideHierarchyIsNoMatter) {
  std::string concepts;
  for (int i = 0; i < 20000; ++i) {
    absl::StrAppend(&concepts, i == 0 ? "" : ",", R"({"code": "c)", i, R"(", "property": [)",
                    i == 19999 ? "" : Parent(absl::StrCat("c", i + 1)), "]}");
  }
  EXPECT_EQ(Sound(Resource(concepts)).concepts.front().code, "c19999");
  std::string nested = R"({"code": "x"})";
  for (int i = 0; i < 30; ++i) nested = absl::StrCat(R"({"code": "n)", i, R"(", "concept": [)", nested, "]}");
  EXPECT_THAT(Message(Resource(nested)), HasSubstr("nested deeper than 16"));
}

}  // namespace
}  // namespace nosograph::import
