#include "service/rest/expansion.h"

#include <simdjson.h>

#include <functional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "service/rest/code_system_operations.h"
#include "terminology/base/json_writer.h"
#include "terminology/base/sha256.h"
#include "terminology/fhir/property_value.h"
#include "terminology/query/lookup.h"

namespace nosograph::rest {
namespace {

using query::ConceptRef;
using snapshot::Release;
using snapshot::ReleaseSet;

void WriteParameter(const char* name, const char* type, absl::string_view value, base::JsonWriter& json) {
  json.StartObject().Text("name", name).Text(type, value).EndObject();
}
void WriteFlag(const char* name, const std::optional<bool>& value, base::JsonWriter& json) {
  if (value) json.StartObject().Text("name", name).Flag("valueBoolean", *value).EndObject();
}

// A name for the expansion that is the same for the same content.
std::string Identifier(const ReleaseSet& set, const ValueSet& value_set, const ExpansionAsked& asked) {
  const std::string digest =
      base::Sha256Hex(absl::StrCat(set.id(), "|", value_set.url, "|", value_set.version, "|", value_set.resource, "|",
                                   asked.filter, "|", asked.offset, "|", asked.count.value_or(0)));
  return absl::StrCat("urn:uuid:", digest.substr(0, 8), "-", digest.substr(8, 4), "-5", digest.substr(13, 3), "-8",
                      digest.substr(17, 3), "-", digest.substr(20, 12));
}

std::string CanonicalOf(const Release& release) {
  const snapshot::Snapshot& snapshot = *release.snapshot;
  return snapshot.version().empty() ? std::string(snapshot.url())
                                    : absl::StrCat(snapshot.url(), "|", snapshot.version());
}

// What a value set that was sent says of itself.
void WriteMetadata(const ValueSet& value_set, base::JsonWriter& json) {
  constexpr const char* kKept[] = {"language", "url",          "version", "name",     "title",
                                   "status",   "experimental", "date",    "publisher"};
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (value_set.resource.empty() || parser.parse(value_set.resource).get(object) != simdjson::SUCCESS) {
    json.TextIfAny("url", value_set.url).TextIfAny("version", value_set.version).TextIfAny("name", value_set.name);
    json.Text("status", "active");
    return;
  }
  bool has_status = false;
  for (const char* name : kKept) {
    simdjson::dom::element element;
    if (object.at_key(name).get(element) != simdjson::SUCCESS) continue;
    has_status = has_status || absl::string_view(name) == "status";
    json.Raw(name, simdjson::minify(element));
  }
  if (!has_status) json.Text("status", "active");
}

class ExpansionWriter {
 public:
  ExpansionWriter(const ReleaseSet& set, const ValueSet& value_set, const ExpansionAsked& asked,
                  const ExpansionPage& page, base::JsonWriter& json)
      : set_(set), value_set_(value_set), asked_(asked), page_(page), json_(json) {}

  void Write() {
    const std::vector<const Release*> releases = ReleasesOf(set_, value_set_);
    for (const Release* release : releases) {
      for (const Release* other : releases) {
        if (other != release && other->snapshot->url() == release->snapshot->url()) with_version_ = true;
      }
    }
    for (const Include& include : value_set_.includes) {
      for (const Include& other : value_set_.includes) {
        if (include.system == other.system && include.stated != other.stated) with_version_ = true;
      }
    }
    json_.StartObject("expansion")
        .Text("identifier", Identifier(set_, value_set_, asked_))
        .Text("timestamp", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone()))
        .Number("total", static_cast<int64_t>(page_.total));
    if (asked_.offset > 0 || asked_.count) json_.Number("offset", asked_.offset);
    WriteParameters(releases);
    WriteProperties(releases);
    if (!page_.items.empty()) WriteItems();
    json_.EndObject();
  }

 private:
  void WriteParameters(const std::vector<const Release*>& releases) {
    json_.StartList("parameter");
    for (const Release* release : releases) {
      WriteParameter("used-codesystem", "valueUri", CanonicalOf(*release), json_);
    }
    for (const Release* release : releases) {
      for (const Release* supplement : set_.ActiveSupplements(*release)) {
        WriteParameter("used-supplement", "valueUri", CanonicalOf(*supplement), json_);
      }
    }
    std::vector<std::string> imports;
    for (const ValueSet* imported : ImportsOf(value_set_)) {
      const std::string canonical = imported->canonical();
      if (imported->contained || canonical.empty() ||
          std::find(imports.begin(), imports.end(), canonical) != imports.end())
        continue;
      imports.push_back(canonical);
      WriteParameter("used-valueset", "valueUri", canonical, json_);
    }
    if (!asked_.filter.empty()) WriteParameter("filter", "valueString", asked_.filter, json_);
    if (asked_.count) json_.StartObject().Text("name", "count").Number("valueInteger", *asked_.count).EndObject();
    if (asked_.offset > 0) json_.StartObject().Text("name", "offset").Number("valueInteger", asked_.offset).EndObject();
    for (const auto& [name, canonical] : VersionsUsed()) WriteParameter(name, "valueUri", canonical, json_);
    if (!asked_.languages.text().empty()) {
      WriteParameter("displayLanguage", "valueCode", asked_.languages.text(), json_);
    }
    for (const std::string& token : asked_.designation_tokens)
      WriteParameter("designation", "valueString", token, json_);
    WriteFlag("activeOnly", asked_.active_given, json_);
    WriteFlag("excludeNested", asked_.exclude_nested, json_);
    WriteFlag("includeDesignations", asked_.designations, json_);
    WriteFlag("includeDefinition", asked_.definitions, json_);
    json_.EndList();
  }

