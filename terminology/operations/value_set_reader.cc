#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/outcome.h"
#include "terminology/model/version_order.h"
#include "terminology/operations/messages.h"
#include "terminology/operations/request_content.h"
#include "terminology/operations/value_set.h"

namespace nosograph::operations {
namespace {

using snapshot::Release;
using snapshot::ReleaseSet;

absl::Status UnknownValueSet(const std::string& canonical) {
  return fhir::StatusOf(absl::StatusCode::kNotFound,
                        {.code = "not-found",
                         .about = "not-found",
                         .message_id = "Unable_to_resolve_value_Set_",
                         .text = Message("Unable_to_resolve_value_Set_", {base::Excerpt(canonical)}),
                         .diagnostics = "ask for URL?fhir_vs of a code system that is loaded, or send the ValueSet"});
}

// The day that the releases are to be of; empty for the active ones.
struct Day {
  std::string date = {};
  const char* said_by = "date";
};

// Where nobody asks for a version, that of the release that was valid on `day`; empty for the active one. Systems whose
// releases say nothing of their days are left alone. Errors: FailedPrecondition where none was valid.
absl::Status TakeDay(const ReleaseSet& set, const std::string& system, const Day& day, SystemVersions::Asked& asked) {
  if (day.date.empty() || system.empty() || asked.origin != VersionOrigin::kNone) return absl::OkStatus();
  const absl::string_view known = snapshot::CanonicalSystem(system);
  const bool dated = std::any_of(set.releases().begin(), set.releases().end(), [&](const Release& release) {
    return release.snapshot->url() == known && !release.valid_from.empty();
  });
  if (!dated) return absl::OkStatus();
  const absl::StatusOr<const Release*> release = set.Select(known, {.date = day.date});
  if (!release.ok()) {
    return fhir::StatusOf(absl::StatusCode::kFailedPrecondition,
                          {.code = "not-found",
                           .about = "not-found",
                           .text = absl::StrCat("No release of the CodeSystem '", base::Excerpt(system),
                                                "' that was valid on ", day.date, " is loaded"),
                           .expression = day.said_by,
                           .diagnostics = "import the release of that day, or ask for another day"});
  }
  asked.version = std::string((*release)->snapshot->version());
  return absl::OkStatus();
}

// Code systems that a request wants left out, and which version of each; empty for all.
using LeftOut = std::vector<std::pair<std::string, std::string>>;

// Errors: InvalidArgument for what names no code system.
absl::StatusOr<LeftOut> ReadLeftOut(const fhir::Parameters& parameters) {
  LeftOut left_out;
  for (const std::string& canonical : parameters.Texts(kExcludeSystem)) {
    auto [system, version] = fhir::PartCanonical(canonical);
    if (system.empty()) {
      return base::InvalidField(kExcludeSystem, canonical, "names no code system",
                                "write it as SYSTEM or SYSTEM|VERSION");
    }
    left_out.emplace_back(snapshot::CanonicalSystem(system), std::move(version));
  }
  return left_out;
}

// Whether a code system is left out, all of it, or the version that an include asks for.
bool IsLeftOut(const ReleaseSet& set, const LeftOut& left_out, absl::string_view system, absl::string_view asked) {
  if (left_out.empty() || system.empty()) return false;
  const absl::string_view known = snapshot::CanonicalSystem(system);
  return std::any_of(left_out.begin(), left_out.end(), [&](const auto& left) {
    if (left.first != known) return false;
    if (left.second.empty()) return true;
    const Release* const release = FindVersion(set, known, asked);
    return model::FitsVersion(left.second, release == nullptr ? asked : release->snapshot->version());
  });
}

// Of versions that are stated of one system the later first, so that what is offered twice is the latest: of
// neighbours, or, where one version of a code stands for all, wherever they are.
void PutLaterFirst(const ReleaseSet& set, bool merges, std::vector<Include>& includes) {
  if (includes.size() < 2) return;
  std::vector<const Release*> releases;  // of each; null where it is not there
  releases.reserve(includes.size());
  for (const Include& include : includes) {
    releases.push_back(include.stated().empty() ? nullptr : FindVersion(set, include.system(), include.version));
  }
  const auto later = [&](size_t a, size_t b) {
    return releases[a] != nullptr && releases[b] != nullptr
               ? IsLater(*releases[a], *releases[b])
               : model::IsLaterVersion("", includes[a].version, includes[b].version);
  };
  for (size_t i = 1; i < includes.size(); ++i) {
    size_t at = i;
    for (size_t j = i; j-- > 0;) {
      const Include& before = includes[j];
      const Include& behind = includes[at];
      if (merges && before.system() != behind.system()) continue;
      if (before.system().empty() || before.system() != behind.system() || behind.stated().empty() ||
          before.stated().empty() || before.version == behind.version || !later(at, j)) {
        break;
      }
      std::swap(includes[j], includes[at]);
      std::swap(releases[j], releases[at]);
      at = j;
    }
  }
}

// "URL?fhir_vs" and "URL?fhir_vs=isa/CODE", "URL/vs", or what a code system calls its own value set.
absl::StatusOr<ValueSet> ReadImplicit(const ReleaseSet& set, const std::string& canonical,
                                      const SystemVersions& versions, const LeftOut& left_out, const Day& day) {
  auto [url, version] = fhir::PartCanonical(canonical);
  absl::string_view system = url;
  std::string root;
  if (const size_t mark = url.find("?fhir_vs"); mark != std::string::npos) {
    system = system.substr(0, mark);
    absl::string_view rest = absl::string_view(url).substr(mark + 8);
    if (absl::ConsumePrefix(&rest, "=isa/")) root = std::string(rest);
    if (root.empty() && !rest.empty()) {
      return base::FieldError(absl::StatusCode::kUnimplemented, "url", base::Excerpt(url),
                              "is no implicit value set that is understood",
                              "ask for URL?fhir_vs or URL?fhir_vs=isa/CODE");
    }
  } else {
    (void)absl::ConsumeSuffix(&system, "/vs");
    for (const Release& release : set.releases()) {
      if (release.snapshot->value_set().empty() || release.snapshot->value_set() != url) continue;
      if (!version.empty() ? release.snapshot->version() != version : !release.active) continue;
      system = release.snapshot->url();
      version = std::string(release.snapshot->version());
    }
    if (system == url) system = {};
  }
  const absl::string_view known = snapshot::CanonicalSystem(system);
  if (system.empty() || !set.Has(known)) {
    return UnknownValueSet(canonical);
  }
  ValueSet value_set{.url = url, .version = version};
  IncludeDefinition whole{.system = std::string(known), .version = std::move(version)};
  SystemVersions::Asked in = versions.For(whole.system, whole.version);
  RETURN_IF_ERROR(TakeDay(set, whole.system, day, in));
  if (IsLeftOut(set, left_out, whole.system, in.version)) return value_set;
  if (!root.empty()) whole.filters.push_back({"concept", "is-a", root});
  value_set.includes.push_back(
      {std::make_shared<const IncludeDefinition>(std::move(whole)), std::move(in.version), in.origin, {}});
  return value_set;
}

absl::Status TooManyImports() {
  return base::FieldError(absl::StatusCode::kResourceExhausted, "ValueSet.compose.include.valueSet", "",
                          absl::StrCat("imports go deeper than ", kDeepestImport, ", or there are more than ",
                                       kMostImports, " of them, through others too"),
                          "import less, or ask in several value sets");
}

// `path` are the value sets from the one that comes round, outermost first.
absl::Status Cyclic(const std::string& canonical, const std::vector<std::string>& path) {
  return fhir::StatusOf(absl::StatusCode::kInvalidArgument,
                        {.code = "processing",
                         .about = "vs-invalid",
                         .message_id = "VALUESET_CIRCULAR_REFERENCE",
                         .text = Message("VALUESET_CIRCULAR_REFERENCE",
                                         {base::Excerpt(canonical), base::Excerpt(absl::StrJoin(path, ", "), 1000)}),
                         .diagnostics = "take one of the imports out"});
}

// Finds out what a definition means: which versions, and which value sets.
class ValueSetReader {
 public:
  ValueSetReader(const Content& content, const fhir::Parameters& parameters, const SystemVersions& versions,
                 const LeftOut& left_out, std::string day, Purpose purpose)
      : content_(content),
        parameters_(parameters),
        versions_(versions),
        left_out_(left_out),
        day_{std::move(day)},
        purpose_(purpose) {}

