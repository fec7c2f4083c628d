#include "service/rest/code_system_operations.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/parameters_writer.h"
#include "terminology/model/date.h"
#include "terminology/query/lookup.h"
#include "terminology/query/subsumes.h"
#include "terminology/query/validate_code.h"

namespace nosograph::rest {
namespace {

using fhir::Coding;
using fhir::Issue;
using query::ConceptRef;
using query::Reason;
using snapshot::ReleaseSet;

absl::Status Wrong(absl::string_view field, absl::string_view value, absl::string_view problem,
                   absl::string_view remedy) {
  return base::FieldError(absl::StatusCode::kInvalidArgument, field, base::Excerpt(value), problem, remedy);
}

std::string Path(const std::string& path, absl::string_view field) {
  return path.empty() ? std::string(field) : absl::StrCat(path, ".", field);
}

// A canonical with its version behind a bar parted.
std::pair<std::string, std::string> Parted(const std::string& canonical) {
  const size_t bar = canonical.find('|');
  if (bar == std::string::npos) return {canonical, ""};
  return {canonical.substr(0, bar), canonical.substr(bar + 1)};
}

// The versions of a system that are loaded, "A, B or C".
std::string VersionsOf(const ReleaseSet& set, absl::string_view system) {
  std::vector<std::string> versions;
  for (const snapshot::Release& release : set.releases()) {
    if (release.snapshot->url() == system) versions.emplace_back(release.snapshot->version());
  }
  if (versions.size() < 2) return versions.empty() ? std::string() : versions.front();
  const std::string last = std::move(versions.back());
  versions.pop_back();
  return absl::StrCat(absl::StrJoin(versions, ", "), " or ", last);
}

// A system that is not loaded, or not in that version.
void AddUnknownSystem(const ReleaseSet& set, const Coding& coding, const std::string& path, CodingVerdict& verdict) {
  const std::string versions = VersionsOf(set, coding.system);
  Issue issue{.code = "not-found", .about = "not-found", .expression = Path(path, "system")};
  if (versions.empty()) {
    issue.message_id = "UNKNOWN_CODESYSTEM";
    issue.text = absl::StrCat("A definition for CodeSystem '", base::Excerpt(coding.system),
                              "' could not be found, so the code cannot be validated");
  } else {
    issue.message_id = "UNKNOWN_CODESYSTEM_VERSION";
    issue.text = absl::StrCat("A definition for CodeSystem '", base::Excerpt(coding.system), "' version '",
                              base::Excerpt(coding.version),
                              "' could not be found, so the code cannot be validated. Valid versions: ", versions);
  }
  verdict.unknown_system = coding.version.empty() ? coding.system : absl::StrCat(coding.system, "|", coding.version);
  verdict.issues.push_back(std::move(issue));
}

// "The same code is in ICD-10-CM": for who has mixed up two systems.
void AddElsewhere(const ReleaseSet& set, const Coding& coding, std::vector<Issue>& issues) {
  for (const snapshot::Release* release : set.ActivePublished()) {
    if (release->snapshot->url() == coding.system) continue;
    const std::optional<uint32_t> item = release->snapshot->Find(coding.code);
    if (!item) continue;
    issues.push_back({.severity = "information",
                      .code = "informational",
                      .text = absl::StrCat("the same code is in ", release->snapshot->url(), ": ",
                                           query::NameOf(ConceptRef{release, *item}))});
  }
}

std::string FoldedSpace(absl::string_view text) {
  return absl::StrJoin(absl::StrSplit(text, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty()), " ");
}

// Whether the display given is one of the concept's names.
void CheckDisplay(const ReleaseSet& set, const ConceptRef& item, const Coding& coding, const std::string& path,
                  CodingVerdict& verdict) {
  if (coding.display.empty() || absl::EqualsIgnoreCase(coding.display, item.title())) return;
  std::vector<std::string> names = {absl::StrCat("'", item.title(), "'")};
  for (const query::DesignationOf& found : query::DesignationsOf(set, item)) {
    if (absl::EqualsIgnoreCase(coding.display, found.designation.value)) return;
    std::string name = absl::StrCat("'", found.designation.value, "'");
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  const bool space = FoldedSpace(coding.display) == FoldedSpace(item.title());
  std::string choice = names.front();
  if (names.size() > 1) {
    const size_t count = names.size();
    const std::string last = std::move(names.back());
    names.pop_back();
    choice = absl::StrCat("one of ", count, " choices: ", absl::StrJoin(names, ", "), " or ", last);
  }
  verdict.valid = false;
  verdict.issues.push_back(
      {.code = "invalid",
       .about = "invalid-display",
       .message_id = space ? "Display_Name_WS_for__should_be_one_of__instead_of"
                           : "Display_Name_for__should_be_one_of__instead_of",
       .text = absl::StrCat(space ? "Wrong whitespace in Display Name '" : "Wrong Display Name '",
                            base::Excerpt(coding.display), "' for ", item.snapshot().url(), "#", item.code(),
                            ". Valid display is ", choice, " (for the language(s) '--')"),
       .expression = Path(path, "display")});
}

void AddStatus(const ConceptRef& item, const std::string& path, CodingVerdict& verdict) {
  if (!item.inactive()) return;
  const absl::string_view status = model::ConceptStatusName(item.snapshot().status(item.item));
  const std::string text =
      status.empty() || status == "inactive" || status == "active" ? "inactive" : absl::StrCat(status, " and inactive");
  verdict.issues.push_back({.severity = "warning",
                            .code = "business-rule",
                            .about = "code-comment",
                            .message_id = "INACTIVE_CONCEPT_FOUND",
                            .text = absl::StrCat("The concept '", item.code(), "' has a status of ", text,
                                                 " and its use should be reviewed"),
                            .expression = path.empty() ? "code" : path});
}

void AddUnknownCode(const ReleaseSet& set, const query::CodeValidator& validator, const query::Validation& validation,
                    const Coding& coding, const std::string& path, CodingVerdict& verdict) {
  const snapshot::Release* release =
      validation.scope != nullptr ? &validation.scope->release() : set.Active(coding.system);
  const bool fragment = validation.verdict == query::Verdict::kUndetermined && release != nullptr;
  const std::string system =
      coding.system.empty() && release != nullptr ? std::string(release->snapshot->url()) : coding.system;
  Issue issue{.code = "code-invalid", .about = "invalid-code", .expression = Path(path, "code")};
  issue.text = absl::StrCat("Unknown code '", base::Excerpt(coding.code), "' in the CodeSystem '", system, "'");
  if (release != nullptr) absl::StrAppend(&issue.text, " version '", release->snapshot->version(), "'");
  if (fragment) {
    issue.severity = "warning";
    issue.message_id = "UNKNOWN_CODE_IN_FRAGMENT";
    absl::StrAppend(&issue.text,
                    " - note that the code system is labeled as a fragment, so the code may be valid in some other "
                    "fragment");
    verdict.valid = true;
  } else {
    issue.message_id = "Unknown_Code_in_Version";
  }
  const query::CodeValidator::Explanation explanation = validator.Explain(coding.code, validation);
  verdict.issues.push_back(std::move(issue));
  if (!explanation.message.empty()) {
    verdict.issues.push_back(
        {.severity = "information",
         .code = "informational",
         .text = absl::StrCat(explanation.message, explanation.remedy.empty() ? "" : "; ", explanation.remedy)});
  }
  if (validation.reason != Reason::kWrongSystem) AddElsewhere(set, coding, verdict.issues);
}

void WriteCoding(const Coding& coding, base::JsonWriter& json) {
  json.TextIfAny("system", coding.system)
      .TextIfAny("version", coding.version)
      .TextIfAny("code", coding.code)
      .TextIfAny("display", coding.display);
}

bool Wanted(const std::vector<std::string>& asked, absl::string_view property) {
  if (asked.empty()) return true;
  return std::any_of(asked.begin(), asked.end(),
                     [&](const std::string& name) { return name == property || name == "*"; });
}

class LookupAnswer {
 public:
  LookupAnswer(std::vector<std::string> asked, std::string language)
      : asked_(std::move(asked)), language_(std::move(language)) {}

  std::string Write(const query::Lookup& lookup) {
    const ConceptRef& item = *lookup.item;
    const snapshot::Snapshot& snapshot = item.snapshot();
    answer_.Value("name", "valueString", snapshot.name().empty() ? snapshot.title() : snapshot.name())
        .Value("version", "valueString", snapshot.version())
        .Value("display", "valueString", DisplayOf(lookup))
        .Value("code", "valueCode", item.code())
        .Value("system", "valueUri", snapshot.url());
    // R4 has no such parameter of its own; who does not know it passes over it.
    answer_.ValueIfAny("definition", "valueString", snapshot.definition(item.item));
    answer_.Flag("abstract", IsAbstract(item));
    if (Wanted(asked_, "designation")) AddDesignations(lookup);
    AddPlace(lookup);
    AddNotes(lookup);
    for (const query::PropertyOf& found : lookup.properties) AddProperty(found.property);
    if (const std::optional<snapshot::Snapshot::CodingView> extends = snapshot.extends(item.item)) {
      if (Wanted(asked_, "extends")) {
        answer_.StartParts("property").Value("code", "valueCode", "extends");
        answer_.Coding("value", extends->system, extends->code).EndParts();
      }
    }
    AddKnowledge(item);
    return answer_.Take();
  }

 private:
  // In the language asked, where a name is.
  absl::string_view DisplayOf(const query::Lookup& lookup) const {
    if (!language_.empty()) {
      for (const query::DesignationOf& found : lookup.designations) {
        if (absl::EqualsIgnoreCase(found.designation.language, language_)) return found.designation.value;
      }
    }
    return lookup.item->title();
  }

  void AddDesignations(const query::Lookup& lookup) {
    for (const query::DesignationOf& found : lookup.designations) {
      answer_.StartParts("designation").ValueIfAny("language", "valueCode", found.designation.language);
      if (!found.designation.use.empty()) {
        answer_.Coding("use", found.designation.use_system, found.designation.use, found.designation.use_display);
      }
      answer_.Value("value", "valueString", found.designation.value).EndParts();
    }
  }

  void Text(absl::string_view code, const char* type, absl::string_view value, absl::string_view description = {}) {
    if (value.empty() || !Wanted(asked_, code)) return;
    answer_.StartParts("property").Value("code", "valueCode", code).Value("value", type, value);
    answer_.ValueIfAny("description", "valueString", description).EndParts();
  }
  void Flag(absl::string_view code, bool value) {
    if (!Wanted(asked_, code)) return;
    answer_.StartParts("property").Value("code", "valueCode", code).Flag("value", value).EndParts();
  }

  void AddPlace(const query::Lookup& lookup) {
    const ConceptRef& item = *lookup.item;
    const snapshot::Snapshot& snapshot = item.snapshot();
    Flag("inactive", item.inactive());
    if (const std::optional<ConceptRef> parent = lookup.scope ? lookup.scope->Parent(item) : std::nullopt) {
      Text("parent", "valueCode", parent->code(), parent->title());
    }
    for (const snapshot::ParentRecord& other : snapshot.other_parents(item.item)) {
      Text("parent", "valueCode", snapshot.code(other.parent), snapshot.title(other.parent));
    }
    for (const ConceptRef& child : lookup.children) {
      if (child.release == item.release) {
        Text("child", "valueCode", child.code(), child.title());
      } else if (Wanted(asked_, "extended-by")) {
        // An extension's: no code of this system.
        answer_.StartParts("property").Value("code", "valueCode", "extended-by");
        answer_.Coding("value", child.snapshot().url(), child.code(), child.title()).EndParts();
      }
    }
    if (!item.classified()) return;
    Flag("billable", item.billable());
    Text("kind", "valueCode", model::ConceptKindName(snapshot.kind(item.item)));
    for (const ConceptRef& ancestor : lookup.ancestors) {
      const model::ConceptKind kind = ancestor.snapshot().kind(ancestor.item);
      if (kind == model::ConceptKind::kBlock) Text("block", "valueCode", ancestor.code(), ancestor.title());
      if (kind == model::ConceptKind::kChapter) Text("chapter", "valueCode", ancestor.code(), ancestor.title());
    }
    if (snapshot.seventh_character(item.item)) Flag("seventh-character", true);
  }

  // "excludes1" with its text; what an ancestor hands down says where it stands.
  void AddNotes(const query::Lookup& lookup) {
    for (const query::InheritedNote& note : lookup.notes) {
      std::string code(model::NoteKindName(note.kind));
      std::replace(code.begin(), code.end(), ' ', '-');
      Text(code, "valueString", note.text, note.inherited ? absl::StrCat("at ", note.level.code()) : "");
    }
  }

  void AddProperty(const snapshot::Snapshot::PropertyView& property) {
    const absl::string_view code = property.definition.code;
    if (!Wanted(asked_, code)) return;
    answer_.StartParts("property").Value("code", "valueCode", code);
    switch (property.definition.type) {
      case model::PropertyType::kCode:
        answer_.Value("value", "valueCode", property.value);
        break;
      case model::PropertyType::kCoding:
        answer_.Coding("value", property.coding_system, property.value, property.coding_display);
        break;
      case model::PropertyType::kBoolean:
        answer_.Flag("value", property.value == "true");
        break;
      case model::PropertyType::kInteger:
        answer_.Number("value", "valueInteger", property.value);
        break;
      case model::PropertyType::kDecimal:
        answer_.Number("value", "valueDecimal", property.value);
        break;
      case model::PropertyType::kDateTime:
        answer_.Value("value", "valueDateTime", property.value);
        break;
      case model::PropertyType::kString:
        answer_.Value("value", "valueString", property.value);
        break;
    }
    answer_.EndParts();
  }

  // What is known of the disease, each statement under the name of its section.
  void AddKnowledge(const ConceptRef& item) {
    const std::optional<model::ConditionKnowledge> knowledge = item.snapshot().knowledge(item.item);
    if (!knowledge) return;
    for (const model::Statement& statement : knowledge->statements) {
      if (statement.text.empty()) continue;
      const bool name = statement.section == model::Section::kSynonyms;
      if (name && Wanted(asked_, "designation")) {
        answer_.StartParts("designation").ValueIfAny("language", "valueCode", statement.language);
        answer_.Value("value", "valueString", statement.text).EndParts();
      } else if (!name) {
        Text(model::SectionName(statement.section), "valueString", statement.text);
      }
    }
  }

  const std::vector<std::string> asked_;
  const std::string language_;
  fhir::ParametersWriter answer_;
};

Reply NothingLoaded() {
  return ErrorReply(503,
                    {.code = "transient", .text = "no release is loaded yet, so that nothing can be told of a code"});
}

}  // namespace

absl::StatusOr<std::string> ReadDay(const fhir::Parameters& parameters) {
  constexpr size_t kDay = 10;  // of a dateTime the time says nothing here
  ASSIGN_OR_RETURN(const std::string date, parameters.Text("date"));
  const std::string day = date.substr(0, kDay);
  if (day.empty() || (model::IsDate(day) && (date.size() == kDay || date[kDay] == 'T'))) return day;
  return Wrong("date", date, absl::StrCat("'", base::Excerpt(date), "' is no day"), "write it as YYYY-MM-DD");
}

bool IsAbstract(const ConceptRef& item) {
  const model::ConceptKind kind = item.snapshot().kind(item.item);
  return item.abstract() || kind == model::ConceptKind::kChapter || kind == model::ConceptKind::kBlock;
}

CodingVerdict CheckCoding(const ReleaseSet& set, const Coding& coding, const std::string& path,
                          const std::string& day) {
  CodingVerdict verdict;
  const query::CodeValidator validator(
      set, {.system = coding.system,
            .release = {.version = coding.version, .date = coding.version.empty() ? day : std::string()},
            .form = query::Form::kStrict,
            .use = query::Use::kTerminology});
  if (!validator.status().ok()) {
    AddUnknownSystem(set, coding, path, verdict);
    AddElsewhere(set, coding, verdict.issues);
    return verdict;
  }
  const query::Validation validation = validator.Validate(coding.code);
  if (validation.verdict == query::Verdict::kValid && validation.matched) {
    verdict.valid = true;
    verdict.item = validation.matched;
    AddStatus(*verdict.item, path, verdict);
    CheckDisplay(set, *verdict.item, coding, path, verdict);
    return verdict;
  }
  AddUnknownCode(set, validator, validation, coding, path, verdict);
  return verdict;
}

std::string ValidationAnswer(bool result, const CodingVerdict& verdict, const std::vector<Issue>& issues,
                             const Coding& coding, const fhir::CodeableConcept* asked) {
  fhir::ParametersWriter answer;
  answer.Flag("result", result);
  answer.ValueIfAny("code", "valueCode", coding.code);
  if (verdict.item) {
    answer.Value("system", "valueUri", verdict.item->snapshot().url())
        .Value("version", "valueString", verdict.item->snapshot().version())
        .Value("display", "valueString", verdict.item->title());
    if (verdict.item->inactive()) answer.Flag("inactive", true);
  } else {
    answer.ValueIfAny("system", "valueUri", coding.system);
  }
  if (!verdict.unknown_system.empty()) answer.Value("x-unknown-system", "valueCanonical", verdict.unknown_system);
  if (asked != nullptr) {
    answer.Object("codeableConcept", "valueCodeableConcept", [&](base::JsonWriter& json) {
      json.StartList("coding");
      for (const Coding& each : asked->codings) {
        json.StartObject();
        WriteCoding(each, json);
        json.EndObject();
      }
      json.EndList().TextIfAny("text", asked->text);
    });
  }
  answer.ValueIfAny("message", "valueString", fhir::MessageOf(issues));
  if (!issues.empty()) {
    answer.Object("issues", "resource", [&](base::JsonWriter& json) { fhir::WriteOutcome(issues, json); });
  }
  return answer.Take();
}

absl::StatusOr<AskedCodings> ReadCodings(const fhir::Parameters& parameters, const std::string& system,
                                         const std::string& version) {
  AskedCodings asked;
  ASSIGN_OR_RETURN(std::optional<Coding> coding, parameters.OneCoding("coding"));
  ASSIGN_OR_RETURN(asked.concepts, parameters.OneCodeableConcept("codeableConcept"));
  ASSIGN_OR_RETURN(const fhir::Parameter* const code, parameters.One("code"));
  const int ways = (coding ? 1 : 0) + (asked.concepts ? 1 : 0) + (code != nullptr ? 1 : 0);
  if (ways == 0) return Wrong("code", "", "is not given", "give code, coding or codeableConcept");
  if (ways > 1) return Wrong("code", "", "is given in several ways", "give one of code, coding and codeableConcept");
  if (coding) {
    asked.codings.push_back(*std::move(coding));
    asked.paths.emplace_back("Coding");
  } else if (asked.concepts) {
    asked.codings = asked.concepts->codings;
    if (asked.codings.empty()) return Wrong("codeableConcept.coding", "", "is empty", "give a coding");
    for (size_t i = 0; i < asked.codings.size(); ++i)
      asked.paths.push_back(absl::StrCat("CodeableConcept.coding[", i, "]"));
  } else {
    Coding plain{.system = system, .version = version};
    ASSIGN_OR_RETURN(plain.code, parameters.Text("code"));
    ASSIGN_OR_RETURN(plain.display, parameters.Text("display"));
    asked.codings.push_back(std::move(plain));
    asked.paths.emplace_back();
  }
  for (Coding& each : asked.codings) {
    if (each.system.empty()) each.system = system;
    if (each.version.empty() && each.system == system) each.version = version;
  }
  return asked;
}

Reply ValidateCode(const ReleaseSet& set, const fhir::Parameters& parameters) {
  if (set.empty()) return NothingLoaded();
  absl::StatusOr<std::string> url = parameters.Text({"url", "system"});
  absl::StatusOr<std::string> version = parameters.Text({"version", "systemVersion"});
  if (!url.ok()) return ErrorReply(url.status());
  if (!version.ok()) return ErrorReply(version.status());
  auto [system, behind_bar] = Parted(*url);
  const absl::StatusOr<AskedCodings> asked = ReadCodings(parameters, system, version->empty() ? behind_bar : *version);
  if (!asked.ok()) return ErrorReply(asked.status());
  const absl::StatusOr<std::string> day = ReadDay(parameters);
  if (!day.ok()) return ErrorReply(day.status());
  // Of several codings one that is right is enough; all of them have their say.
  std::vector<CodingVerdict> verdicts;
  std::vector<Issue> issues;
  size_t counts = 0;
  for (size_t i = 0; i < asked->codings.size(); ++i) {
    verdicts.push_back(CheckCoding(set, asked->codings[i], asked->paths[i], *day));
    issues.insert(issues.end(), verdicts.back().issues.begin(), verdicts.back().issues.end());
    if (verdicts.back().valid && !verdicts[counts].valid) counts = i;
  }
  const CodingVerdict& verdict = verdicts[counts];
  return {200, ValidationAnswer(verdict.valid, verdict, verdict.valid ? verdict.issues : issues, asked->codings[counts],
                                asked->concepts ? &*asked->concepts : nullptr)};
}

Reply LookUp(const ReleaseSet& set, const fhir::Parameters& parameters) {
  if (set.empty()) return NothingLoaded();
  const auto read = [&]() -> absl::StatusOr<Reply> {
    ASSIGN_OR_RETURN(const std::optional<Coding> given, parameters.OneCoding("coding"));
    Coding coding = given.value_or(Coding());
    ASSIGN_OR_RETURN(const std::string code, parameters.Text("code"));
    ASSIGN_OR_RETURN(const std::string url, parameters.Text({"system", "url"}));
    ASSIGN_OR_RETURN(const std::string asked_version, parameters.Text("version"));
    ASSIGN_OR_RETURN(const std::string day, ReadDay(parameters));
    ASSIGN_OR_RETURN(const std::string language, parameters.Text("displayLanguage"));
    if (given && !code.empty()) return Wrong("code", code, "stands beside a coding", "give one of the two");
    if (coding.code.empty()) coding.code = code;
    if (coding.code.empty()) return Wrong("code", "", "is not given", "give code and system, or a coding");
    auto [system, behind_bar] = Parted(url);
    if (coding.system.empty()) coding.system = system;
    if (coding.version.empty()) coding.version = asked_version.empty() ? behind_bar : asked_version;
    ASSIGN_OR_RETURN(const query::Lookup lookup,
                     query::LookUp(set, {.system = coding.system,
                                         .code = coding.code,
                                         .release = {.version = coding.version,
                                                     .date = coding.version.empty() ? day : std::string()},
                                         .form = query::Form::kStrict}));
    if (!lookup.item) {
      const bool untold = lookup.issue && lookup.issue->kind == query::IssueKind::kNotLoaded;
      Issue issue{.code = untold ? "processing" : "not-found",
                  .about = untold ? "" : "invalid-code",
                  .text = lookup.issue ? lookup.issue->message : "there is no such code",
                  .expression = "code"};
      if (lookup.issue) issue.diagnostics = lookup.issue->remedy;
      return ErrorReply(untold ? 422 : 404, issue);
    }
    // An extension's code is none of what it extends.
    if (!coding.system.empty() && lookup.item->snapshot().url() != snapshot::CanonicalSystem(coding.system)) {
      return ErrorReply(404, {.code = "not-found",
                              .about = "invalid-code",
                              .text = absl::StrCat("Unknown code '", lookup.item->code(), "' in the CodeSystem '",
                                                   coding.system, "'"),
                              .expression = "code",
                              .diagnostics = absl::StrCat("it is a code of ", lookup.item->snapshot().url(),
                                                          ", which extends it; ask under that system")});
    }
    return Reply{200, LookupAnswer(parameters.Texts("property"), language).Write(lookup)};
  };
  absl::StatusOr<Reply> reply = read();
  return reply.ok() ? *std::move(reply) : ErrorReply(reply.status());
}

Reply Subsumes(const ReleaseSet& set, const fhir::Parameters& parameters) {
  if (set.empty()) return NothingLoaded();
  const auto read = [&]() -> absl::StatusOr<Reply> {
    ASSIGN_OR_RETURN(const std::string url, parameters.Text({"system", "url"}));
    ASSIGN_OR_RETURN(const std::string asked_version, parameters.Text("version"));
    auto [system, version] = Parted(url);
    if (!asked_version.empty()) version = asked_version;
    Coding codings[2];
    const char* const names[2][2] = {{"codeA", "codingA"}, {"codeB", "codingB"}};
    for (int i = 0; i < 2; ++i) {
      ASSIGN_OR_RETURN(const std::optional<Coding> coding, parameters.OneCoding(names[i][1]));
      ASSIGN_OR_RETURN(codings[i].code, parameters.Text(names[i][0]));
      if (coding) codings[i] = *coding;
      if (codings[i].code.empty()) return Wrong(names[i][0], "", "is not given", "give both codes or both codings");
      if (codings[i].system.empty()) codings[i].system = system;
    }
    // Codes of an extension and of what it extends stand in one hierarchy, which is the extension's.
    std::string common = codings[0].system;
    if (codings[0].system != codings[1].system) {
      const snapshot::Release* const a = set.Active(codings[0].system);
      const snapshot::Release* const b = set.Active(codings[1].system);
      if (b != nullptr && b->snapshot->extends() == codings[0].system) {
        common = codings[1].system;
      } else if (a == nullptr || a->snapshot->extends() != codings[1].system) {
        return Wrong("codingB.system", codings[1].system, "is another code system than that of codingA",
                     "compare codes of one code system, or of an extension and what it extends");
      }
    }
    ASSIGN_OR_RETURN(const query::Subsumption answer, query::Subsumes(set, {.system = common,
                                                                            .code_a = codings[0].code,
                                                                            .code_b = codings[1].code,
                                                                            .release = {.version = version},
                                                                            .form = query::Form::kStrict}));
    if (answer.relation == query::Relation::kUndetermined) {
      return ErrorReply(422, {.text = "it cannot be told: only a part of the code system is loaded"});
    }
    // What another system of the hierarchy has is no code of the one that was named.
    const auto missing = [&](const std::optional<ConceptRef>& item, const Coding& coding) {
      return !item || (!coding.system.empty() && item->snapshot().url() != snapshot::CanonicalSystem(coding.system));
    };
    const bool a_missing = missing(answer.a, codings[0]);
    if (a_missing || missing(answer.b, codings[1])) {
      const int unknown = a_missing ? 0 : 1;
      return ErrorReply(404, {.code = "not-found",
                              .about = "invalid-code",
                              .text = absl::StrCat("Unknown code '", base::Excerpt(codings[unknown].code),
                                                   "' in the CodeSystem '", codings[unknown].system, "'"),
                              .expression = names[unknown][0]});
    }
    fhir::ParametersWriter written;
    written.Value("outcome", "valueCode", query::RelationName(answer.relation));
    return Reply{200, written.Take()};
  };
  absl::StatusOr<Reply> reply = read();
  return reply.ok() ? *std::move(reply) : ErrorReply(reply.status());
}

}  // namespace nosograph::rest