  // Parameters on versions that had a say, each once.
  std::vector<std::pair<const char*, std::string>> VersionsUsed() const {
    std::vector<std::pair<const char*, std::string>> used;
    const std::function<void(const ValueSet&)> collect = [&](const ValueSet& value_set) {
      for (const std::vector<Include>* list : {&value_set.includes, &value_set.excludes}) {
        for (const Include& include : *list) {
          const char* name = nullptr;
          if (include.origin == VersionOrigin::kForced) name = "force-system-version";
          if (include.origin == VersionOrigin::kDefault) {
            name =
                asked_.versions.Required(include.system) == include.version ? "check-system-version" : "system-version";
          }
          if (name != nullptr) {
            std::pair<const char*, std::string> parameter(name, absl::StrCat(include.system, "|", include.version));
            if (std::find(used.begin(), used.end(), parameter) == used.end()) used.push_back(std::move(parameter));
          }
          for (const auto& imported : include.imports) collect(*imported);
        }
      }
    };
    collect(value_set_);
    return used;
  }

  // The properties that were asked for, and their meaning.
  void WriteProperties(const std::vector<const Release*>& releases) {
    std::vector<std::pair<std::string, std::string>> told;
    if (asked_.definitions.value_or(false)) told.emplace_back("definition", kDefinitionProperty);
    for (const std::string& name : asked_.properties) {
      if (name == "definition") {
        if (told.empty()) told.emplace_back(name, kDefinitionProperty);
        continue;
      }
      for (const Release* release : releases) {
        for (uint32_t i = 0; i < release->snapshot->property_definition_count(); ++i) {
          const snapshot::Snapshot::PropertyDefinitionView view = release->snapshot->ReadPropertyDefinition(i);
          if (view.code == name) told.emplace_back(name, std::string(view.uri));
        }
      }
    }
    if (told.empty()) return;
    json_.StartList(in_r4() ? "extension" : "property");
    for (const auto& [code, uri] : told) {
      if (in_r4()) {
        json_.StartObject().Text("url", kPropertyExtension).StartList("extension");
        json_.StartObject().Text("url", "code").Text("valueCode", code).EndObject();
        if (!uri.empty()) json_.StartObject().Text("url", "uri").Text("valueUri", uri).EndObject();
        json_.EndList().EndObject();
      } else {
        json_.StartObject().Text("code", code).TextIfAny("uri", uri).EndObject();
      }
    }
    json_.EndList();
  }

  void WriteItems() {
    // By the nearest one above that is on the page; each in its place where no nesting was asked for.
    std::vector<std::vector<size_t>> below(page_.items.size());
    std::vector<size_t> roots;
    absl::flat_hash_map<std::pair<const Release*, uint32_t>, size_t> places;
    // What is listed by hand is in its place already.
    const bool listed = std::any_of(value_set_.includes.begin(), value_set_.includes.end(),
                                    [](const Include& include) { return !include.codes.empty(); });
    if (!listed && !asked_.exclude_nested.value_or(true)) {
      for (size_t i = 0; i < page_.items.size(); ++i) places.emplace(Key(page_.items[i]), i);
    }
    for (size_t i = 0; i < page_.items.size(); ++i) {
      const ConceptRef& item = page_.items[i];
      std::optional<size_t> above;
      for (std::optional<uint32_t> up = places.empty() ? std::nullopt : item.snapshot().parent(item.item); up && !above;
           up = item.snapshot().parent(*up)) {
        const auto found = places.find({item.release, *up});
        if (found != places.end()) above = found->second;
      }
      (above ? below[*above] : roots).push_back(i);
    }
    WriteList(roots, below);
  }

  void WriteList(const std::vector<size_t>& list, const std::vector<std::vector<size_t>>& below) {
    json_.StartList("contains");
    for (const size_t index : list) {
      WriteItem(page_.items[index]);
      if (!below[index].empty()) WriteList(below[index], below);
      json_.EndObject();
    }
    json_.EndList();
  }

