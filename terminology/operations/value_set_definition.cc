#include "terminology/operations/value_set_definition.h"

#include <simdjson.h>

#include <algorithm>
#include <initializer_list>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/element_check.h"
#include "terminology/fhir/outcome.h"
#include "terminology/fhir/version_algorithm.h"
#include "terminology/model/date.h"
#include "terminology/operations/messages.h"

namespace nosograph::operations {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// An operator that is not understood is never passed over.
absl::Status NotUnderstood(const std::string& field, absl::string_view op) {
  return fhir::StatusOf(absl::StatusCode::kInvalidArgument,
                        {.code = "invalid",
                         .about = "vs-invalid",
                         .text = absl::StrCat("The filter operator '", base::Excerpt(op), "' is not understood"),
                         .expression = field,
                         .diagnostics = "use an operator of FHIR: =, is-a, descendent-of, is-not-a, regex, in, not-in, "
                                        "generalizes, exists, child-of, descendent-leaf"});
}

absl::Status WrongValue(const Filter& filter, absl::string_view problem, const char* remedy) {
  return fhir::StatusOf(absl::StatusCode::kInvalidArgument,
                        {.code = "invalid",
                         .about = "vs-invalid",
                         .text = absl::StrCat("The value '", base::Excerpt(filter.value),
                                              "' of the filter (property = ", base::Excerpt(filter.property),
                                              ", op = ", filter.op, ") ", problem),
                         .expression = filter.at,
                         .diagnostics = remedy});
}

absl::Status TooMany(absl::string_view field) {
  return base::FieldError(absl::StatusCode::kResourceExhausted, field, "",
                          absl::StrCat("has more than ", kMostParts, " parts"), "ask in several value sets");
}

std::string TextOf(const object& from, const char* name) {
  std::string_view text;
  return from.at_key(name).get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

bool FlagOf(const object& from, const char* name, bool otherwise) {
  bool flag = otherwise;
  return from.at_key(name).get(flag) == simdjson::SUCCESS ? flag : otherwise;
}

constexpr const char* kOperators[] = {"=",      "is-a",        "descendent-of", "is-not-a", "regex",          "in",
                                      "not-in", "generalizes", "exists",        "child-of", "descendent-leaf"};
// A filter of R5 in a resource of R4.
constexpr char kOperatorExtension[] =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.compose.include.filter.op";

constexpr absl::string_view kDeprecated = "http://hl7.org/fhir/StructureDefinition/valueset-deprecated";

// Calls `take` with each extension of an element that has this URL, until it says true, which is given.
template <typename Take>
bool AnyExtension(const object& from, absl::string_view url, const Take& take) {
  simdjson::dom::array extensions;
  if (from.at_key("extension").get(extensions) != simdjson::SUCCESS) return false;
  for (const element extension : extensions) {
    object each;
    if (extension.get(each) == simdjson::SUCCESS && TextOf(each, "url") == url && take(each)) return true;
  }
  return false;
}

std::string StandardsStatusOf(const object& from) {
  std::string status;
  AnyExtension(from, model::kStandardsStatusUrl, [&](const object& extension) {
    status = TextOf(extension, "valueCode");
    return true;
  });
  return status;
}

// Errors: InvalidArgument for one of these elements that is there and no text.
absl::Status CheckTexts(const object& from, const std::string& field, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    element given;
    if (from.at_key(name).get(given) == simdjson::SUCCESS && !given.is_string()) {
      return base::InvalidField(absl::StrCat(field, ".", name), "", "is no text", "give a string");
    }
  }
  return absl::OkStatus();
}

// The FHIR extensions of an element as JSON; empty for none.
std::string JsonOfExtensions(const object& from) {
  element extensions;
  simdjson::dom::array list;
  if (from.at_key("extension").get(extensions) != simdjson::SUCCESS || extensions.get(list) != simdjson::SUCCESS ||
      list.size() == 0) {
    return "";
  }
  return simdjson::minify(extensions);
}

bool IsMarkedDeprecated(const object& from) {
  return AnyExtension(from, kDeprecated,
                      [](const object& extension) {
                        bool flag = false;
                        return extension.at_key("valueBoolean").get(flag) == simdjson::SUCCESS
                                   ? flag
                                   : TextOf(extension, "valueCode") == "true";
                      }) ||
         StandardsStatusOf(from) == "deprecated";
}

// Errors: InvalidArgument for an element that FHIR does not have there, since it would be passed over though it says
// something, and for a modifier extension, whose meaning is not known.
absl::Status CheckNames(const object& from, const std::string& field, std::initializer_list<absl::string_view> known) {
  for (const auto& [name, value] : from) {
    const absl::string_view key(name.data(), name.size());
    if (key == "id" || key == "extension" || absl::StartsWith(key, "_")) continue;
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    return base::InvalidField(absl::StrCat(field, ".", base::Excerpt(key)), "", "is not understood",
                              "correct it, or leave it out");
  }
  return absl::OkStatus();
}

// Errors: InvalidArgument for what is no designation.
absl::Status CheckDesignations(const object& from, const std::string& field) {
  element listed;
  if (from.at_key("designation").get(listed) != simdjson::SUCCESS) return absl::OkStatus();
  const std::string at = field + ".designation";
  simdjson::dom::array list;
  if (listed.get(list) != simdjson::SUCCESS) return base::InvalidField(at, "", "is no list", "give a list");
  size_t number = 0;
  for (const element each : list) {
    const std::string here = absl::StrCat(at, "[", number++, "]");
    object designation;
    if (each.get(designation) != simdjson::SUCCESS)
      return base::InvalidField(here, "", "is no object", "give one with a value");
    RETURN_IF_ERROR(CheckTexts(designation, here, {"language", "value"}));
    RETURN_IF_ERROR(fhir::CheckExtensions(designation, here));
  }
  return absl::OkStatus();
}

ListedConcept ReadListed(const object& from) {
  ListedConcept listed{
      .display = TextOf(from, "display"), .extensions = JsonOfExtensions(from), .deprecated = IsMarkedDeprecated(from)};
  simdjson::dom::array designations;
  if (from.at_key("designation").get(designations) != simdjson::SUCCESS) return listed;
  for (const element each : designations) {
    object designation;
    if (each.get(designation) != simdjson::SUCCESS) continue;
    model::Designation read{.language = TextOf(designation, "language"),
                            .value = TextOf(designation, "value"),
                            .extensions = JsonOfExtensions(designation)};
    object use;
    if (designation.at_key("use").get(use) == simdjson::SUCCESS) {
      read.use = {TextOf(use, "system"), TextOf(use, "code"), TextOf(use, "display")};
    }
    if (!read.value.empty()) listed.designations.push_back(std::move(read));
  }
  return listed;
}

// What the extension valueset-expansion-parameter of a composition says of a parameter; empty for nothing.
std::string ExpansionParameterOf(const object& compose, absl::string_view parameter) {
  constexpr absl::string_view kParameter = "http://hl7.org/fhir/StructureDefinition/valueset-expansion-parameter";
  std::string said;
  AnyExtension(compose, kParameter, [&](const object& extension) {
    simdjson::dom::array parts;
    if (extension.at_key("extension").get(parts) != simdjson::SUCCESS) return false;
    std::string name;
    std::string value;
    for (const element part : parts) {
      object pair;
      if (part.get(pair) != simdjson::SUCCESS) continue;
      const std::string url = TextOf(pair, "url");
      for (const char* type : {"valueCode", "valueString", "valueUri"}) {
        std::string text = TextOf(pair, type);
        if (!text.empty()) (url == "name" ? name : value) = std::move(text);
      }
      bool flag = false;
      if (pair.at_key("valueBoolean").get(flag) == simdjson::SUCCESS) value = flag ? "true" : "false";
    }
    if (name != parameter) return false;
    said = std::move(value);
    return true;
  });
  return said;
}

std::vector<std::string> SupplementsOf(const object& from) {
  constexpr absl::string_view kSupplement = "http://hl7.org/fhir/StructureDefinition/valueset-supplement";
  std::vector<std::string> supplements;
  AnyExtension(from, kSupplement, [&](const object& extension) {
    for (const char* type : {"valueCanonical", "valueUri"}) {
      std::string canonical = TextOf(extension, type);
      if (!canonical.empty()) supplements.push_back(std::move(canonical));
    }
    return false;
  });
  return supplements;
}

// That an expansion is not whole.
constexpr absl::string_view kTooCostly = "http://hl7.org/fhir/StructureDefinition/valueset-toocostly";
constexpr absl::string_view kUnclosed = "http://hl7.org/fhir/StructureDefinition/valueset-unclosed";

class DefinitionReader {
 public:
  absl::StatusOr<std::shared_ptr<const ValueSetDefinition>> Read(const object& resource, std::string json) {
    RETURN_IF_ERROR(fhir::CheckMetadata(resource, "ValueSet"));
    RETURN_IF_ERROR(fhir::CheckExtensions(resource, "ValueSet"));
    auto definition = std::make_shared<ValueSetDefinition>();
    definition->id = TextOf(resource, "id");
    definition->url = TextOf(resource, "url");
    definition->version = TextOf(resource, "version");
    definition->version_algorithm = fhir::VersionAlgorithmOf(resource);
    definition->name = TextOf(resource, "name");
    definition->language = TextOf(resource, "language");
    definition->status = TextOf(resource, "status");
    definition->standards_status = StandardsStatusOf(resource);
    definition->experimental = FlagOf(resource, "experimental", false);
    definition->supplements = SupplementsOf(resource);
    definition->resource = std::move(json);
    object compose;
    element composed;
    if (resource.at_key("compose").get(composed) == simdjson::SUCCESS && composed.get(compose) != simdjson::SUCCESS) {
      return base::InvalidField("ValueSet.compose", "", "is no object", "give one with an include");
    }
    if (resource.at_key("compose").get(compose) == simdjson::SUCCESS) {
      definition->composed = true;
      RETURN_IF_ERROR(
          CheckNames(compose, "ValueSet.compose", {"include", "exclude", "inactive", "lockedDate", "property"}));
      element inactive;
      if (compose.at_key("inactive").get(inactive) == simdjson::SUCCESS && !inactive.is_bool()) {
        return base::InvalidField("ValueSet.compose.inactive", "", "is neither true nor false", "give a boolean");
      }
      definition->inactive = FlagOf(compose, "inactive", true);
      definition->display_language = ExpansionParameterOf(compose, "displayLanguage");
      if (const std::string match = ExpansionParameterOf(compose, "versionsMatch"); !match.empty()) {
        definition->versions_match = match == "true";
      }
      RETURN_IF_ERROR(CheckTexts(compose, "ValueSet.compose", {"lockedDate"}));
      definition->locked_date = TextOf(compose, "lockedDate");
      if (!definition->locked_date.empty() && !model::IsDate(definition->locked_date)) {
        return base::InvalidField("ValueSet.compose.lockedDate", definition->locked_date, "is no day",
                                  "write it as YYYY-MM-DD");
      }
      ASSIGN_OR_RETURN(definition->properties, ReadProperties(compose));
      RETURN_IF_ERROR(ReadList(compose, "include", definition->includes));
      RETURN_IF_ERROR(ReadList(compose, "exclude", definition->excludes));
      if (definition->includes.empty())
        return base::InvalidField("valueSet.compose.include", "", "is empty", "include something");
    }
    if (!definition->composed) RETURN_IF_ERROR(ReadExpansion(resource, *definition));
    simdjson::dom::array contained;
    if (resource.at_key("contained").get(contained) == simdjson::SUCCESS) {
      for (const element each : contained) {
        object inner;
        if (each.get(inner) != simdjson::SUCCESS || TextOf(inner, "resourceType") != "ValueSet") continue;
        ASSIGN_OR_RETURN(auto read, Read(inner, ""));
        definition->contained.push_back(std::move(read));
      }
    }
    return definition;
  }

