#include "terminology/operations/expansion.h"

#include <simdjson.h>

#include <functional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "terminology/base/json_writer.h"
#include "terminology/base/sha256.h"
#include "terminology/fhir/property_value.h"
#include "terminology/operations/coding_check.h"
#include "terminology/operations/concept_extensions.h"
#include "terminology/operations/status_checks.h"
#include "terminology/query/lookup.h"
#include "terminology/query/scope.h"

namespace nosograph::operations {
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
std::string Identifier(const ReleaseSet& set, const ValueSet& value_set, const ExpansionAsked& asked,
                       absl::string_view parameters) {
  const std::string digest = base::Sha256Hex(absl::StrCat(set.id(), "|", value_set.url, "|", value_set.version, "|",
                                                          value_set.about().resource, "|",
                                                          absl::StrJoin(asked.properties, ","), "|", parameters));
  return absl::StrCat("urn:uuid:", digest.substr(0, 8), "-", digest.substr(8, 4), "-5", digest.substr(13, 3), "-8",
                      digest.substr(17, 3), "-", digest.substr(20, 12));
}

// What a value set that was sent says of itself.
void WriteMetadata(const ValueSet& value_set, bool definition, base::JsonWriter& json) {
  constexpr const char* kKept[] = {"language", "url",          "version", "name",     "title",
                                   "status",   "experimental", "date",    "publisher"};
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const std::string& resource = value_set.about().resource;
  if (resource.empty() || parser.parse(resource).get(object) != simdjson::SUCCESS) {
    json.TextIfAny("url", value_set.url).TextIfAny("version", value_set.version);
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
  if (!has_status) json.Text("status", "unknown");
  if (!definition) return;
  for (const char* name : {"extension", "compose"}) {
    simdjson::dom::element element;
    if (object.at_key(name).get(element) == simdjson::SUCCESS) json.Raw(name, simdjson::minify(element));
  }
}

class ExpansionWriter {
 public:
  ExpansionWriter(const ReleaseSet& set, const ValueSet& value_set, const ExpansionAsked& asked,
                  const ExpansionPage& page, base::JsonWriter& json)
      : set_(set), value_set_(value_set), asked_(asked), page_(page), json_(json) {}

  void Write() {
    const std::vector<const Release*> releases = ReleasesOf(set_, value_set_);
    details_.reserve(page_.items.size());
    for (const ConceptRef& item : page_.items) details_.push_back(DetailOf(item));
    for (const Release* release : releases) {
      for (const Release* other : releases) {
        if (other != release && other->snapshot->url() == release->snapshot->url()) with_version_ = true;
      }
    }
    for (const Include& include : value_set_.includes) {
      for (const Include& other : value_set_.includes) {
        if (include.system() == other.system() && include.stated() != other.stated()) with_version_ = true;
      }
    }
    json_.StartObject("expansion");
    WriteExtensions(releases);
    const std::string parameters = ParametersOf(releases);
    json_.Text("identifier", Identifier(set_, value_set_, asked_, parameters))
        .Text("timestamp", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone()))
        .Number("total", static_cast<int64_t>(page_.total));
    if (asked_.offset > 0 || asked_.count) json_.Number("offset", asked_.offset);
    json_.Raw("parameter", parameters);
    if (!in_r4()) WriteProperties(releases);
    if (!page_.items.empty()) WriteItems();
    json_.EndObject();
  }

 private:
  // What is told of a concept without being asked.
  struct Detail {
    const ListedConcept* listed;  // null where the value set does not list it
    ConceptExtensions extensions;
    std::string status;  // where it is not simply active
  };

  Detail DetailOf(const ConceptRef& item) {
    const ListedConcept* const listed = ListedIn(value_set_, item);
    Detail detail{listed, ExtensionsOf(item, SupplementsOf(*item.release), listed), ""};
    const std::optional<snapshot::Snapshot::PropertyView> property = StatusPropertyOf(item);
    // Where it is asked for by the name that it has, it is told as the code system says it.
    if (property && property->definition.code == "status" && asked_.Wants("status")) return detail;
    const model::ConceptStatus status = item.snapshot().status(item.item);
    const absl::string_view told = property ? property->value : model::ConceptStatusName(status);
    if (told != model::ConceptStatusName(model::ConceptStatus::kActive)) detail.status = std::string(told);
    return detail;
  }

  // Worked out once for each release.
  const std::vector<const Release*>& SupplementsOf(const Release& release) {
    const auto [known, added] = supplements_.try_emplace(&release);
    if (added) known->second = set_.ActiveSupplements(release);
    return known->second;
  }

  // What says the status of a concept, by FHIR's definition or by name; nothing where no property does.
  static std::optional<snapshot::Snapshot::PropertyView> StatusPropertyOf(const ConceptRef& item) {
    const snapshot::Snapshot& snapshot = item.snapshot();
    for (const snapshot::PropertyRecord& record : snapshot.properties(item.item)) {
      const snapshot::Snapshot::PropertyView property = snapshot.Read(record);
      if (property.definition.uri == kStatusUri ||
          (property.definition.code == "status" && property.definition.uri.empty())) {
        return property;
      }
    }
    return std::nullopt;
  }

  // Extensions of the expansion itself: that it cannot be whole, and in R4 what properties there are.
  void WriteExtensions(const std::vector<const Release*>& releases) {
    constexpr char kUnclosed[] = "http://hl7.org/fhir/StructureDefinition/valueset-unclosed";
    base::JsonListWriter list;
    bool any = false;
    for (const Release* release : releases) {
      if (!release->snapshot->fragment()) continue;
      if (!any) list.StartObject().Text("url", kUnclosed).Flag("valueBoolean", true).EndObject();
      any = true;
      list.StartObject().Text("url", absl::StrCat(kUnclosed, "-reason"));
      list.Text("valueString",
                absl::StrCat("This extension is based on a fragment of the code system ", release->snapshot->url()));
      list.EndObject();
    }
    if (in_r4()) {
      for (const auto& [code, uri] : PropertiesTold(releases)) {
        any = true;
        list.StartObject().Text("url", kPropertyExtension).StartList("extension");
        list.StartObject().Text("url", "code").Text("valueCode", code).EndObject();
        if (!uri.empty()) list.StartObject().Text("url", "uri").Text("valueUri", uri).EndObject();
        list.EndList().EndObject();
      }
    }
    if (any) json_.Raw("extension", list.Take());
  }

  // What had a say in the expansion, as the list of its parameters.
  std::string ParametersOf(const std::vector<const Release*>& releases) {
    base::JsonListWriter list;
    for (const Release* release : releases) {
      WriteParameter("used-codesystem", "valueUri", CanonicalOf(*release), list);
    }
    for (const Release* release : releases) {
      if (release->snapshot->fragment()) WriteParameter("used-fragment", "valueUri", CanonicalOf(*release), list);
    }
    for (const StatusCheck& check : StatusChecksOf(set_, value_set_)) {
      WriteParameter(absl::StrCat("warning-", check.status).c_str(), "valueUri", check.canonical, list);
    }
    if (with_version_ && value_set_.merges()) {
      list.StartObject().Text("name", "versionsMatch").Flag("valueBoolean", true).EndObject();
    }
    for (const Release* release : releases) {
      for (const Release* supplement : SupplementsOf(*release)) {
        WriteParameter("used-supplement", "valueUri", CanonicalOf(*supplement), list);
      }
    }
    std::vector<std::string> imports;
    for (const ValueSet* imported : ImportsOf(value_set_)) {
      const std::string canonical = imported->canonical();
      if (imported->contained || canonical.empty() ||
          std::find(imports.begin(), imports.end(), canonical) != imports.end())
        continue;
      imports.push_back(canonical);
      WriteParameter("used-valueset", "valueUri", canonical, list);
      if (imported->pinned) WriteParameter("default-valueset-version", "valueUri", canonical, list);
    }
    if (!asked_.filter.empty()) WriteParameter("filter", "valueString", asked_.filter, list);
    if (asked_.count) list.StartObject().Text("name", "count").Number("valueInteger", *asked_.count).EndObject();
    if (asked_.offset_given) {
      list.StartObject().Text("name", "offset").Number("valueInteger", asked_.offset).EndObject();
    }
    for (const auto& [name, canonical] : VersionsUsed()) WriteParameter(name, "valueUri", canonical, list);
    for (const auto& [system, version] : value_set_.left_out) {
      WriteParameter(kExcludeSystem, "valueUri", version.empty() ? system : absl::StrCat(system, "|", version), list);
    }
    if (!asked_.languages.text().empty()) {
      WriteParameter(kDisplayLanguage, "valueCode", asked_.languages.text(), list);
    }
    for (const std::string& token : asked_.designation_tokens)
      WriteParameter("designation", "valueString", token, list);
    WriteFlag("activeOnly", asked_.active_given, list);
    WriteFlag("excludeNested", asked_.exclude_nested, list);
    WriteFlag("includeDesignations", asked_.designations, list);
    WriteFlag("includeDefinition", asked_.definitions, list);
    return list.Take();
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
            name = asked_.versions.Required(include.system()) == include.version ? "check-system-version"
                                                                                 : "system-version";
          }
          if (name != nullptr) {
            std::pair<const char*, std::string> parameter(name, absl::StrCat(include.system(), "|", include.version));
            if (std::find(used.begin(), used.end(), parameter) == used.end()) used.push_back(std::move(parameter));
          }
          for (const auto& imported : include.imports) collect(*imported);
        }
      }
    };
    collect(value_set_);
    return used;
  }

  // By name, each once, where all are asked for too: then those alone that there are.
  std::vector<std::string> PropertiesAsked(const std::vector<const Release*>& releases) {
    if (!asked_.Wants(kAllProperties)) return asked_.properties;
    std::vector<std::string> names = {std::string(kBillable), std::string(kKind)};
    const auto add_if = [&](absl::string_view name, const auto& has) {
      if (std::any_of(page_.items.begin(), page_.items.end(), has)) names.emplace_back(name);
    };
    add_if(kParent, [](const ConceptRef& item) { return item.snapshot().parent(item.item).has_value(); });
    add_if(kChild, [](const ConceptRef& item) { return !ChildrenOf(item).empty(); });
    add_if("definition", [](const ConceptRef& item) { return !item.snapshot().definition(item.item).empty(); });
    const auto add_of = [&](const Release& source) {
      for (uint32_t i = 0; i < source.snapshot->property_definition_count(); ++i) {
        const absl::string_view code = source.snapshot->ReadPropertyDefinition(i).code;
        if (std::find(names.begin(), names.end(), code) == names.end()) names.emplace_back(code);
      }
    };
    for (const Release* release : releases) {
      add_of(*release);
      for (const Release* supplement : SupplementsOf(*release)) add_of(*supplement);
    }
    return names;
  }

  // The properties that were asked for or are told anyway, and their meaning.
  std::vector<std::pair<std::string, std::string>> PropertiesTold(const std::vector<const Release*>& releases) {
    std::vector<std::pair<std::string, std::string>> told;
    const auto tell = [&](const std::string& code, const std::string& uri) {
      if (std::find(told.begin(), told.end(), std::make_pair(code, uri)) == told.end()) told.emplace_back(code, uri);
    };
    for (const Detail& detail : details_) {
      for (const ExtensionProperty& property : detail.extensions.properties) tell(property.code, property.uri);
      if (!detail.status.empty()) tell("status", kStatusUri);
    }
    const bool classified =
        std::any_of(page_.items.begin(), page_.items.end(), [](const ConceptRef& item) { return item.classified(); });
    for (const std::string& name : PropertiesAsked(releases)) {
      if (classified && IsOfClassification(name)) tell(name, "");
      if (name == kParent || name == kChild || name == "definition") {
        tell(name, absl::StrCat(kConceptProperties, name));
        continue;
      }
      for (const Release* release : releases) {
        const auto tell_of = [&](const Release& source) {
          if (const auto view = source.snapshot->FindPropertyDefinition(name)) tell(name, std::string(view->uri));
        };
        tell_of(*release);
        for (const Release* supplement : SupplementsOf(*release)) tell_of(*supplement);
      }
    }
    return told;
  }

  void WriteProperties(const std::vector<const Release*>& releases) {
    const std::vector<std::pair<std::string, std::string>> told = PropertiesTold(releases);
    if (told.empty()) return;
    json_.StartList("property");
    for (const auto& [code, uri] : told) json_.StartObject().Text("code", code).TextIfAny("uri", uri).EndObject();
    json_.EndList();
  }

  // Whether all of a code system is included that does not say what its hierarchy means.
  bool HasWholeWithoutMeaning() const {
    return std::any_of(value_set_.includes.begin(), value_set_.includes.end(), [&](const Include& include) {
      if (include.system().empty() || !include.filters().empty()) return false;
      const absl::StatusOr<const Release*> release = ReleaseOf(set_, include);
      return release.ok() && (*release)->snapshot->hierarchy_meaning().empty();
    });
  }

  // Where a hierarchy may be shown, and nothing says that it is not wanted: what is excluded would leave holes, and a
  // page, a ranking, what was found in a whole code system, or one whose hierarchy may mean anything, is a list.
  bool Nests() const {
    const bool listed = std::any_of(value_set_.includes.begin(), value_set_.includes.end(),
                                    [](const Include& include) { return !include.codes().empty(); });
    if (listed) return false;
    if (asked_.exclude_nested) return !*asked_.exclude_nested;
    const bool imports = std::any_of(value_set_.includes.begin(), value_set_.includes.end(),
                                     [](const Include& include) { return !include.imports.empty(); });
    const bool found =
        !asked_.filter.empty() && std::any_of(value_set_.includes.begin(), value_set_.includes.end(),
                                              [](const Include& include) { return include.filters().empty(); });
    return !found && !imports && value_set_.excludes.empty() && !asked_.count && asked_.offset == 0 && !page_.ranked &&
           !HasWholeWithoutMeaning();
  }

  void WriteItems() {
    // By the nearest one above that is on the page; each in its place where no nesting was asked for.
    std::vector<std::vector<size_t>> below(page_.items.size());
    std::vector<size_t> roots;
    absl::flat_hash_map<std::pair<const Release*, uint32_t>, size_t> places;
    // What is listed by hand is in its place already.
    if (Nests()) {
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
      WriteItem(page_.items[index], details_[index]);
      if (!below[index].empty()) WriteList(below[index], below);
      json_.EndObject();
    }
    json_.EndList();
  }

  // Leaves the object open.
  void WriteItem(const ConceptRef& item, const Detail& detail) {
    json_.StartObject().Text("system", item.snapshot().url());
    if (IsAbstract(item)) json_.Flag("abstract", true);
    if (item.inactive()) json_.Flag("inactive", true);
    if (with_version_) json_.TextIfAny("version", item.snapshot().version());
    const ListedConcept* const listed = detail.listed;
    absl::string_view display = listed == nullptr ? "" : absl::string_view(listed->display);
    if (display.empty()) display = asked_.languages.DisplayOf(set_, item);
    json_.Text("code", item.code()).TextIfAny("display", display);
    // Who asks for some asks for designations.
    if (asked_.designations.value_or(!asked_.designation_tokens.empty())) WriteDesignations(item, display, listed);
    WriteItemExtensions(item, detail);
    if (!in_r4()) WriteItemProperties(item, detail, json_);
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
  void WriteDesignations(const ConceptRef& item, absl::string_view display, const ListedConcept* listed) {
    std::vector<query::DesignationOf> designations = query::DesignationsOf(set_, item);
    if (listed != nullptr) {
      for (const model::Designation& own : listed->designations) {
        designations.push_back(
            {item.release, {own.language, own.use.system, own.use.code, own.use.display, own.value}, own.extensions});
      }
    }
    const bool other = !asked_.languages.empty() && display != item.title() && !item.title().empty();
    designations.erase(std::remove_if(designations.begin(), designations.end(),
                                      [&](const query::DesignationOf& found) {
                                        return !Wanted(found.designation) ||
                                               (other && found.designation.value == display &&
                                                asked_.languages.Wants(found.designation.language));
                                      }),
                       designations.end());
    constexpr char kUses[] = "http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra";
    constexpr char kPreferred[] = "preferredForLanguage";
    const bool title = other && Wanted({item.snapshot().language(), kUses, kPreferred, "", item.title()});
    if (designations.empty() && !title) return;
    json_.StartList("designation");
    if (title) {
      json_.StartObject().TextIfAny("language", item.snapshot().language()).StartObject("use");
      json_.Text("system", kUses);
      json_.Text("code", kPreferred).Text("display", "Preferred For Language").EndObject();
      json_.Text("value", item.title()).EndObject();
    }
    for (const query::DesignationOf& found : designations) {
      json_.StartObject();
      const std::string extensions = CopiedExtensions(found.extensions);
      if (!extensions.empty()) json_.Raw("extension", extensions);
      json_.TextIfAny("language", found.designation.language);
      if (!found.designation.use.empty()) {
        json_.StartObject("use").TextIfAny("system", found.designation.use_system).Text("code", found.designation.use);
        json_.TextIfAny("display", found.designation.use_display).EndObject();
      }
      json_.Text("value", found.designation.value).EndObject();
    }
    json_.EndList();
  }

  // What is copied, and in R4 the properties too, which it has no element for.
  void WriteItemExtensions(const ConceptRef& item, const Detail& detail) {
    if (!in_r4()) {
      if (detail.extensions.copied.empty()) return;
      json_.StartList("extension");
      for (const std::string& copied : detail.extensions.copied) json_.RawElement(copied);
      json_.EndList();
      return;
    }
    base::JsonListWriter list;
    for (const std::string& copied : detail.extensions.copied) list.RawElement(copied);
    const bool any = WriteItemPropertyElements(item, detail, list) || !detail.extensions.copied.empty();
    if (any) json_.Raw("extension", list.Take());
  }

  void WriteItemProperties(const ConceptRef& item, const Detail& detail, base::JsonWriter& json) {
    base::JsonListWriter list;
    if (WriteItemPropertyElements(item, detail, list)) json.Raw("property", list.Take());
  }

  // Each as an element of the open list; whether there was one.
  bool WriteItemPropertyElements(const ConceptRef& item, const Detail& detail, base::JsonWriter& list) const {
    bool any = false;
    const auto write = [&](absl::string_view code, const auto& value) {
      any = true;
      list.StartObject();
      if (in_r4()) {
        list.Text("url", kItemPropertyExtension).StartList("extension");
        list.StartObject().Text("url", "code").Text("valueCode", code).EndObject();
        list.StartObject().Text("url", "value");
        value();
        list.EndObject().EndList();
      } else {
        list.Text("code", code);
        value();
      }
      list.EndObject();
    };
    const snapshot::Snapshot& snapshot = item.snapshot();
    if (asked_.Wants("definition") && !snapshot.definition(item.item).empty()) {
      write("definition", [&] { list.Text("valueString", snapshot.definition(item.item)); });
    }
    if (!detail.status.empty()) write("status", [&] { list.Text("valueCode", detail.status); });
    for (const ExtensionProperty& property : detail.extensions.properties) {
      write(property.code, [&] { list.Raw(property.field.c_str(), property.value); });
    }
    if (asked_.properties.empty()) return any;
    if (item.classified()) {
      if (asked_.Wants(kBillable)) write(kBillable, [&] { list.Flag("valueBoolean", item.billable()); });
      if (asked_.Wants(kKind)) {
        write(kKind, [&] { list.Text("valueCode", model::ConceptKindName(snapshot.kind(item.item))); });
      }
    }
    const std::optional<uint32_t> parent = snapshot.parent(item.item);
    if (parent && asked_.Wants(kParent)) {
      write(kParent, [&] { list.Text("valueCode", snapshot.code(*parent)); });
      for (const snapshot::ParentRecord& further : snapshot.other_parents(item.item)) {
        write(kParent, [&] { list.Text("valueCode", snapshot.code(further.parent)); });
      }
    }
    if (asked_.Wants(kChild)) {
      for (const ConceptRef& child : ChildrenOf(item)) {
        write(kChild, [&] { list.Text("valueCode", child.code()); });
      }
    }
    for (const query::PropertyOf& found : query::PropertiesOf(set_, item)) {
      const snapshot::Snapshot::PropertyView& property = found.property;
      const absl::string_view code = property.definition.code;
      const bool told = std::any_of(detail.extensions.properties.begin(), detail.extensions.properties.end(),
                                    [&](const ExtensionProperty& known) { return known.code == code; });
      if (told || !asked_.Wants(code)) continue;
      write(code, [&] { fhir::WritePropertyValue(property, list); });
    }
    return any;
  }

  // What a classification says of its codes by itself, as $lookup tells it.
  static bool IsOfClassification(absl::string_view name) { return name == kBillable || name == kKind; }

  // Of the code system itself.
  static std::vector<ConceptRef> ChildrenOf(const ConceptRef& item) {
    return query::Scope(item.release, {}, false).Children(item);
  }

  static std::pair<const Release*, uint32_t> Key(const ConceptRef& item) { return {item.release, item.item}; }

  bool in_r4() const { return asked_.version == fhir::Version::kR4; }

  static constexpr char kPropertyExtension[] =
      "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion.property";
  static constexpr char kItemPropertyExtension[] =
      "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion.contains.property";
  static constexpr char kBillable[] = "billable";
  static constexpr char kKind[] = "kind";
  static constexpr char kParent[] = "parent";
  static constexpr char kChild[] = "child";
  static constexpr char kStatusUri[] = "http://hl7.org/fhir/concept-properties#status";
  static constexpr char kLanguages[] = "urn:ietf:bcp:47";

  const ReleaseSet& set_;
  const ValueSet& value_set_;
  const ExpansionAsked& asked_;
  const ExpansionPage& page_;
  base::JsonWriter& json_;
  std::vector<Detail> details_;                                                   // of the concepts of the page
  absl::flat_hash_map<const Release*, std::vector<const Release*>> supplements_;  // active ones of each
  bool with_version_ = false;                                                     // several releases of one code system
};

}  // namespace

std::string WriteExpansion(const ReleaseSet& set, const ValueSet& value_set, const ExpansionAsked& asked,
                           const ExpansionPage& page) {
  base::JsonWriter json;
  json.Text("resourceType", "ValueSet");
  WriteMetadata(value_set, asked.definitions.value_or(false), json);
  ExpansionWriter(set, value_set, asked, page, json).Write();
  return json.Take();
}

}  // namespace nosograph::operations