  // One that stands by itself, and so may be imported by what it imports.
  absl::StatusOr<ValueSet> ReadPosted(std::shared_ptr<const ValueSetDefinition> definition) {
    open_.push_back({definition->url, CanonicalOf(*definition)});
    const ValueSetDefinition& container = *definition;
    return Read(std::move(definition), container);
  }

  absl::StatusOr<ValueSet> Find(const std::string& asked) {
    auto [url, version] = fhir::PartCanonical(asked);
    const bool pinned = version.empty();
    if (pinned) version = DefaultVersion(url);
    const std::string canonical = version.empty() ? url : absl::StrCat(url, "|", version);
    RETURN_IF_ERROR(CheckOpen(url));
    if (open_.size() >= kDeepestImport || ++read_ > kMostImports) {
      return TooManyImports();
    }
    std::shared_ptr<const ValueSetDefinition> definition = content_.FindValueSet(url, version);
    if (definition == nullptr) {
      return ReadImplicit(content_.releases, canonical, versions_, left_out_, day_);
    }
    open_.push_back({url, CanonicalOf(*definition)});
    const ValueSetDefinition& container = *definition;
    absl::StatusOr<ValueSet> found = Read(std::move(definition), container);
    open_.pop_back();
    if (found.ok()) found->pinned = pinned && !version.empty();
    return found;
  }