 private:
  using List = std::vector<std::shared_ptr<const IncludeDefinition>>;

  static absl::StatusOr<std::vector<std::string>> ReadProperties(const object& compose) {
    constexpr char kField[] = "ValueSet.compose.property";
    std::vector<std::string> properties;
    element listed;
    if (compose.at_key("property").get(listed) != simdjson::SUCCESS) return properties;
    simdjson::dom::array list;
    if (listed.get(list) != simdjson::SUCCESS) return base::InvalidField(kField, "", "is no list", "give a list");
    for (const element each : list) {
      std::string_view name;
      if (each.get(name) != simdjson::SUCCESS) return base::InvalidField(kField, "", "is no text", "give strings");
      properties.emplace_back(name);
    }
    return properties;
  }

  // A value set that is its expansion alone: what that lists, where it lists all.
  static absl::Status ReadExpansion(const object& resource, ValueSetDefinition& definition) {
    object expansion;
    if (resource.at_key("expansion").get(expansion) != simdjson::SUCCESS) return absl::OkStatus();
    Listed listed;
    RETURN_IF_ERROR(ReadContains(expansion, "ValueSet.expansion", listed));
    if (listed.count == 0 || !IsWhole(expansion, listed.count)) return absl::OkStatus();
    definition.composed = true;
    for (IncludeDefinition& include : listed.includes) {
      definition.includes.push_back(std::make_shared<const IncludeDefinition>(std::move(include)));
    }
    return absl::OkStatus();
  }

