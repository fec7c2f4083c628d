#include "terminology/model/code_system.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/model/date.h"
#include "terminology/model/icd_code.h"

namespace nosograph::model {
namespace {

// Where a concept stands, for messages: made only when there is one.
struct Place {
  const CodeSystem& system;
  const Concept* item;
  size_t index;

  std::string Text() const {
    if (item == nullptr) return "code system";
    return absl::StrCat("concept ", index, " of ", system.url, item->code.empty() ? "" : " (",
                        base::Excerpt(item->code), item->code.empty() ? "" : ")");
  }
  absl::Status Wrong(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(Text(), ": ", what));
  }
};

absl::Status CheckText(const Place& place, absl::string_view field, absl::string_view text) {
  if (base::IsValidUtf8(text)) return absl::OkStatus();
  return place.Wrong(absl::StrCat(field, " '", base::Excerpt(text), "' is not UTF-8; save the source as UTF-8"));
}

bool HasStrayBlanks(absl::string_view code) {
  const auto other = [](char c) { return absl::ascii_isspace(c) && c != ' '; };
  return code.front() == ' ' || code.back() == ' ' || absl::StrContains(code, "  ") ||
         std::any_of(code.begin(), code.end(), other);
}

absl::Status CheckExtension(const Place& place, const CodeSystem& system, const Concept& item) {
  if (system.extends.empty()) {
    if (!item.extends) return absl::OkStatus();
    return place.Wrong(
        absl::StrCat("extends ", base::Excerpt(item.extends->code), ", but the code system extends none; remove it"));
  }
  if (!item.parent && (!item.extends || item.extends->system != system.extends)) {
    return place.Wrong(absl::StrCat("property 'extends' is missing or names another system; name the code of ",
                                    system.extends, " that it stands under"));
  }
  const CodeReading reading = ReadCode(GrammarOf(system.extends), item.code);
  if (reading.form == CodeForm::kCanonical) return absl::OkStatus();
  return place.Wrong(absl::StrCat("code is not in the canonical form of a code of ", system.extends, ", at most ",
                                  kMaxCodeBytes, " bytes", reading.canonical.empty() ? "" : "; write ",
                                  reading.canonical));
}

// "2026", "2026-11", "2026-11-25", "2026-11-25T02:19:20Z" (FHIR dateTime); of the time only the beginning is looked at.
bool IsDateTime(absl::string_view text) {
  constexpr size_t kYear = 4;
  constexpr size_t kMonth = 7;
  constexpr size_t kDay = 10;
  if (text.size() == kYear) return IsDate(absl::StrCat(text, "-01-01"));
  if (text.size() == kMonth) return IsDate(absl::StrCat(text, "-01"));
  return text.size() >= kDay && IsDate(text.substr(0, kDay)) && (text.size() == kDay || text[kDay] == 'T');
}

// Whether the text is a value of the type, as FHIR's JSON writes it.
bool IsOfType(PropertyType type, absl::string_view value) {
  if (value.empty()) return false;
  switch (type) {
    case PropertyType::kInteger: {
      int32_t number = 0;
      return absl::SimpleAtoi(value, &number);
    }
    case PropertyType::kDecimal: {
      double number = 0;
      return absl::SimpleAtod(value, &number) && absl::ascii_isdigit(value.back());
    }
    case PropertyType::kBoolean:
      return value == "true" || value == "false";
    case PropertyType::kDateTime:
      return IsDateTime(value);
    case PropertyType::kCode:
    case PropertyType::kCoding:
    case PropertyType::kString:
      break;
  }
  return true;
}

absl::Status CheckProperties(const Place& place, const CodeSystem& system, const Concept& item) {
  for (const Property& property : item.properties) {
    if (property.definition >= system.properties.size()) {
      return place.Wrong(absl::StrCat("property ", property.definition, " is not defined; define it"));
    }
    const PropertyDefinition& definition = system.properties[property.definition];
    RETURN_IF_ERROR(CheckText(place, definition.code, property.value));
    RETURN_IF_ERROR(CheckText(place, definition.code, property.coding_system));
    RETURN_IF_ERROR(CheckText(place, definition.code, property.coding_display));
    if (!IsOfType(definition.type, property.value)) {
      return place.Wrong(absl::StrCat("property ", definition.code, " is '", base::Excerpt(property.value),
                                      "', which is no value of type ", PropertyTypeName(definition.type),
                                      "; correct the value or the type"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view NoteKindName(NoteKind kind) {
  switch (kind) {
    case NoteKind::kInclusionTerm:
      return "inclusion term";
    case NoteKind::kIncludes:
      return "includes";
    case NoteKind::kExcludes1:
      return "excludes1";
    case NoteKind::kExcludes2:
      return "excludes2";
    case NoteKind::kCodeFirst:
      return "code first";
    case NoteKind::kUseAdditionalCode:
      return "use additional code";
    case NoteKind::kCodeAlso:
      return "code also";
    case NoteKind::kSeventhCharacter:
      return "7th character";
    case NoteKind::kVisualImpairment:
      return "visual impairment";
    case NoteKind::kGeneral:
      break;
  }
  return "note";
}

absl::string_view ConceptKindName(ConceptKind kind) {
  switch (kind) {
    case ConceptKind::kChapter:
      return "chapter";
    case ConceptKind::kBlock:
      return "block";
    case ConceptKind::kCategory:
      return "category";
    case ConceptKind::kConcept:
      return "concept";
    case ConceptKind::kSubcategory:
      break;
  }
  return "subcategory";
}

absl::string_view ConceptStatusName(ConceptStatus status) {
  switch (status) {
    case ConceptStatus::kActive:
      return "active";
    case ConceptStatus::kExperimental:
      return "experimental";
    case ConceptStatus::kDeprecated:
      return "deprecated";
    case ConceptStatus::kRetired:
      return "retired";
    case ConceptStatus::kDraft:
      return "draft";
    case ConceptStatus::kInactive:
      return "inactive";
    case ConceptStatus::kWithdrawn:
      return "withdrawn";
    case ConceptStatus::kNotStated:
      break;
  }
  return "";
}

absl::string_view PropertyTypeName(PropertyType type) {
  switch (type) {
    case PropertyType::kCode:
      return "code";
    case PropertyType::kCoding:
      return "Coding";
    case PropertyType::kInteger:
      return "integer";
    case PropertyType::kBoolean:
      return "boolean";
    case PropertyType::kDateTime:
      return "dateTime";
    case PropertyType::kDecimal:
      return "decimal";
    case PropertyType::kString:
      break;
  }
  return "string";
}

absl::Status CheckDescription(const CodeSystem& system) {
  const Place place{system, nullptr, 0};
  if (system.url.empty()) return place.Wrong("url is missing; give its canonical URI");
  if (system.version.empty() && !system.transient) {
    return absl::InvalidArgumentError(absl::StrCat(system.url, ": version is missing; give one"));
  }
  if (system.version.find('|') != std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat(system.url, ": version '", base::Excerpt(system.version),
                                                   "' has a bar, which parts url and version; give one without"));
  }
  if (system.extends == system.url || system.supplements == system.url) {
    return absl::InvalidArgumentError(absl::StrCat(system.url, ": it ",
                                                   system.extends == system.url ? "extends" : "supplements",
                                                   " itself; give it a url of its own"));
  }
  if (!system.extends.empty() && !system.supplements.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(system.url, ": it extends and supplements; an extension defines concepts, a supplement none"));
  }
  for (const auto& [field, text] : {std::pair<const char*, const std::string*>{"url", &system.url},
                                    {"version", &system.version},
                                    {"title", &system.title},
                                    {"publisher", &system.publisher},
                                    {"copyright", &system.copyright},
                                    {"extends", &system.extends},
                                    {"supplements", &system.supplements},
                                    {"supplements", &system.supplements_version},
                                    {"source.name", &system.source.name},
                                    {"name", &system.name},
                                    {"description", &system.description},
                                    {"language", &system.language},
                                    {"status", &system.status},
                                    {"hierarchyMeaning", &system.hierarchy_meaning},
                                    {"versionAlgorithm", &system.version_algorithm},
                                    {"valueSet", &system.value_set}}) {
    RETURN_IF_ERROR(CheckText(place, field, *text));
  }
  absl::flat_hash_set<absl::string_view> properties;
  for (const PropertyDefinition& property : system.properties) {
    RETURN_IF_ERROR(CheckText(place, "property.code", property.code));
    RETURN_IF_ERROR(CheckText(place, "property.uri", property.uri));
    RETURN_IF_ERROR(CheckText(place, "property.description", property.description));
    if (property.code.empty()) return place.Wrong("property.code is missing; give one");
    if (!properties.insert(property.code).second) {
      return place.Wrong(absl::StrCat("property ", base::Excerpt(property.code), " is defined twice; remove one"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckConcept(const CodeSystem& system, const Concept& item, size_t index) {
  const Place place{system, &item, index};
  if (item.code.empty()) return place.Wrong("code is missing; give one");
  if (item.code.find('\0') != std::string::npos) return place.Wrong("code has a zero byte; remove it");
  if (item.kind == ConceptKind::kConcept && HasStrayBlanks(item.code)) {
    return place.Wrong(
        "code has a blank in front, at the end or twice, or another one than a space; a code of FHIR "
        "has none: correct it");
  }
  if (item.title.empty() && item.kind != ConceptKind::kConcept) return place.Wrong("title is missing; give one");
  if (item.parent && *item.parent >= index) {
    return place.Wrong(
        absl::StrCat("parent ", *item.parent, " does not stand before it; order parents before children"));
  }
  for (const uint32_t parent : item.other_parents) {
    if (parent >= index || !item.parent || parent == *item.parent) {
      return place.Wrong(absl::StrCat("further parent ", parent,
                                      " does not stand before it, or is its first parent; order parents before "
                                      "children, and give each once"));
    }
  }
  RETURN_IF_ERROR(CheckExtension(place, system, item));
  RETURN_IF_ERROR(CheckText(place, "code", item.code));
  RETURN_IF_ERROR(CheckText(place, "title", item.title));
  RETURN_IF_ERROR(CheckText(place, "definition", item.definition));
  for (const Note& note : item.notes) RETURN_IF_ERROR(CheckText(place, "note", note.text));
  for (const Designation& designation : item.designations) {
    RETURN_IF_ERROR(CheckText(place, "designation", designation.value));
    RETURN_IF_ERROR(CheckText(place, "designation.language", designation.language));
    RETURN_IF_ERROR(CheckText(place, "designation.use", designation.use.system));
    RETURN_IF_ERROR(CheckText(place, "designation.use", designation.use.code));
    RETURN_IF_ERROR(CheckText(place, "designation.use", designation.use.display));
  }
  return CheckProperties(place, system, item);
}

absl::Status CheckCodeSystem(const CodeSystem& system) {
  RETURN_IF_ERROR(CheckDescription(system));
  if (system.concepts.empty() && !system.transient) {
    return absl::InvalidArgumentError(absl::StrCat(system.url, ": it has no concept; check that the source is whole"));
  }
  for (size_t i = 0; i < system.concepts.size(); ++i) RETURN_IF_ERROR(CheckConcept(system, system.concepts[i], i));
  return absl::OkStatus();
}

}  // namespace nosograph::model
