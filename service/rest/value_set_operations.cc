#include "service/rest/value_set_operations.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "service/rest/code_system_operations.h"
#include "service/rest/display_languages.h"
#include "service/rest/expansion.h"
#include "service/rest/messages.h"
#include "service/rest/parameter_names.h"
#include "service/rest/request_content.h"
#include "service/rest/status_checks.h"
#include "service/rest/value_set.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/base/words.h"
#include "terminology/fhir/parameters_writer.h"
#include "terminology/model/version_order.h"
#include "terminology/query/lookup.h"
#include "terminology/query/search.h"

namespace nosograph::rest {
namespace {

using fhir::Issue;
using query::ConceptRef;
using snapshot::Release;
using snapshot::ReleaseSet;

constexpr char kValidation[] = "validation";
constexpr size_t kMostValidations = 1000;

// The code that a value set of one filter lies below; empty for others.
std::string UnderOf(const Include& include) {
  if (include.filters().empty()) return "";
  const Filter& first = include.filters().front();
  return first.op == "is-a" || first.op == "descendent-of" ? first.value : "";
}

// Whether it speaks of a code system that has no index of words, or of value sets alone.
bool HasSent(const ReleaseSet& set, const ValueSet& value_set) {
  for (const Include& include : value_set.includes) {
    const absl::StatusOr<const Release*> release = ReleaseOf(set, include);
    if (!release.ok() || (*release)->snapshot->text_index().document_count() == 0) return true;
  }
  return false;
}

std::string Folded(absl::string_view text) {
  constexpr size_t kMostWords = 1000;
  std::string folded;
  for (const base::Word& word : base::WordsOf(text, kMostWords)) absl::StrAppend(&folded, word.folded, " ");
  return std::string(absl::StripAsciiWhitespace(folded));
}

// Those whose names have the text, in the order of the value set: for code systems without an index of words.
absl::Status FilterNames(const ReleaseSet& set, const ValueSet& value_set, const ExpansionAsked& asked,
                         ExpansionPage& page) {
  const std::string wanted = Folded(asked.filter);
  return ForEach(set, value_set, [&](const ConceptRef& item) {
    if (asked.active_only && item.inactive()) return true;
    bool found = absl::StrContains(Folded(item.title()), wanted) || absl::StrContains(Folded(item.code()), wanted);
    for (const query::DesignationOf& other : query::DesignationsOf(set, item)) {
      found = found || absl::StrContains(Folded(other.designation.value), wanted);
    }
    if (!found) return true;
    if (asked.OnPage(page.total)) page.items.push_back(item);
    ++page.total;
    return true;
  });
}

// What the engine's search finds, best first, as far as the value set has it.
absl::Status Search(const ReleaseSet& set, const ValueSet& value_set, const ExpansionAsked& asked,
                    ExpansionPage& page) {
  page.ranked = true;
  absl::flat_hash_set<std::pair<const Release*, uint32_t>> seen;
  if (base::WordsOf(asked.filter, 1).empty()) return absl::OkStatus();  // no name has it
  if (HasSent(set, value_set)) {
    page.ranked = false;
    return FilterNames(set, value_set, asked, page);
  }
  for (const Include& include : value_set.includes) {
    ASSIGN_OR_RETURN(const Release* const release, ReleaseOf(set, include));
    const bool whole = include.codes().empty() && include.filters().size() <= (UnderOf(include).empty() ? 0U : 1U) &&
                       include.imports.empty() && value_set.excludes.empty() &&
                       (UnderOf(include).empty() || release->snapshot->hierarchy_meaning() != "part-of") &&
                       value_set.about().inactive && !asked.active_only;
    const uint64_t wanted = uint64_t{asked.offset} + asked.count.value_or(kMostWithoutCount);
    // What is left out afterwards must not leave the page short.
    const auto count =
        static_cast<uint32_t>(whole ? std::clamp<uint64_t>(wanted, 1, query::kMostHits) : uint64_t{query::kMostHits});
    const std::string under = UnderOf(include);
    uint64_t here = 0;
    uint64_t total = 0;
    std::string token;
    do {
      // Made codes stand under the code they are made of, so that pages of any size meet.
      absl::StatusOr<query::SearchAnswer> answer =
          query::Search(set, {.text = asked.filter,
                              .system = include.system(),
                              .release = {.version = release->snapshot->version()},
                              .with_extensions = false,
                              .under = under,
                              .fold = query::Fold::kAlways,
                              .count = count,
                              .page_token = token});
      RETURN_IF_ERROR(answer.status());
      for (const query::SearchHit& hit : answer->hits) {
        const ConceptRef& item = hit.item;
        if (!Holds(set, value_set, item) || (asked.active_only && item.inactive())) continue;
        if (!seen.insert({item.release, item.item}).second) continue;
        if (asked.OnPage(page.total + here)) page.items.push_back(item);
        ++here;
      }
      total = answer->total;
      token = std::move(answer->next_page_token);
    } while (!token.empty() && (!whole || here < wanted));
    page.total += whole ? std::max(here, total) : here;
  }
  return absl::OkStatus();
}

absl::Status Enumerate(const ReleaseSet& set, const ValueSet& value_set, const ExpansionAsked& asked,
                       ExpansionPage& page) {
  return ForEach(set, value_set, [&](const ConceptRef& item) {
    if (asked.active_only && item.inactive()) return true;
    if (asked.OnPage(page.total)) page.items.push_back(item);
    ++page.total;
    // Without a count more than there may be is as good as all.
    return asked.count.has_value() || page.total <= kMostWithoutCount;
  });
}

absl::StatusOr<std::optional<bool>> GivenFlag(const fhir::Parameters& parameters, absl::string_view name) {
  if (!parameters.Has(name)) return std::nullopt;
  ASSIGN_OR_RETURN(const bool flag, parameters.Flag(name, false));
  return std::optional(flag);
}

// The languages that displays are wanted in where the request does not say: what the composition says, else the header
// of the request, else the value set's own. Errors: as of DisplayLanguages::Read.
absl::StatusOr<DisplayLanguages> UsualLanguages(const fhir::Parameters& parameters, const ValueSet& value_set) {
  ASSIGN_OR_RETURN(const std::string header, parameters.Text(kAcceptLanguage));
  const ValueSetDefinition& about = value_set.about();
  for (const std::string* said : {&about.display_language, &header, &about.language}) {
    if (!said->empty()) return DisplayLanguages::Read(*said);
  }
  return DisplayLanguages();
}

absl::StatusOr<Reply> ExpandOrSay(const Content& content, const fhir::Parameters& parameters, fhir::Version version) {
  const ReleaseSet& set = content.releases;
  ExpansionAsked asked;
  asked.version = version;
  ASSIGN_OR_RETURN(asked.filter, parameters.Text("filter"));
  asked.filter = std::string(absl::StripAsciiWhitespace(asked.filter));
  ASSIGN_OR_RETURN(asked.count, parameters.Number("count"));
  ASSIGN_OR_RETURN(const std::optional<uint32_t> offset, parameters.Number("offset"));
  ASSIGN_OR_RETURN(asked.active_given, GivenFlag(parameters, "activeOnly"));
  ASSIGN_OR_RETURN(asked.exclude_nested, GivenFlag(parameters, "excludeNested"));
  ASSIGN_OR_RETURN(asked.designations, GivenFlag(parameters, "includeDesignations"));
  ASSIGN_OR_RETURN(asked.definitions, GivenFlag(parameters, "includeDefinition"));
  asked.properties = parameters.Texts("property");
  asked.active_only = asked.active_given.value_or(false);
  asked.offset = offset.value_or(0);
  ASSIGN_OR_RETURN(asked.versions, SystemVersions::Read(parameters));
  ASSIGN_OR_RETURN(const std::string language, parameters.Text(kDisplayLanguage));
  ASSIGN_OR_RETURN(asked.languages, DisplayLanguages::Read(language));
  asked.designation_tokens = parameters.Texts("designation");
  ASSIGN_OR_RETURN(ValueSet value_set, ReadValueSet(content, parameters, Purpose::kExpansion));
  RETURN_IF_ERROR(CheckFilters(set, value_set));
  RETURN_IF_ERROR(CheckExcludes(set, value_set));
  if (asked.properties.empty()) asked.properties = value_set.about().properties;
  if (language.empty()) {
    ASSIGN_OR_RETURN(asked.languages, UsualLanguages(parameters, value_set));
  }
  for (const Release* release : ReleasesOf(set, value_set)) {
    const std::string system(release->snapshot->url());
    const std::string required = asked.versions.Required(system);
    if (required.empty() || model::FitsVersion(required, release->snapshot->version())) continue;
    return ErrorReply(422, WrongVersion(system, release->snapshot->version(), required, ""));
  }
  ExpansionPage page;
  if (!asked.filter.empty()) {
    RETURN_IF_ERROR(Search(set, value_set, asked, page));
  } else {
    RETURN_IF_ERROR(Enumerate(set, value_set, asked, page));
    if (!asked.count && page.total > kMostWithoutCount) {
      return ErrorReply(
          422, {.code = "too-costly",
                .message_id = "VALUESET_TOO_COSTLY",
                .text = Message("VALUESET_TOO_COSTLY", {value_set.canonical(), absl::StrCat(kMostWithoutCount)}),
                .diagnostics = "give a count, and an offset for the pages behind the first"});
    }
  }
  return Reply{200, WriteExpansion(set, value_set, asked, page)};
}

// What the value set, and what it imports, include of a code system. Imports beside a system narrow what is included of
// it, and bring nothing of their own.
void AddIncludesOf(const ValueSet& value_set, absl::string_view system, std::vector<const Include*>& includes) {
  for (const Include& include : value_set.includes) {
    if (include.system() == system) includes.push_back(&include);
    if (!include.system().empty()) continue;
    for (const auto& imported : include.imports) AddIncludesOf(*imported, system, includes);
  }
}

std::vector<const Include*> IncludesOf(const ValueSet& value_set, absl::string_view system) {
  std::vector<const Include*> includes;
  AddIncludesOf(value_set, system, includes);
  return includes;
}

// Where several versions are included, that which has the code, with this display if that can be, the newest first;
// null for none.
const Release* BestOf(const ReleaseSet& set, const ValueSet& value_set, const std::vector<const Include*>& includes,
                      const DisplayLanguages& languages, const fhir::Coding& coding, const std::string& path) {
  const Release* best = nullptr;
  bool best_shown = false;
  absl::flat_hash_set<absl::string_view> seen;
  for (const Include* include : includes) {
    if (!seen.insert(include->version).second) continue;
    const Release* const release = FindVersion(set, include->system(), include->version);
    const std::optional<uint32_t> item = release == nullptr ? std::nullopt : release->snapshot->Find(coding.code);
    if (!item || !Holds(set, value_set, {release, *item})) continue;
    fhir::Coding there = coding;
    there.version = std::string(release->snapshot->version());
    const bool shown = CheckCoding(set, there, path, "", languages).valid;
    if (best == nullptr || shown > best_shown || (shown == best_shown && IsLater(*release, *best))) {
      best = release;
      best_shown = shown;
    }
  }
  return best;
}

// The version in which a coding is judged: what the include of its system says, else its own. Puts it into the coding,
// and says where the two do not go together, or a check of versions does not allow it.
void ChooseVersion(const ReleaseSet& set, const ValueSet& value_set, const SystemVersions& versions,
                   const DisplayLanguages& languages, fhir::Coding& coding, const std::string& path,
                   CodingVerdict& verdict) {
  const std::vector<const Include*> includes = IncludesOf(value_set, snapshot::CanonicalSystem(coding.system));
  if (includes.empty()) return;
  const Include* const include = includes.front();
  const bool several = std::any_of(includes.begin(), includes.end(),
                                   [&](const Include* each) { return each->version != include->version; });
  const std::string required = versions.Required(coding.system);
  if (several) {
    const Release* const judged = coding.version.empty() ? BestOf(set, value_set, includes, languages, coding, path)
                                                         : FindVersion(set, coding.system, coding.version);
    if (judged == nullptr) return;
    if (coding.version.empty()) coding.version = std::string(judged->snapshot->version());
    if (!required.empty() && !model::FitsVersion(required, judged->snapshot->version())) {
      verdict.issues.push_back(
          WrongVersion(coding.system, judged->snapshot->version(), required, Path(path, "version")));
    }
    return;
  }
  const std::string at = Path(path, "version");
  const std::string given = coding.version;
  const Release* const known = given.empty() ? nullptr : FindVersion(set, coding.system, given);
  const Release* chosen = FindVersion(set, coding.system, include->version);
  // The value's own version, where that is one of those asked for.
  if (known != nullptr &&
      (include->version.empty() || model::FitsVersion(include->version, known->snapshot->version()))) {
    chosen = known;
  }
  const bool missing = chosen == nullptr;
  // What the include asks for is not there: what can be said is said of another.
  if (missing) chosen = known != nullptr ? known : FindVersion(set, coding.system, versions.Default(coding.system));
  if (chosen == nullptr) return;
  const std::string version(chosen->snapshot->version());
  const bool fits =
      given.empty() || (include->version.empty() ? given == version : model::FitsVersion(include->version, given));
  if (!fits) {
    Issue issue{.code = "invalid", .about = "vs-invalid", .expression = at};
    if (include->origin == VersionOrigin::kStated) {
      issue.message_id = "VALUESET_VALUE_MISMATCH";
    } else if (include->origin == VersionOrigin::kNone) {
      issue.severity = "warning";
      issue.message_id = "VALUESET_VALUE_MISMATCH_DEFAULT";
    } else {
      issue.message_id = "VALUESET_VALUE_MISMATCH_CHANGED";
    }
    issue.text = Message(issue.message_id, {base::Excerpt(coding.system),
                                            include->origin == VersionOrigin::kNone ? version : include->version,
                                            base::Excerpt(given), include->stated()});
    verdict.issues.push_back(std::move(issue));
  }
  if (!given.empty() && known == nullptr) AddUnknownSystem(set, coding, path, verdict);
  if (missing) {
    fhir::Coding asked = coding;
    asked.version = include->version;
    AddUnknownSystem(set, asked, path, verdict);
  }
  if (!missing && !required.empty() && !model::FitsVersion(required, version)) {
    verdict.issues.push_back(WrongVersion(coding.system, version, required, at));
  }
  coding.version = version;
}

// Whether a version that the value set asks for is not there, so that nothing could be looked up in it.
bool HasUnknownVersion(const std::vector<Issue>& issues) {
  return std::any_of(issues.begin(), issues.end(), [](const Issue& issue) {
    return absl::string_view(issue.message_id) == "UNKNOWN_CODESYSTEM_VERSION";
  });
}

// What of its own issues is about one of these is not told, and does not count.
void LeaveOut(std::initializer_list<absl::string_view> abouts, CodingVerdict& verdict) {
  std::erase_if(verdict.issues, [&](const Issue& issue) {
    return std::find(abouts.begin(), abouts.end(), absl::string_view(issue.about)) != abouts.end();
  });
  verdict.valid = (verdict.item || verdict.valid) && !HasError(verdict.issues);
}

// Whether it is what the value set itself calls the concept.
bool IsNameOf(const ListedConcept& listed, absl::string_view display) {
  return absl::EqualsIgnoreCase(display, listed.display) ||
         std::any_of(
             listed.designations.begin(), listed.designations.end(),
             [&](const model::Designation& designation) { return absl::EqualsIgnoreCase(display, designation.value); });
}

bool Includes(const ValueSet& value_set, absl::string_view system) { return !IncludesOf(value_set, system).empty(); }

// Whether somebody says which version of its code system is meant wherever a code may be included: an include, the
// request, or a day.
bool StatesVersion(const ValueSet& value_set, const ConceptRef& item) {
  const std::vector<const Include*> includes = IncludesOf(value_set, item.snapshot().url());
  return !includes.empty() && std::all_of(includes.begin(), includes.end(), [&](const Include* include) {
    return !include->version.empty() || (!include->codes().empty() && !include->listed().contains(item.code()));
  });
}

// Versions that are excluded and not there, each once, of a code system whose code is looked for.
class MissingExcludes {
 public:
  MissingExcludes(const ReleaseSet& set, const fhir::Coding& coding)
      : set_(set), system_(snapshot::CanonicalSystem(coding.system)), code_(coding.code) {
    const Release* const known = FindVersion(set, system_, coding.version);
    any_case_ = known != nullptr && !known->snapshot->case_sensitive();
    if (known == nullptr) return;
    if (const auto item = known->snapshot->FindInAnyCase(code_)) item_ = ConceptRef{known, *item};
  }