  // Whether an expansion lists all that there is: `count` concepts.
  static bool IsWhole(const object& expansion, size_t count) {
    element given;
    int64_t number = 0;
    if (expansion.at_key("total").get(given) == simdjson::SUCCESS &&
        (given.get(number) != simdjson::SUCCESS || number != static_cast<int64_t>(count))) {
      return false;
    }
    if (expansion.at_key("offset").get(given) == simdjson::SUCCESS &&
        (given.get(number) != simdjson::SUCCESS || number != 0)) {
      return false;
    }
    const auto any = [](const object& /*extension*/) { return true; };
    return expansion.at_key("next").error() != simdjson::SUCCESS && !AnyExtension(expansion, kTooCostly, any) &&
           !AnyExtension(expansion, kUnclosed, any);
  }

  struct Listed {
    std::vector<IncludeDefinition> includes = {};  // one a system and version
    size_t count = 0;
  };
  static absl::Status ReadContains(const object& from, const std::string& field, Listed& listed) {
    element given;
    if (from.at_key("contains").get(given) != simdjson::SUCCESS) return absl::OkStatus();
    simdjson::dom::array list;
    const std::string at = field + ".contains";
    if (given.get(list) != simdjson::SUCCESS) return base::InvalidField(at, "", "is no list", "give a list");
    size_t number = 0;
    for (const element each : list) {
      const std::string here = absl::StrCat(at, "[", number++, "]");
      object item;
      if (each.get(item) != simdjson::SUCCESS) return base::InvalidField(here, "", "is no object", "give one");
      RETURN_IF_ERROR(CheckTexts(item, here, {"system", "version", "code", "display"}));
      RETURN_IF_ERROR(CheckDesignations(item, here));
      ++listed.count;
      std::string code = TextOf(item, "code");
      // Without a code, or abstract, it is there to group others.
      if (!code.empty() && !FlagOf(item, "abstract", false)) {
        IncludeDefinition wanted{.system = TextOf(item, "system"), .version = TextOf(item, "version")};
        if (wanted.system.empty()) return base::InvalidField(here + ".system", "", "is not given", "give it");
        auto include =
            std::find_if(listed.includes.begin(), listed.includes.end(), [&](const IncludeDefinition& known) {
              return known.system == wanted.system && known.version == wanted.version;
            });
        if (include == listed.includes.end()) {
          if (listed.includes.size() == kMostParts) return TooMany("ValueSet.expansion.contains");
          include = listed.includes.insert(listed.includes.end(), std::move(wanted));
        }
        if (include->listed.emplace(code, ReadListed(item)).second) include->codes.push_back(std::move(code));
      }
      RETURN_IF_ERROR(ReadContains(item, here, listed));
    }
    return absl::OkStatus();
  }