 private:
  struct Open {
    std::string name;  // its url, or "#id" of a contained one
    std::string canonical;
  };

  static std::string CanonicalOf(const ValueSetDefinition& definition) {
    return definition.version.empty() ? definition.url : absl::StrCat(definition.url, "|", definition.version);
  }

  // Errors: InvalidArgument where it is being read already.
  absl::Status CheckOpen(const std::string& name) const {
    const auto found = std::find_if(open_.begin(), open_.end(), [&](const Open& open) { return open.name == name; });
    if (found == open_.end()) return absl::OkStatus();
    std::vector<std::string> path;
    for (auto each = found; each != open_.end(); ++each) path.push_back(each->canonical);
    return Cyclic(found->canonical, path);
  }

  // What default-valueset-version says of it; empty for nothing.
  std::string DefaultVersion(const std::string& url) const {
    for (const std::string& text : parameters_.Texts("default-valueset-version")) {
      auto [of, version] = fhir::PartCanonical(text);
      if (of == url) return version;
    }
    return "";
  }

  absl::StatusOr<ValueSet> Read(std::shared_ptr<const ValueSetDefinition> definition,
                                const ValueSetDefinition& container) {
    RETURN_IF_ERROR(definition->problem);
    if (!definition->composed) {
      return base::InvalidField("valueSet.compose", "", "is not given", "say what the value set includes");
    }
    ValueSet value_set{.url = definition->url, .version = definition->version, .definition = definition};
    // The day that a value set is locked to is part of what it is, and holds for what it imports; the request's counts
    // for others.
    const Day before = day_;
    if (!definition->locked_date.empty()) day_ = {definition->locked_date, "ValueSet.compose.lockedDate"};
    absl::Status read = ReadList(definition->includes, container, value_set.includes);
    if (read.ok()) read = ReadList(definition->excludes, container, value_set.excludes);
    PutLaterFirst(content_.releases, value_set.merges(), value_set.includes);
    day_ = before;
    RETURN_IF_ERROR(read);
    return value_set;
  }

