#include "service/rest/value_set.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "service/rest/resources.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::rest {
namespace {

using query::ConceptRef;
using simdjson::dom::element;
using simdjson::dom::object;
using snapshot::Release;
using snapshot::ReleaseSet;

absl::Status Wrong(absl::string_view field, absl::string_view value, absl::string_view problem,
                   absl::string_view remedy) {
  return base::FieldError(absl::StatusCode::kInvalidArgument, field, base::Excerpt(value), problem, remedy);
}

absl::Status NotUnderstood(absl::string_view field, absl::string_view what) {
  return base::FieldError(absl::StatusCode::kUnimplemented, field, base::Excerpt(what),
                          absl::StrCat("'", base::Excerpt(what), "' is not understood"),
                          "include systems, codes, and filters is-a and descendent-of on concept");
}

absl::Status TooMany(absl::string_view field) {
  return base::FieldError(absl::StatusCode::kResourceExhausted, field, "",
                          absl::StrCat("has more than ", kMostParts, " parts"), "ask in several value sets");
}

std::string TextOf(const object& from, const char* name) {
  std::string_view text;
  return from.at_key(name).get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

absl::StatusOr<Include> ReadInclude(element value, const std::string& field) {
  object from;
  if (value.get(from) != simdjson::SUCCESS) return Wrong(field, "", "is no object", "give one with a system");
  Include include{.system = TextOf(from, "system"), .version = TextOf(from, "version")};
  for (const auto& [key, part] : from) {
    simdjson::dom::array list;
    if (key == "concept") {
      if (part.get(list) != simdjson::SUCCESS) return Wrong(field + ".concept", "", "is no list", "give a list");
      for (const element each : list) {
        object listed;
        if (each.get(listed) != simdjson::SUCCESS)
          return Wrong(field + ".concept", "", "has what is no object", "give codes");
        std::string code = TextOf(listed, "code");
        if (include.listed.insert(code).second) include.codes.push_back(std::move(code));
      }
    } else if (key == "filter") {
      if (part.get(list) != simdjson::SUCCESS) return Wrong(field + ".filter", "", "is no list", "give a list");
      for (const element each : list) {
        object filter;
        if (each.get(filter) != simdjson::SUCCESS)
          return Wrong(field + ".filter", "", "has what is no object", "give filters");
        const std::string property = TextOf(filter, "property");
        const std::string op = TextOf(filter, "op");
        if (property != "concept" && property != "code") return NotUnderstood(field + ".filter.property", property);
        if (op != "is-a" && op != "descendent-of") return NotUnderstood(field + ".filter.op", op);
        include.below.push_back({TextOf(filter, "value"), op == "is-a"});
        if (include.below.back().code.empty()) return Wrong(field + ".filter.value", "", "is not given", "give a code");
      }
    } else if (key == "valueSet") {
      return NotUnderstood(field, "valueSet");
    }
  }
  if (include.system.empty()) return Wrong(field + ".system", "", "is not given", "give the code system");
  return include;
}

absl::Status ReadList(const object& compose, const char* name, std::vector<Include>& into) {
  element listed;
  if (compose.at_key(name).get(listed) != simdjson::SUCCESS) return absl::OkStatus();
  simdjson::dom::array list;
  const std::string field = absl::StrCat("ValueSet.compose.", name);
  if (listed.get(list) != simdjson::SUCCESS) return Wrong(field, "", "is no list", "give a list");
  for (const element each : list) {
    ASSIGN_OR_RETURN(Include include, ReadInclude(each, absl::StrCat(field, "[", into.size(), "]")));
    if (into.size() == kMostParts || include.below.size() > kMostParts) return TooMany(field);
    into.push_back(std::move(include));
  }
  return absl::OkStatus();
}

absl::StatusOr<ValueSet> ReadPosted(const std::string& json) {
  simdjson::dom::parser parser;
  object resource;
  if (parser.parse(json).get(resource) != simdjson::SUCCESS || TextOf(resource, "resourceType") != "ValueSet") {
    return Wrong("valueSet", "", "is no ValueSet", "give a ValueSet resource");
  }
  ValueSet value_set{.url = TextOf(resource, "url"),
                     .version = TextOf(resource, "version"),
                     .name = TextOf(resource, "name"),
                     .resource = json};
  object compose;
  if (resource.at_key("compose").get(compose) != simdjson::SUCCESS) {
    return Wrong("valueSet.compose", "", "is not given", "say what the value set includes");
  }
  RETURN_IF_ERROR(ReadList(compose, "include", value_set.includes));
  RETURN_IF_ERROR(ReadList(compose, "exclude", value_set.excludes));
  if (value_set.includes.empty()) return Wrong("valueSet.compose.include", "", "is empty", "include something");
  return value_set;
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
    return base::FieldError(
        absl::StatusCode::kNotFound, "url", base::Excerpt(url),
        absl::StrCat("A definition for the value Set '", base::Excerpt(canonical), "' could not be found"),
        "ask for URL?fhir_vs of a code system that is loaded, or post a ValueSet");
  }
  ValueSet value_set{.url = url, .version = version};
  value_set.includes.push_back({.system = std::string(known), .version = std::move(version)});
  if (!root.empty()) value_set.includes.front().below.push_back({root, true});
  return value_set;
}

// What of the include holds for a concept of its release.
bool Fits(const Include& include, const ConceptRef& item) {
  if (!include.codes.empty() && !include.listed.contains(item.code())) return false;
  return std::all_of(include.below.begin(), include.below.end(), [&](const Include::Below& below) {
    const std::optional<uint32_t> root = item.snapshot().Find(below.code);
    return root && ((below.itself && *root == item.item) || item.snapshot().IsAbove(*root, item.item));
  });
}

bool Has(const ReleaseSet& set, const Include& include, const ConceptRef& item) {
  const absl::StatusOr<const Release*> release = ReleaseOf(set, include);
  return release.ok() && (*release)->id == item.release->id && Fits(include, item);
}

bool Excluded(const ReleaseSet& set, const ValueSet& value_set, const ConceptRef& item) {
  return std::any_of(value_set.excludes.begin(), value_set.excludes.end(),
                     [&](const Include& exclude) { return Has(set, exclude, item); });
}

}  // namespace