  absl::Status ReadList(const object& compose, const char* name, List& into) {
    element listed;
    if (compose.at_key(name).get(listed) != simdjson::SUCCESS) return absl::OkStatus();
    simdjson::dom::array list;
    const std::string field = absl::StrCat("ValueSet.compose.", name);
    if (listed.get(list) != simdjson::SUCCESS) return base::InvalidField(field, "", "is no list", "give a list");
    for (const element each : list) {
      ASSIGN_OR_RETURN(IncludeDefinition include, ReadInclude(each, absl::StrCat(field, "[", into.size(), "]")));
      if (into.size() == kMostParts || include.filters.size() > kMostParts) return TooMany(field);
      into.push_back(std::make_shared<const IncludeDefinition>(std::move(include)));
    }
    return absl::OkStatus();
  }

  static absl::StatusOr<IncludeDefinition> ReadInclude(element value, const std::string& field) {
    object from;
    if (value.get(from) != simdjson::SUCCESS)
      return base::InvalidField(field, "", "is no object", "give one with a system");
    IncludeDefinition include{.system = TextOf(from, "system"), .version = TextOf(from, "version")};
    RETURN_IF_ERROR(CheckTexts(from, field, {"system", "version"}));
    RETURN_IF_ERROR(CheckNames(from, field, {"system", "version", "concept", "filter", "valueSet", "copyright"}));
    for (const auto& [key, part] : from) {
      if (key != "concept" && key != "filter" && key != "valueSet") continue;
      simdjson::dom::array list;
      const std::string at = absl::StrCat(field, ".", absl::string_view(key.data(), key.size()));
      if (part.get(list) != simdjson::SUCCESS) return base::InvalidField(at, "", "is no list", "give a list");
      if (list.size() == 0) return base::InvalidField(at, "", "is empty", "leave it out, or say something");
      size_t number = 0;
      for (const element each : list) {
        const std::string here = absl::StrCat(at, "[", number++, "]");
        if (key == "valueSet") {
          std::string_view canonical;
          if (each.get(canonical) != simdjson::SUCCESS)
            return base::InvalidField(here, "", "is no canonical", "give one");
          include.value_sets.emplace_back(canonical);
          continue;
        }
        object item;
        if (each.get(item) != simdjson::SUCCESS) return base::InvalidField(here, "", "is no object", "give one");
        if (key == "concept") {
          RETURN_IF_ERROR(CheckNames(item, here, {"code", "display", "designation"}));
          RETURN_IF_ERROR(CheckTexts(item, here, {"code", "display"}));
          RETURN_IF_ERROR(fhir::CheckExtensions(item, here));
          RETURN_IF_ERROR(CheckDesignations(item, here));
          std::string code = TextOf(item, "code");
          if (code.empty()) return base::InvalidField(here + ".code", "", "is not given", "give a code");
          if (include.listed.emplace(code, ReadListed(item)).second) include.codes.push_back(std::move(code));
        } else {
          ASSIGN_OR_RETURN(Filter filter, ReadFilter(item, include.system, here));
          include.filters.push_back(std::move(filter));
        }
      }
    }
    if (include.system.empty() && include.value_sets.empty()) {
      return base::InvalidField(field + ".system", "", "is not given", "give the code system, or a value set");
    }
    return include;
  }

