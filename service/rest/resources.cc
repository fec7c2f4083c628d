#include "service/rest/resources.h"

#include <algorithm>
#include <boost/url.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/json_writer.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::rest {
namespace {

using snapshot::Release;
using snapshot::ReleaseSet;
using snapshot::Snapshot;

constexpr size_t kLongestId = 64;

// What may stand in an id; all else becomes a dash.
std::string Plain(absl::string_view text) {
  std::string plain;
  for (const char c : text) plain += absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' ? c : '-';
  return plain;
}

std::string ShortId(const Release& release) {
  absl::string_view url = release.snapshot->url();
  while (absl::EndsWith(url, "/")) url.remove_suffix(1);
  const size_t slash = url.find_last_of("/:");
  const std::string id = absl::StrCat(Plain(slash == absl::string_view::npos ? url : url.substr(slash + 1)), "-",
                                      Plain(release.snapshot->version()));
  return id.size() <= kLongestId ? id : release.id;  // 64 hexadecimal digits
}

bool IsValueSet(ResourceType type, const Release& release) {
  return type == ResourceType::kCodeSystem || release.snapshot->supplements().empty();
}

// "ICD-10-CM" becomes ICD10CM: a name is what a program could call it.
std::string NameOf(const Snapshot& snapshot) {
  if (!snapshot.name().empty()) return std::string(snapshot.name());
  std::string name;
  for (const char c : snapshot.title()) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) name += c;
  }
  return name.empty() || absl::ascii_isdigit(static_cast<unsigned char>(name[0])) ? absl::StrCat("CS", name) : name;
}

void WriteCodeSystem(const std::string& id, const Release& release, base::JsonWriter& json) {
  const Snapshot& snapshot = *release.snapshot;
  const bool supplement = !snapshot.supplements().empty();
  json.Text("resourceType", "CodeSystem").Text("id", id).Text("url", snapshot.url());
  if (snapshot.url() == model::kIcd10CmUrl) {
    json.StartList("identifier")
        .StartObject()
        .Text("system", "urn:ietf:rfc:3986")
        .Text("value", absl::StrCat("urn:oid:", model::kIcd10CmOid))
        .EndObject()
        .EndList();
  }
  json.TextIfAny("version", snapshot.version())
      .Text("name", NameOf(snapshot))
      .TextIfAny("title", snapshot.title())
      .Text("status", snapshot.status().empty() ? "active" : snapshot.status())
      .Flag("experimental", false)
      .TextIfAny("publisher", snapshot.publisher())
      .TextIfAny("description", snapshot.description())
      .TextIfAny("copyright", snapshot.copyright())
      .Flag("caseSensitive", snapshot.case_sensitive());
  if (!supplement) json.Text("valueSet", ValueSetUrl(snapshot));
  json.TextIfAny("hierarchyMeaning", snapshot.hierarchy_meaning());
  // The concepts are asked for by operations; a resource without them must not look like one that has none.
  json.Text("content", supplement ? "supplement" : "not-present");
  if (supplement) {
    json.Text("supplements", snapshot.supplements_version().empty()
                                 ? std::string(snapshot.supplements())
                                 : absl::StrCat(snapshot.supplements(), "|", snapshot.supplements_version()));
  }
  json.Number("count", snapshot.concept_count());
  if (snapshot.property_definition_count() == 0) return;
  json.StartList("property");
  for (uint32_t i = 0; i < snapshot.property_definition_count(); ++i) {
    const Snapshot::PropertyDefinitionView property = snapshot.ReadPropertyDefinition(i);
    json.StartObject()
        .Text("code", property.code)
        .TextIfAny("uri", property.uri)
        .TextIfAny("description", property.description)
        .Text("type", model::PropertyTypeName(property.type))
        .EndObject();
  }
  json.EndList();
}

void WriteValueSet(const std::string& id, const Release& release, base::JsonWriter& json) {
  const Snapshot& snapshot = *release.snapshot;
  json.Text("resourceType", "ValueSet")
      .Text("id", id)
      .Text("url", ValueSetUrl(snapshot))
      .TextIfAny("version", snapshot.version())
      .Text("name", absl::StrCat(NameOf(snapshot), "Codes"))
      .Text("title", absl::StrCat("All codes of ", snapshot.title()))
      .Text("status", snapshot.status().empty() ? "active" : snapshot.status())
      .Flag("experimental", false)
      .TextIfAny("publisher", snapshot.publisher())
      .TextIfAny("copyright", snapshot.copyright())
      .Flag("immutable", true)
      .StartObject("compose")
      .StartList("include")
      .StartObject()
      .Text("system", snapshot.url())
      .TextIfAny("version", snapshot.version())
      .EndObject()
      .EndList()
      .EndObject();
}

void Write(const ReleaseSet& set, ResourceType type, const Release& release, base::JsonWriter& json) {
  const std::string id = ResourceId(set, release);
  type == ResourceType::kCodeSystem ? WriteCodeSystem(id, release, json) : WriteValueSet(id, release, json);
}

std::string UrlOf(ResourceType type, const Release& release) {
  return type == ResourceType::kCodeSystem ? std::string(release.snapshot->url()) : ValueSetUrl(*release.snapshot);
}

// The address of a page of a search, with what was understood of it.
std::string LinkOf(const std::string& address, const std::vector<std::pair<const char*, std::string>>& asked) {
  boost::urls::url link(address);
  for (const auto& [name, value] : asked) {
    if (!value.empty()) link.params().append({name, value});
  }
  return std::string(link.buffer());
}