  // What the value set excludes, or one that it imports and needs for the code.
  void AddExcludesOf(const ValueSet& value_set) {
    if (!of_excludes_.insert(&value_set).second) return;
    for (const Include& exclude : value_set.excludes) AddPart(exclude);
    if (HasDirectly(value_set)) return;
    for (const Include& include : value_set.includes) {
      if (!MayHaveCode(include)) continue;
      for (const auto& imported : include.imports) AddExcludesOf(*imported);
    }
  }
  const std::vector<std::string>& versions() const { return versions_; }

 private:
  void AddPart(const Include& part) {
    if (!MayHaveCode(part)) return;
    if (part.system() == system_ && !part.version.empty() && FindVersion(set_, system_, part.version) == nullptr &&
        std::find(versions_.begin(), versions_.end(), part.version) == versions_.end()) {
      versions_.push_back(part.version);
    }
    for (const auto& imported : part.imports) {
      AddExcludesOf(*imported);
      if (!of_parts_.insert(imported.get()).second) continue;
      for (const Include& include : imported->includes) AddPart(include);
    }
  }
  // By an include that no import narrows.
  bool HasDirectly(const ValueSet& value_set) const {
    return item_ && std::any_of(value_set.includes.begin(), value_set.includes.end(), [&](const Include& include) {
             return include.imports.empty() && MayHaveCode(include) &&
                    Holds(set_, ValueSet{.includes = {include}}, *item_);
           });
  }
  // As far as its system and its list go.
  bool MayHaveCode(const Include& part) const {
    if (part.system().empty()) return true;
    if (part.system() != system_) return false;
    if (part.codes().empty() || part.listed().contains(code_)) return true;
    return any_case_ && std::any_of(part.codes().begin(), part.codes().end(),
                                    [&](const std::string& code) { return absl::EqualsIgnoreCase(code, code_); });
  }