  static absl::StatusOr<Filter> ReadFilter(const object& from, const std::string& system, const std::string& field) {
    RETURN_IF_ERROR(CheckNames(from, field, {"property", "op", "value"}));
    RETURN_IF_ERROR(CheckTexts(from, field, {"property", "op", "value"}));
    Filter filter{TextOf(from, "property"), TextOf(from, "op"), TextOf(from, "value")};
    filter.at = field;
    element extensions;
    if (filter.op.empty() && from.at_key("_op").get(extensions) == simdjson::SUCCESS) {
      simdjson::dom::array list;
      if (extensions["extension"].get(list) == simdjson::SUCCESS) {
        for (const element extension : list) {
          object each;
          if (extension.get(each) == simdjson::SUCCESS && TextOf(each, "url") == kOperatorExtension) {
            filter.op = TextOf(each, "valueCode");
          }
        }
      }
    }
    if (filter.property.empty()) return base::InvalidField(field + ".property", "", "is not given", "name a property");
    if (std::find(std::begin(kOperators), std::end(kOperators), filter.op) == std::end(kOperators)) {
      return NotUnderstood(field, filter.op);
    }
    if (filter.value.empty()) {
      return fhir::StatusOf(absl::StatusCode::kInvalidArgument,
                            {.code = "invalid",
                             .about = "vs-invalid",
                             .message_id = "UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE",
                             .text = Message("UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE",
                                             {base::Excerpt(system), base::Excerpt(filter.property), filter.op}),
                             .expression = field});
    }
    if (filter.op == "exists" && filter.value != "true" && filter.value != "false") {
      return WrongValue(filter, "is neither true nor false", "ask for one of them");
    }
    if (filter.op == "in" || filter.op == "not-in") {
      for (const absl::string_view one : absl::StrSplit(filter.value, ',')) {
        filter.values.emplace(absl::StripAsciiWhitespace(one));
      }
    }
    if (filter.op == "regex") {
      RE2::Options options;
      options.set_log_errors(false);
      auto expression = std::make_shared<RE2>(filter.value, options);
      if (!expression->ok()) return WrongValue(filter, "is no regular expression", "correct it");
      filter.expression = std::move(expression);
    }
    return filter;
  }
};

}  // namespace

absl::StatusOr<std::shared_ptr<const ValueSetDefinition>> ReadValueSetDefinition(absl::string_view json) {
  simdjson::dom::parser parser;
  object resource;
  if (parser.parse(json.data(), json.size()).get(resource) != simdjson::SUCCESS ||
      TextOf(resource, "resourceType") != "ValueSet") {
    return base::InvalidField("valueSet", "", "is no ValueSet", "give a ValueSet resource");
  }
  return DefinitionReader().Read(resource, std::string(json));
}

std::shared_ptr<const ValueSetDefinition> ReadSentValueSet(const std::string& json) {
  absl::StatusOr<std::shared_ptr<const ValueSetDefinition>> read = ReadValueSetDefinition(json);
  if (read.ok()) return *std::move(read);
  auto broken = std::make_shared<ValueSetDefinition>();
  simdjson::dom::parser parser;
  object resource;
  if (parser.parse(json).get(resource) == simdjson::SUCCESS) {
    broken->url = TextOf(resource, "url");
    broken->version = TextOf(resource, "version");
  }
  broken->problem = read.status();
  return broken;
}

}  // namespace nosograph::operations