const char* TypeName(ResourceType type) { return type == ResourceType::kCodeSystem ? "CodeSystem" : "ValueSet"; }

}  // namespace

std::string ValueSetUrl(const Snapshot& snapshot) {
  return snapshot.value_set().empty() ? absl::StrCat(snapshot.url(), "?fhir_vs") : std::string(snapshot.value_set());
}

std::string ResourceId(const ReleaseSet& set, const Release& release) {
  const std::string id = ShortId(release);
  for (const Release& other : set.releases()) {
    if (other.id != release.id && ShortId(other) == id) return release.id;
  }
  return id;
}

const Release* FindById(const ReleaseSet& set, absl::string_view id) {
  for (const Release& release : set.releases()) {
    if (ResourceId(set, release) == id) return &release;
  }
  return nullptr;
}

Reply ReadResource(const ReleaseSet& set, ResourceType type, absl::string_view id) {
  const Release* const release = FindById(set, id);
  if (release == nullptr || !IsValueSet(type, *release)) {
    return ErrorReply(404,
                      {.code = "not-found",
                       .text = absl::StrCat("there is no ", TypeName(type), " with the id '", base::Excerpt(id), "'")});
  }
  base::JsonWriter json;
  Write(set, type, *release, json);
  return {200, json.Take()};
}

Reply SearchResources(const ReleaseSet& set, ResourceType type, const std::string& base,
                      const fhir::Parameters& parameters) {
  const auto read = [&]() -> absl::StatusOr<Reply> {
    ASSIGN_OR_RETURN(const std::string url, parameters.Text("url"));
    ASSIGN_OR_RETURN(const std::string version, parameters.Text("version"));
    ASSIGN_OR_RETURN(const std::string id, parameters.Text("_id"));
    ASSIGN_OR_RETURN(const std::string name, parameters.Text("name"));
    ASSIGN_OR_RETURN(const std::string title, parameters.Text("title"));
    ASSIGN_OR_RETURN(const std::string status, parameters.Text("status"));
    ASSIGN_OR_RETURN(const std::string summary, parameters.Text("_summary"));
    ASSIGN_OR_RETURN(const std::optional<uint32_t> count, parameters.Number("_count"));
    ASSIGN_OR_RETURN(const std::optional<uint32_t> offset, parameters.Number("_offset"));
    auto [plain, wanted] = fhir::PartCanonical(url);
    if (!version.empty()) wanted = version;
    std::vector<const Release*> found;
    for (const Release& release : set.releases()) {
      const Snapshot& snapshot = *release.snapshot;
      const bool by_url = plain.empty() || UrlOf(type, release) == plain ||
                          (type == ResourceType::kCodeSystem && snapshot::CanonicalSystem(plain) == snapshot.url());
      const bool fits = IsValueSet(type, release) && by_url && (wanted.empty() || snapshot.version() == wanted) &&
                        (id.empty() || ResourceId(set, release) == id) &&
                        (name.empty() || absl::StartsWithIgnoreCase(NameOf(snapshot), name)) &&
                        (title.empty() || absl::StartsWithIgnoreCase(snapshot.title(), title)) &&
                        (status.empty() || (snapshot.status().empty() ? "active" : snapshot.status()) == status);
      if (fits) found.push_back(&release);
    }
    // The release that answers where none is asked for comes first: clients take the first.
    std::stable_sort(found.begin(), found.end(),
                     [](const Release* a, const Release* b) { return a->active > b->active; });
    const auto text_of = [](const std::optional<uint32_t>& number) { return number ? absl::StrCat(*number) : ""; };
    const auto link = [&](const std::string& from) {
      return LinkOf(absl::StrCat(base, "/", TypeName(type)), {{"url", url},
                                                              {"version", version},
                                                              {"_id", id},
                                                              {"name", name},
                                                              {"title", title},
                                                              {"status", status},
                                                              {"_summary", summary},
                                                              {"_count", text_of(count)},
                                                              {"_offset", from}});
    };
    base::JsonWriter json;
    json.Text("resourceType", "Bundle").Text("type", "searchset").Number("total", static_cast<int64_t>(found.size()));
    const size_t begin = std::min<size_t>(offset.value_or(0), found.size());
    const size_t end = summary == "count" ? begin : std::min(found.size(), begin + count.value_or(UINT16_MAX));
    json.StartList("link");
    json.StartObject().Text("relation", "self").Text("url", link(text_of(offset))).EndObject();
    if (end > begin && end < found.size()) {
      json.StartObject().Text("relation", "next").Text("url", link(absl::StrCat(end))).EndObject();
    }
    json.EndList();
    if (begin == end) return Reply{200, json.Take()};
    json.StartList("entry");
    for (size_t i = begin; i < end; ++i) {
      json.StartObject()
          .Text("fullUrl", absl::StrCat(base, "/", TypeName(type), "/", ResourceId(set, *found[i])))
          .StartObject("resource");
      Write(set, type, *found[i], json);
      json.EndObject().StartObject("search").Text("mode", "match").EndObject().EndObject();
    }
    json.EndList();
    return Reply{200, json.Take()};
  };
  absl::StatusOr<Reply> reply = read();
  return reply.ok() ? *std::move(reply) : ErrorReply(reply.status());
}

}  // namespace nosograph::rest