  // Leaves the object open.
  void WriteItem(const ConceptRef& item) {
    json_.StartObject().Text("system", item.snapshot().url());
    if (IsAbstract(item)) json_.Flag("abstract", true);
    if (item.inactive()) json_.Flag("inactive", true);
    if (with_version_) json_.TextIfAny("version", item.snapshot().version());
    absl::string_view display = DisplayIn(value_set_, item);
    if (display.empty()) display = asked_.languages.DisplayOf(set_, item);
    json_.Text("code", item.code()).TextIfAny("display", display);
    if (asked_.designations.value_or(false)) WriteDesignations(item, display);
    WriteItemProperties(item);
  }

  // Whether a designation is among those asked for, by language or use: "urn:ietf:bcp:47|de", "SYSTEM|CODE".
  bool Wanted(const snapshot::Snapshot::DesignationView& designation) const {
    if (asked_.designation_tokens.empty()) return true;
    return std::any_of(asked_.designation_tokens.begin(), asked_.designation_tokens.end(),
                       [&](const std::string& token) {
                         const auto [system, code] = fhir::PartCanonical(token);
                         if (code.empty()) return designation.language == token;
                         return system == kLanguages ? designation.language == code
                                                     : designation.use_system == system && designation.use == code;
                       });
  }

  // All but the one that is the display; the title among them, where another is.
  void WriteDesignations(const ConceptRef& item, absl::string_view display) {
    std::vector<query::DesignationOf> designations = query::DesignationsOf(set_, item);
    const bool other = !asked_.languages.empty() && display != item.title() && !item.title().empty();
    designations.erase(std::remove_if(designations.begin(), designations.end(),
                                      [&](const query::DesignationOf& found) {
                                        return !Wanted(found.designation) ||
                                               (other && found.designation.value == display &&
                                                asked_.languages.Wants(found.designation.language));
                                      }),
                       designations.end());
    if (designations.empty() && !other) return;
    json_.StartList("designation");
    if (other) {
      json_.StartObject().TextIfAny("language", item.snapshot().language()).StartObject("use");
      json_.Text("system", "http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra");
      json_.Text("code", "preferredForLanguage").Text("display", "Preferred For Language").EndObject();
      json_.Text("value", item.title()).EndObject();
    }
    for (const query::DesignationOf& found : designations) {
      json_.StartObject().TextIfAny("language", found.designation.language);
      if (!found.designation.use.empty()) {
        json_.StartObject("use").TextIfAny("system", found.designation.use_system).Text("code", found.designation.use);
        json_.TextIfAny("display", found.designation.use_display).EndObject();
      }
      json_.Text("value", found.designation.value).EndObject();
    }
    json_.EndList();
  }

  void WriteItemProperties(const ConceptRef& item) {
    bool begun = false;
    const auto begin = [&](absl::string_view code) {
      if (!begun) json_.StartList(in_r4() ? "extension" : "property");
      begun = true;
      if (in_r4()) {
        json_.StartObject().Text("url", kItemPropertyExtension).StartList("extension");
        json_.StartObject().Text("url", "code").Text("valueCode", code).EndObject();
        json_.StartObject().Text("url", "value");
      } else {
        json_.StartObject().Text("code", code);
      }
    };
    const auto end = [&] {
      json_.EndObject();
      if (in_r4()) json_.EndList().EndObject();
    };
    const snapshot::Snapshot& snapshot = item.snapshot();
    const bool definition = asked_.definitions.value_or(false) || asked_.Wants("definition");
    if (definition && !snapshot.definition(item.item).empty()) {
      begin("definition");
      json_.Text("valueString", snapshot.definition(item.item));
      end();
    }
    for (const query::PropertyOf& found : query::PropertiesOf(set_, item)) {
      const snapshot::Snapshot::PropertyView& property = found.property;
      if (!asked_.Wants(property.definition.code)) continue;
      begin(property.definition.code);
      fhir::WritePropertyValue(property, json_);
      end();
    }
    if (begun) json_.EndList();
  }

  static std::pair<const Release*, uint32_t> Key(const ConceptRef& item) { return {item.release, item.item}; }

  bool in_r4() const { return asked_.version == fhir::Version::kR4; }

  static constexpr char kPropertyExtension[] =
      "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion.property";
  static constexpr char kItemPropertyExtension[] =
      "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion.contains.property";
  static constexpr char kLanguages[] = "urn:ietf:bcp:47";
  static constexpr char kDefinitionProperty[] = "http://hl7.org/fhir/concept-properties#definition";

  const ReleaseSet& set_;
  const ValueSet& value_set_;
  const ExpansionAsked& asked_;
  const ExpansionPage& page_;
  base::JsonWriter& json_;
  bool with_version_ = false;  // several releases of one code system
};

}  // namespace

std::string WriteExpansion(const ReleaseSet& set, const ValueSet& value_set, const ExpansionAsked& asked,
                           const ExpansionPage& page) {
  base::JsonWriter json;
  json.Text("resourceType", "ValueSet");
  WriteMetadata(value_set, json);
  ExpansionWriter(set, value_set, asked, page, json).Write();
  return json.Take();
}

}  // namespace nosograph::rest