  absl::Status ReadList(const std::vector<std::shared_ptr<const IncludeDefinition>>& list,
                        const ValueSetDefinition& container, std::vector<Include>& into) {
    for (const std::shared_ptr<const IncludeDefinition>& each : list) {
      SystemVersions::Asked asked = versions_.For(each->system, each->version);
      RETURN_IF_ERROR(TakeDay(content_.releases, each->system, day_, asked));
      if (IsLeftOut(content_.releases, left_out_, each->system, asked.version)) continue;
      Include include{each, std::move(asked.version), asked.origin, {}};
      for (const std::string& canonical : each->value_sets) {
        ASSIGN_OR_RETURN(auto imported, Import(canonical, container));
        include.imports.push_back(std::move(imported));
      }
      into.push_back(std::move(include));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::shared_ptr<const ValueSet>> Import(const std::string& canonical,
                                                         const ValueSetDefinition& container) {
    if (!absl::StartsWith(canonical, "#")) {
      absl::StatusOr<ValueSet> found = Find(canonical);
      // Told as it is, but apart from a value set that was asked for and is not there.
      if (absl::IsNotFound(found.status())) {
        return fhir::StatusOf(absl::StatusCode::kFailedPrecondition, UnknownImport(canonical, found.status()));
      }
      if (!found.ok()) return found.status();
      return std::make_shared<const ValueSet>(*std::move(found));
    }
    for (const std::shared_ptr<const ValueSetDefinition>& contained : container.contained) {
      if (contained->id != canonical.substr(1)) continue;
      if (open_.size() >= kDeepestImport || ++read_ > kMostImports) return TooManyImports();
      RETURN_IF_ERROR(CheckOpen(canonical));
      open_.push_back({canonical, canonical});
      absl::StatusOr<ValueSet> found = Read(contained, container);
      open_.pop_back();
      if (!found.ok()) return found.status();
      found->contained = true;
      return std::make_shared<const ValueSet>(*std::move(found));
    }
    return UnknownValueSet(canonical);
  }

  // Says which version was to be imported, where the import or default-valueset-version says it.
  fhir::Issue UnknownImport(const std::string& canonical, const absl::Status& status) const {
    fhir::Issue issue = fhir::IssueOf(status);
    auto [url, version] = fhir::PartCanonical(canonical);
    if (version.empty()) version = DefaultVersion(url);
    if (version.empty() || purpose_ == Purpose::kValidation) return issue;
    issue.message_id = "VS_EXP_IMPORT_UNK_PINNED";
    issue.text = Message(issue.message_id, {base::Excerpt(url), base::Excerpt(version)});
    return issue;
  }

  const Content& content_;
  const fhir::Parameters& parameters_;
  const SystemVersions& versions_;
  const LeftOut& left_out_;
  Day day_;
  const Purpose purpose_;
  std::vector<Open> open_;  // what is being read, outermost first
  size_t read_ = 0;         // value sets, each as often as it is imported
};

}  // namespace

absl::StatusOr<ValueSet> ReadValueSet(const Content& content, const fhir::Parameters& parameters,
                                      const SystemVersions& versions, Purpose purpose) {
  ASSIGN_OR_RETURN(const fhir::Parameter* const posted, parameters.One("valueSet"));
  ASSIGN_OR_RETURN(const std::string url, parameters.Text("url"));
  ASSIGN_OR_RETURN(const std::string version, parameters.Text("valueSetVersion"));
  ASSIGN_OR_RETURN(std::string day, ReadDay(parameters));
  if (posted == nullptr && url.empty()) {
    return base::InvalidField("url", "", "is not given", "give the canonical of a value set, or a valueSet");
  }
  LeftOut left_out;
  if (purpose == Purpose::kExpansion) {
    ASSIGN_OR_RETURN(left_out, ReadLeftOut(parameters));
  }
  ValueSetReader reader(content, parameters, versions, left_out, std::move(day), purpose);
  absl::StatusOr<ValueSet> value_set =
      posted != nullptr
          ? reader.ReadPosted(PostedValueSet(content, posted->resource))
          : reader.Find(version.empty() || absl::StrContains(url, "|") ? url : absl::StrCat(url, "|", version));
  if (value_set.ok()) value_set->left_out = std::move(left_out);
  return value_set;
}

}  // namespace nosograph::operations