  const ReleaseSet& set_;
  const absl::string_view system_;
  const absl::string_view code_;
  bool any_case_ = false;
  std::optional<ConceptRef> item_;
  std::vector<std::string> versions_;
  // Those that have been gone through: each is once, however often it is imported.
  absl::flat_hash_set<const ValueSet*> of_excludes_;
  absl::flat_hash_set<const ValueSet*> of_parts_;
};

// Without the version of its system that is excluded it cannot be told whether a code is.
void TellMissingExcludes(const ReleaseSet& set, const ValueSet& value_set, const fhir::Coding& coding,
                         const std::string& path, CodingVerdict& verdict) {
  const bool imports = std::any_of(value_set.includes.begin(), value_set.includes.end(),
                                   [](const Include& include) { return !include.imports.empty(); });
  if (value_set.excludes.empty() && !imports) return;  // nearly always
  if (!Includes(value_set, snapshot::CanonicalSystem(coding.system))) return;
  MissingExcludes missing(set, coding);
  missing.AddExcludesOf(value_set);
  for (const std::string& version : missing.versions()) {
    fhir::Coding excluded = coding;
    excluded.version = version;
    AddUnknownSystem(set, excluded, path, verdict);
  }
}

// Whether the value set has whatever the code system of a coding has, or lists its code.
bool IncludesWhole(const ValueSet& value_set, const fhir::Coding& coding) {
  return std::any_of(value_set.includes.begin(), value_set.includes.end(), [&](const Include& include) {
    return include.system() == snapshot::CanonicalSystem(coding.system) && include.filters().empty() &&
           include.imports.empty() && (include.codes().empty() || include.listed().contains(coding.code));
  });
}

void AddOnce(Issue issue, const std::vector<Issue>& known, std::vector<Issue>& issues) {
  const bool there =
      std::any_of(known.begin(), known.end(), [&](const Issue& each) { return each.text == issue.text; });
  if (!there) issues.push_back(std::move(issue));
}

// The one system of the value set that has the code; else says why there is none.
void InferSystem(const ReleaseSet& set, const ValueSet& value_set, const std::string& name, fhir::Coding& coding,
                 const std::string& path, CodingVerdict& verdict) {
  std::vector<std::string> systems;
  for (const Release* release : ReleasesOf(set, value_set)) {
    const std::optional<uint32_t> item = release->snapshot->FindInAnyCase(coding.code);
    const std::string url(release->snapshot->url());
    if (!item || !Holds(set, value_set, {release, *item})) continue;
    if (std::find(systems.begin(), systems.end(), url) == systems.end()) systems.push_back(url);
  }
  if (systems.size() == 1) {
    coding.system = systems.front();
    return;
  }
  std::sort(systems.begin(), systems.end());
  const char* const id =
      systems.empty() ? "UNABLE_TO_INFER_CODESYSTEM" : "Unable_to_resolve_system__value_set_has_multiple_matches";
  verdict.issues.push_back({.code = "not-found",
                            .about = "cannot-infer",
                            .message_id = id,
                            .text = Message(id, {base::Excerpt(coding.code), name, absl::StrJoin(systems, ", ")}),
                            .expression = Path(path, "code")});
}

absl::StatusOr<Reply> ValidateOrSay(const Content& content, const fhir::Parameters& parameters,
                                    fhir::Version /*version*/) {
  const ReleaseSet& set = content.releases;
  ASSIGN_OR_RETURN(const SystemVersions versions, SystemVersions::Read(parameters));
  ASSIGN_OR_RETURN(const bool active_only, parameters.Flag("activeOnly", false));
  ASSIGN_OR_RETURN(const bool lenient, parameters.Flag("lenient-display-validation", false));
  ASSIGN_OR_RETURN(const bool membership_only, parameters.Flag("valueset-membership-only", false));
  ASSIGN_OR_RETURN(const bool abstract, parameters.Flag("abstract", true));
  ASSIGN_OR_RETURN(const std::string language, parameters.Text(kDisplayLanguage));
  ASSIGN_OR_RETURN(DisplayLanguages languages, DisplayLanguages::Read(language));
  ASSIGN_OR_RETURN(const std::string system, parameters.Text("system"));
  ASSIGN_OR_RETURN(const std::string version, parameters.Text("systemVersion"));
  ASSIGN_OR_RETURN(const std::string day, ReadDay(parameters));
  ASSIGN_OR_RETURN(const bool infer, parameters.Flag("inferSystem", false));
  ASSIGN_OR_RETURN(AskedCodings asked, ReadCodings(parameters, system, version));
  const bool plain = asked.paths[0].empty();  // a code by itself, which means nothing without a system
  if (plain && asked.codings[0].system.empty() && !infer) return NothingToValidate();
  absl::StatusOr<ValueSet> read = ReadValueSet(content, parameters, Purpose::kValidation);
  if (absl::IsFailedPrecondition(read.status())) {
    // The value set is there, and what it imports is not: nothing can be said to be in it.
    CodingVerdict verdict;
    if (!asked.codings[0].system.empty()) verdict = CheckCoding(set, asked.codings[0], asked.paths[0], day);
    verdict.issues.push_back(fhir::IssueOf(read.status()));
    return Reply{200, ValidationAnswer(false, verdict, verdict.issues, asked.codings[0],
                                       asked.concepts ? &*asked.concepts : nullptr)};
  }
  if (!read.ok()) return read.status();
  const ValueSet value_set = *std::move(read);
  RETURN_IF_ERROR(CheckFilters(set, value_set));
  if (language.empty()) {
    ASSIGN_OR_RETURN(languages, UsualLanguages(parameters, value_set));
  }
  std::vector<Issue> issues;
  std::optional<size_t> right;
  std::vector<CodingVerdict> verdicts;
  verdicts.reserve(asked.codings.size());
  const auto name = [&] { return value_set.url.empty() ? "(unidentified)" : value_set.canonical(); };
  std::optional<size_t> first_in;
  bool undecided = false;  // of a code system that the value set speaks of, and nobody knows
  for (size_t i = 0; i < asked.codings.size(); ++i) {
    fhir::Coding& coding = asked.codings[i];
    const std::string& path = asked.paths[i];
    CodingVerdict verdict;
    const bool inferred = coding.system.empty() && infer;
    if (inferred) InferSystem(set, value_set, name(), coding, path, verdict);
    CodingVerdict of_version;
    const std::string given_version = coding.version;
    if (!coding.system.empty()) {
      ChooseVersion(set, value_set, versions, languages, coding, path, of_version);
      TellMissingExcludes(set, value_set, coding, path, of_version);
    }
    if (coding.system.empty() && inferred) {
      // It has been said why.
    } else if (coding.system.empty()) {
      verdict.issues.push_back(NoSystem(path));
    } else {
      verdict = CheckCoding(set, coding, path, day, languages);
      TellValueSetAsSystem(content, coding, verdict);
    }
    if (lenient) ForgiveDisplay(verdict);
    // What of a system that the value set speaks of is not known cannot be said to be in it, or not.
    if (membership_only && (verdict.unknown_system.empty() || !Includes(value_set, coding.system))) {
      LeaveOut({"invalid-display", "display-comment", "invalid-code", "not-found", ""}, verdict);
    }
    if (!of_version.unknown_system.empty()) {
      verdict.unknown_system = of_version.unknown_system;
      verdict.caused = of_version.caused;
    }
    coding.version = given_version;
    const bool inactive = verdict.item && verdict.item->inactive() && (active_only || !value_set.about().inactive);
    const bool grouping = verdict.item && !abstract && IsAbstract(*verdict.item);
    // Of a fragment what is not there may be in the whole.
    const bool elsewhere = !verdict.item && verdict.valid;
    const bool in = elsewhere ? IncludesWhole(value_set, coding)
                              : verdict.item && !inactive && !grouping && Holds(set, value_set, *verdict.item);
    if (grouping) TellAbstract(coding, path, verdict);
    if (in && !first_in) first_in = i;
    if (inactive) {
      verdict.valid = false;
      verdict.issues.push_back({.code = "business-rule",
                                .about = "code-rule",
                                .message_id = "STATUS_CODE_WARNING_CODE",
                                .text = Message("STATUS_CODE_WARNING_CODE", {coding.code}),
                                .expression = Path(path, "code")});
    }
    if (asked.concepts) {
      verdict.named = in;
      verdict.shown = in || HasUnknownVersion(of_version.issues);
    }
    if (HasError(of_version.issues)) verdict.valid = false;
    // Nothing can be said to be missing from what is not known.
    const bool asks_unknown = !verdict.item && !verdict.unknown_system.empty() && Includes(value_set, coding.system);
    if (asks_unknown) verdict.caused = true;
    undecided = undecided || asks_unknown;
    const ListedConcept* const listed = in && verdict.item ? ListedIn(value_set, *verdict.item) : nullptr;
    if (listed != nullptr && !coding.display.empty() && IsNameOf(*listed, coding.display)) {
      LeaveOut({"invalid-display"}, verdict);
    }
    if (listed != nullptr && listed->deprecated) {
      verdict.issues.push_back({.severity = "warning",
                                .code = "business-rule",
                                .about = "code-comment",
                                .message_id = "CONCEPT_DEPRECATED_IN_VALUESET",
                                .text = Message("CONCEPT_DEPRECATED_IN_VALUESET", {coding.code, coding.system, name()}),
                                .expression = Path(path, "code")});
    }
    const std::optional<StatusCheck> check =
        verdict.item ? StatusCheckOf(*verdict.item->release, &value_set) : std::nullopt;
    if (check) AddOnce(IssueOf(*check), issues, verdict.issues);
    if (verdict.item && given_version.empty() && verdict.item->snapshot().version_needed() &&
        !StatesVersion(value_set, *verdict.item)) {
      TellVersionNeeded(*verdict.item->release, Path(path, "version"), verdict);
    }
    verdict.issues.insert(verdict.issues.begin(), of_version.issues.begin(), of_version.issues.end());
    if (!in) verdict.valid = false;
    if (!in && !asks_unknown && !HasError(of_version.issues)) {
      const std::string code =
          absl::StrCat(base::Excerpt(coding.system), coding.version.empty() ? "" : "|", base::Excerpt(coding.version),
                       "#", base::Excerpt(coding.code),
                       coding.display.empty() ? "" : absl::StrCat(" ('", base::Excerpt(coding.display), "')"));
      verdict.issues.insert(verdict.issues.begin(),
                            {.severity = asked.concepts ? "information" : "error",
                             .code = "code-invalid",
                             .about = asked.concepts ? "this-code-not-in-vs" : "not-in-vs",
                             .message_id = "None_of_the_provided_codes_are_in_the_value_set_one",
                             .text = Message("None_of_the_provided_codes_are_in_the_value_set_one", {code, name()}),
                             .expression = Path(path, "code")});
    }
    issues.insert(issues.end(), verdict.issues.begin(), verdict.issues.end());
    if (verdict.valid && !right) right = i;
    verdicts.push_back(std::move(verdict));
  }
  for (const StatusCheck& check : StatusChecksOfValueSets(value_set)) {
    issues.push_back(IssueOf(check));
    for (CodingVerdict& verdict : verdicts) verdict.issues.push_back(IssueOf(check));
  }
  // One coding that is in the value set and right is enough, as long as none of the others is wrong by itself.
  const size_t counts = right.value_or(first_in.value_or(0));
  const bool result = right && !HasError(issues);
  if (!right && !first_in && asked.concepts && !undecided && !HasUnknownVersion(issues)) {
    issues.insert(issues.begin(), {.code = "code-invalid",
                                   .about = "not-in-vs",
                                   .message_id = "TX_GENERAL_CC_ERROR_MESSAGE",
                                   .text = Message("TX_GENERAL_CC_ERROR_MESSAGE", {name()})});
  }
  return Reply{200,
               ValidationAnswer(result, verdicts[counts], result && !asked.concepts ? verdicts[counts].issues : issues,
                                asked.codings[counts], asked.concepts ? &*asked.concepts : nullptr)};
}

Reply Answer(const Content& content, const fhir::Parameters& parameters, fhir::Version version,
             absl::StatusOr<Reply> (*answer)(const Content&, const fhir::Parameters&, fhir::Version)) {
  if (content.releases.empty()) return NothingLoaded();
  return OrError(answer(content, parameters, version));
}

// What one of a batch is asked with: its own parameters, and those of the whole batch that it does not give itself.
fhir::Parameters Merged(const fhir::Parameters& own, const fhir::Parameters& batch) {
  fhir::Parameters merged = own;
  for (const fhir::Parameter& parameter : batch.all()) {
    if (parameter.name != kValidation && !own.Has(parameter.name)) merged.Add(parameter);
  }
  return merged;
}

Reply Batch(const Content& content, const fhir::Parameters& parameters, fhir::Version version,
            Reply (*validate_one)(const Content&, const fhir::Parameters&, fhir::Version)) {
  fhir::ParametersWriter answer;
  size_t asked = 0;
  for (const fhir::Parameter& parameter : parameters.all()) {
    if (parameter.name != kValidation) continue;
    if (++asked > kMostValidations) {
      return ErrorReply(422, {.code = "too-costly",
                              .text = absl::StrCat("the batch has more than ", kMostValidations, " validations"),
                              .expression = kValidation,
                              .diagnostics = "send them in several batches"});
    }
    const auto validate = [&]() -> absl::StatusOr<Reply> {
      ASSIGN_OR_RETURN(fhir::Parameters own, fhir::Parameters::Read(parameter.resource));
      if (own.Has(kExcludeSystem)) return NotUnderstood(kExcludeSystem);
      // Where nothing is asked that comes first.
      const bool asks = own.Has("code") || own.Has("coding") || own.Has("codeableConcept");
      if (std::optional<Reply> mistaken = asks ? RefuseMistaken(own) : std::nullopt) return *std::move(mistaken);
      own.Remove(kAcceptLanguage);  // of the whole request
      if (validate_one == ValidateInValueSet) own.Remove(kAskedCodeSystem);
      const fhir::Parameters merged = Merged(own, parameters);
      // What the batch brings is there already.
      if (!HasRequestContent(own)) return validate_one(content, merged, version);
      ASSIGN_OR_RETURN(const Content more, WithRequestContent(content, merged));
      return validate_one(more, merged, version);
    };
    const Reply reply = OrError(validate());
    answer.Parameter(kValidation, [&](base::JsonWriter& json) { json.Raw("resource", reply.body); });
  }
  if (asked == 0) {
    return ErrorReply(base::InvalidField(kValidation, "", "is not given", "give a Parameters resource for each code"));
  }
  return {200, answer.Take()};
}

}  // namespace

Reply Expand(const Content& content, const fhir::Parameters& parameters, fhir::Version version) {
  return Answer(content, parameters, version, ExpandOrSay);
}

Reply ValidateInValueSet(const Content& content, const fhir::Parameters& parameters, fhir::Version version) {
  return Answer(content, parameters, version, ValidateOrSay);
}

Reply ValidateBatch(const Content& content, const fhir::Parameters& parameters, fhir::Version version) {
  return Batch(content, parameters, version, ValidateInValueSet);
}

Reply ValidateBatchInCodeSystem(const Content& content, const fhir::Parameters& parameters, fhir::Version version) {
  return Batch(content, parameters, version, ValidateCode);
}

}  // namespace nosograph::rest
