#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "service/rest/request_content.h"
#include "service/rest/resources.h"
#include "service/rest/value_set.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/outcome.h"

namespace nosograph::rest {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;
using snapshot::Release;
using snapshot::ReleaseSet;

absl::Status NotUnderstood(absl::string_view field, absl::string_view what) {
  return base::FieldError(
      absl::StatusCode::kUnimplemented, field, base::Excerpt(what),
      absl::StrCat("'", base::Excerpt(what), "' is not understood"),
      "use an operator of FHIR: =, is-a, descendent-of, is-not-a, regex, in, not-in, generalizes, exists, child-of, "
      "descendent-leaf");
}

absl::Status TooMany(absl::string_view field) {
  return base::FieldError(absl::StatusCode::kResourceExhausted, field, "",
                          absl::StrCat("has more than ", kMostParts, " parts"), "ask in several value sets");
}

std::string TextOf(const object& from, const char* name) {
  std::string_view text;
  return from.at_key(name).get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

absl::Status UnknownValueSet(const std::string& canonical) {
  return fhir::StatusOf(
      absl::StatusCode::kNotFound,
      {.code = "not-found",
       .about = "not-found",
       .message_id = "Unable_to_resolve_value_Set_",
       .text = absl::StrCat("A definition for the value Set '", base::Excerpt(canonical), "' could not be found"),
       .diagnostics = "ask for URL?fhir_vs of a code system that is loaded, or send the ValueSet"});
}

// "URL?fhir_vs" and "URL?fhir_vs=isa/CODE", "URL/vs", or what a code system calls its own value set.
absl::StatusOr<ValueSet> ReadImplicit(const ReleaseSet& set, const std::string& canonical) {
  auto [url, version] = fhir::PartCanonical(canonical);
  absl::string_view system = url;
  std::string root;
  if (const size_t mark = url.find("?fhir_vs"); mark != std::string::npos) {
    system = system.substr(0, mark);
    absl::string_view rest = absl::string_view(url).substr(mark + 8);
    if (absl::ConsumePrefix(&rest, "=isa/")) root = std::string(rest);
    if (root.empty() && !rest.empty()) {
      return NotUnderstood("url", url);
    }
  } else {
    (void)absl::ConsumeSuffix(&system, "/vs");
    for (const Release& release : set.releases()) {
      if (!release.snapshot->value_set().empty() && release.snapshot->value_set() == url)
        system = release.snapshot->url();
    }
    if (system == url) system = {};
  }
  const absl::string_view known = snapshot::CanonicalSystem(system);
  if (system.empty() || !set.Has(known)) {
    return UnknownValueSet(canonical);
  }
  ValueSet value_set{.url = url, .version = version};
  value_set.includes.push_back({.system = std::string(known), .version = std::move(version)});
  if (!root.empty()) value_set.includes.front().filters.push_back({"concept", "is-a", root});
  return value_set;
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

absl::Status TooManyImports() {
  return base::FieldError(absl::StatusCode::kResourceExhausted, "ValueSet.compose.include.valueSet", "",
                          absl::StrCat("imports go deeper than ", kDeepestImport, ", or there are more than ",
                                       kMostImports, " of them, through others too"),
                          "import less, or ask in several value sets");
}

absl::Status Cyclic(const std::string& url) {
  return fhir::StatusOf(
      absl::StatusCode::kInvalidArgument,
      {.code = "processing",
       .about = "vs-invalid",
       .message_id = "VALUESET_CIRCULAR_REFERENCE",
       .text = absl::StrCat("Cyclic reference detected when including value set ", base::Excerpt(url)),
       .diagnostics = "take one of the imports out"});
}

constexpr char kStandardsStatus[] = "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status";
constexpr char kDeprecated[] = "http://hl7.org/fhir/StructureDefinition/valueset-deprecated";

std::string StandardsStatusOf(const object& from) {
  simdjson::dom::array extensions;
  if (from.at_key("extension").get(extensions) != simdjson::SUCCESS) return "";
  for (const element extension : extensions) {
    object each;
    if (extension.get(each) == simdjson::SUCCESS && TextOf(each, "url") == kStandardsStatus) {
      return TextOf(each, "valueCode");
    }
  }
  return "";
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
  simdjson::dom::array extensions;
  if (from.at_key("extension").get(extensions) != simdjson::SUCCESS) return false;
  for (const element extension : extensions) {
    object each;
    if (extension.get(each) != simdjson::SUCCESS || TextOf(each, "url") != kDeprecated) continue;
    bool flag = false;
    if (each.at_key("valueBoolean").get(flag) == simdjson::SUCCESS ? flag : TextOf(each, "valueCode") == "true") {
      return true;
    }
  }
  return StandardsStatusOf(from) == "deprecated";
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

// The later version of a system first, and one without a version last, so that what is offered twice is the latest.
void PutLaterFirst(std::vector<Include>& includes) {
  for (size_t i = 1; i < includes.size(); ++i) {
    for (size_t j = i; j > 0; --j) {
      const Include& before = includes[j - 1];
      const Include& behind = includes[j];
      if (before.system.empty() || before.system != behind.system || behind.stated.empty() || before.stated.empty() ||
          !IsLater(behind.stated, before.stated)) {
        break;
      }
      std::swap(includes[j - 1], includes[j]);
    }
  }
}

// What the extension valueset-expansion-parameter of a composition says of a parameter; empty for nothing.
std::string ExpansionParameterOf(const object& compose, absl::string_view parameter) {
  constexpr char kParameterExtension[] = "http://hl7.org/fhir/StructureDefinition/valueset-expansion-parameter";
  simdjson::dom::array extensions;
  if (compose.at_key("extension").get(extensions) != simdjson::SUCCESS) return "";
  for (const element extension : extensions) {
    object each;
    simdjson::dom::array parts;
    if (extension.get(each) != simdjson::SUCCESS || TextOf(each, "url") != kParameterExtension ||
        each.at_key("extension").get(parts) != simdjson::SUCCESS) {
      continue;
    }
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
    if (name == parameter) return value;
  }
  return "";
}

// Value sets by their canonical: those that the request brings, those contained in one that is read.
class ValueSetReader {
 public:
  ValueSetReader(const ReleaseSet& set, const fhir::Parameters& parameters, const SystemVersions& versions,
                 Purpose purpose)
      : set_(set), parameters_(parameters), versions_(versions), purpose_(purpose) {
    simdjson::dom::parser parser;
    for (const fhir::Parameter& parameter : parameters.all()) {
      object resource;
      if (parameter.name != "tx-resource" || parser.parse(parameter.resource).get(resource) != simdjson::SUCCESS ||
          TextOf(resource, "resourceType") != "ValueSet") {
        continue;
      }
      sent_.push_back({TextOf(resource, "url"), TextOf(resource, "version"), &parameter.resource});
    }
  }

  absl::StatusOr<ValueSet> Read(const std::string& json) {
    simdjson::dom::parser parser;
    object resource;
    if (parser.parse(json).get(resource) != simdjson::SUCCESS || TextOf(resource, "resourceType") != "ValueSet") {
      return base::InvalidField("valueSet", "", "is no ValueSet", "give a ValueSet resource");
    }
    return ReadObject(resource, json, resource);
  }

  // One that stands by itself, and so may be imported by what it imports.
  absl::StatusOr<ValueSet> ReadPosted(const std::string& json) {
    simdjson::dom::parser parser;
    object resource;
    if (parser.parse(json).get(resource) == simdjson::SUCCESS) open_.push_back(TextOf(resource, "url"));
    return Read(json);
  }

  absl::StatusOr<ValueSet> Find(const std::string& asked) {
    auto [url, version] = fhir::PartCanonical(asked);
    const bool pinned = version.empty();
    if (pinned) version = DefaultVersion(url);
    const std::string canonical = version.empty() ? url : absl::StrCat(url, "|", version);
    if (std::find(open_.begin(), open_.end(), url) != open_.end()) {
      return Cyclic(url);
    }
    if (open_.size() >= kDeepestImport || ++read_ > kMostImports) {
      return TooManyImports();
    }
    const Sent* best = nullptr;
    for (const Sent& sent : sent_) {
      if (sent.url != url || (!version.empty() && sent.version != version)) continue;
      if (best == nullptr || IsLater(sent.version, best->version)) best = &sent;
    }
    if (best == nullptr) return ReadImplicit(set_, canonical);
    open_.push_back(url);
    absl::StatusOr<ValueSet> found = Read(*best->resource);
    open_.pop_back();
    if (found.ok()) found->pinned = pinned && !version.empty();
    return found;
  }

 private:
  // What default-valueset-version says of it; empty for nothing.
  std::string DefaultVersion(const std::string& url) const {
    for (const std::string& text : parameters_.Texts("default-valueset-version")) {
      auto [of, version] = fhir::PartCanonical(text);
      if (of == url) return version;
    }
    return "";
  }

  absl::StatusOr<ValueSet> ReadObject(const object& resource, const std::string& json, const object& container) {
    ValueSet value_set{.url = TextOf(resource, "url"),
                       .version = TextOf(resource, "version"),
                       .name = TextOf(resource, "name"),
                       .language = TextOf(resource, "language"),
                       .status = TextOf(resource, "status"),
                       .standards_status = StandardsStatusOf(resource),
                       .resource = json};
    value_set.experimental = FlagOf(resource, "experimental", false);
    object compose;
    if (resource.at_key("compose").get(compose) != simdjson::SUCCESS) {
      return base::InvalidField("valueSet.compose", "", "is not given", "say what the value set includes");
    }
    value_set.inactive = FlagOf(compose, "inactive", true);
    if (std::string wanted = ExpansionParameterOf(compose, "displayLanguage"); !wanted.empty()) {
      value_set.language = std::move(wanted);
    }
    if (const std::string match = ExpansionParameterOf(compose, "versionsMatch"); !match.empty()) {
      value_set.versions_match = match == "true";
    }
    RETURN_IF_ERROR(ReadList(compose, "include", container, value_set.includes));
    RETURN_IF_ERROR(ReadList(compose, "exclude", container, value_set.excludes));
    PutLaterFirst(value_set.includes);
    if (value_set.includes.empty())
      return base::InvalidField("valueSet.compose.include", "", "is empty", "include something");
    return value_set;
  }

  absl::Status ReadList(const object& compose, const char* name, const object& container, std::vector<Include>& into) {
    element listed;
    if (compose.at_key(name).get(listed) != simdjson::SUCCESS) return absl::OkStatus();
    simdjson::dom::array list;
    const std::string field = absl::StrCat("ValueSet.compose.", name);
    if (listed.get(list) != simdjson::SUCCESS) return base::InvalidField(field, "", "is no list", "give a list");
    for (const element each : list) {
      ASSIGN_OR_RETURN(Include include, ReadInclude(each, absl::StrCat(field, "[", into.size(), "]"), container));
      if (into.size() == kMostParts || include.filters.size() > kMostParts) return TooMany(field);
      into.push_back(std::move(include));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Include> ReadInclude(element value, const std::string& field, const object& container) {
    object from;
    if (value.get(from) != simdjson::SUCCESS)
      return base::InvalidField(field, "", "is no object", "give one with a system");
    Include include{.system = TextOf(from, "system"), .stated = TextOf(from, "version")};
    SystemVersions::Asked asked = versions_.For(include.system, include.stated);
    include.version = std::move(asked.version);
    include.origin = asked.origin;
    for (const char* name : {"system", "version"}) {
      element given;
      if (from.at_key(name).get(given) == simdjson::SUCCESS && !given.is_string()) {
        return base::InvalidField(absl::StrCat(field, ".", name), "", "is no text", "give a string");
      }
    }
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
          ASSIGN_OR_RETURN(auto imported, Import(std::string(canonical), container));
          include.imports.push_back(std::move(imported));
          continue;
        }
        object item;
        if (each.get(item) != simdjson::SUCCESS) return base::InvalidField(here, "", "is no object", "give one");
        if (key == "concept") {
          std::string code = TextOf(item, "code");
          if (include.listed.emplace(code, ReadListed(item)).second) include.codes.push_back(std::move(code));
        } else {
          ASSIGN_OR_RETURN(Filter filter, ReadFilter(item, include.system, here));
          include.filters.push_back(std::move(filter));
        }
      }
    }
    if (include.system.empty() && include.imports.empty()) {
      return base::InvalidField(field + ".system", "", "is not given", "give the code system, or a value set");
    }
    return include;
  }

  static absl::StatusOr<Filter> ReadFilter(const object& from, const std::string& system, const std::string& field) {
    Filter filter{TextOf(from, "property"), TextOf(from, "op"), TextOf(from, "value")};
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
      return NotUnderstood(field + ".op", filter.op);
    }
    if (filter.value.empty()) {
      return fhir::StatusOf(absl::StatusCode::kInvalidArgument,
                            {.code = "invalid",
                             .about = "vs-invalid",
                             .message_id = "UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE",
                             .text = absl::StrCat("The system ", base::Excerpt(system),
                                                  " filter with property = ", base::Excerpt(filter.property),
                                                  ", op = ", filter.op, " has no value"),
                             .expression = field});
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
      if (!expression->ok())
        return base::InvalidField(field + ".value", filter.value, "is no regular expression", "correct it");
      filter.expression = std::move(expression);
    }
    return filter;
  }

  absl::StatusOr<std::shared_ptr<const ValueSet>> Import(const std::string& canonical, const object& container) {
    if (!absl::StartsWith(canonical, "#")) {
      absl::StatusOr<ValueSet> found = Find(canonical);
      // Told as it is, but apart from a value set that was asked for and is not there.
      if (absl::IsNotFound(found.status())) {
        return fhir::StatusOf(absl::StatusCode::kFailedPrecondition, UnknownImport(canonical, found.status()));
      }
      if (!found.ok()) return found.status();
      return std::make_shared<const ValueSet>(*std::move(found));
    }
    simdjson::dom::array contained;
    if (container.at_key("contained").get(contained) == simdjson::SUCCESS) {
      if (open_.size() >= kDeepestImport || ++read_ > kMostImports) return TooManyImports();
      for (const element each : contained) {
        object resource;
        if (each.get(resource) != simdjson::SUCCESS || TextOf(resource, "id") != canonical.substr(1)) continue;
        if (std::find(open_.begin(), open_.end(), canonical) != open_.end()) return Cyclic(canonical);
        open_.push_back(canonical);
        absl::StatusOr<ValueSet> found = ReadObject(resource, "", container);
        open_.pop_back();
        if (!found.ok()) return found.status();
        found->contained = true;
        return std::make_shared<const ValueSet>(*std::move(found));
      }
    }
    return UnknownValueSet(canonical);
  }

  // Says which version was to be imported where default-valueset-version says it.
  fhir::Issue UnknownImport(const std::string& canonical, const absl::Status& status) const {
    fhir::Issue issue = fhir::IssueOf(status);
    const std::string version = absl::StrContains(canonical, "|") ? "" : DefaultVersion(canonical);
    if (version.empty() || purpose_ == Purpose::kValidation) return issue;
    issue.message_id = "VS_EXP_IMPORT_UNK_PINNED";
    issue.text = absl::StrCat("Unable to find imported value set '", base::Excerpt(canonical), "' version '",
                              base::Excerpt(version), "'");
    return issue;
  }

  // A value set that the request brings; its JSON is the parameters'.
  struct Sent {
    std::string url;
    std::string version;
    const std::string* resource;
  };

  const ReleaseSet& set_;
  const fhir::Parameters& parameters_;
  const SystemVersions& versions_;
  const Purpose purpose_;
  std::vector<Sent> sent_;
  std::vector<std::string> open_;  // what is being read, outermost first
  size_t read_ = 0;                // value sets, each as often as it is imported
};

}  // namespace

absl::StatusOr<ValueSet> ReadValueSet(const ReleaseSet& set, const fhir::Parameters& parameters, Purpose purpose) {
  ASSIGN_OR_RETURN(const fhir::Parameter* const posted, parameters.One("valueSet"));
  ASSIGN_OR_RETURN(const std::string url, parameters.Text("url"));
  ASSIGN_OR_RETURN(const std::string version, parameters.Text("valueSetVersion"));
  ASSIGN_OR_RETURN(const SystemVersions versions, SystemVersions::Read(parameters));
  ValueSetReader reader(set, parameters, versions, purpose);
  if (posted != nullptr) return reader.ReadPosted(posted->resource);
  if (url.empty())
    return base::InvalidField("url", "", "is not given", "give the canonical of a value set, or a valueSet");
  return reader.Find(version.empty() || absl::StrContains(url, "|") ? url : absl::StrCat(url, "|", version));
}

}  // namespace nosograph::rest