absl::StatusOr<ValueSet> ReadValueSet(const ReleaseSet& set, const fhir::Parameters& parameters) {
  ASSIGN_OR_RETURN(const fhir::Parameter* const posted, parameters.One("valueSet"));
  ASSIGN_OR_RETURN(const std::string url, parameters.Text("url"));
  ASSIGN_OR_RETURN(const std::string version, parameters.Text("valueSetVersion"));
  if (posted != nullptr) return ReadPosted(posted->resource);
  if (url.empty()) return Wrong("url", "", "is not given", "give the canonical of a value set, or a valueSet");
  return ReadImplicit(set, version.empty() || absl::StrContains(url, "|") ? url : absl::StrCat(url, "|", version));
}

absl::StatusOr<const Release*> ReleaseOf(const ReleaseSet& set, const Include& include) {
  return set.Select(include.system, {.version = include.version});
}

absl::Status ForEach(const ReleaseSet& set, const ValueSet& value_set,
                     const std::function<bool(const ConceptRef& item)>& take) {
  absl::flat_hash_set<std::pair<const Release*, uint32_t>> seen;
  for (const Include& include : value_set.includes) {
    ASSIGN_OR_RETURN(const Release* const release, ReleaseOf(set, include));
    const snapshot::Snapshot& snapshot = *release->snapshot;
    const auto offer = [&](uint32_t index) {
      const ConceptRef item{release, index};
      if (!Fits(include, item)) return true;
      if (value_set.includes.size() > 1 && !seen.insert({release, index}).second) return true;
      return Excluded(set, value_set, item) || take(item);
    };
    if (!include.codes.empty()) {
      for (const std::string& code : include.codes) {
        const std::optional<uint32_t> item = snapshot.Find(code);
        if (item && !offer(*item)) return absl::OkStatus();
      }
      continue;
    }
    uint32_t begin = 0;
    uint32_t end = snapshot.concept_count();
    // Below one code what is left stands together, but for further parents.
    if (!include.below.empty() && !snapshot.has_several_parents()) {
      const std::optional<uint32_t> root = snapshot.Find(include.below.front().code);
      begin = root.value_or(end);
      end = root ? snapshot.subtree_end(*root) : end;
    }
    for (uint32_t index = begin; index < end; ++index) {
      if (!offer(index)) return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

bool Holds(const ReleaseSet& set, const ValueSet& value_set, const ConceptRef& item) {
  const bool included = std::any_of(value_set.includes.begin(), value_set.includes.end(),
                                    [&](const Include& include) { return Has(set, include, item); });
  return included && !Excluded(set, value_set, item);
}

}  // namespace nosograph::rest
