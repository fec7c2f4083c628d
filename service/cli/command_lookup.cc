#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/cli/handlers_for.h"
#include "service/cli/json.h"
#include "service/cli/query_options.h"
#include "service/grpc/convert.h"
#include "terminology/base/unicode.h"
#include "terminology/query/lookup.h"

namespace nosograph::cli {
namespace {

// "chapter": the name in lower case, without what the proto puts before it.
std::string Bare(const std::string& name, absl::string_view prefix) {
  std::string bare = absl::AsciiStrToLower(absl::StripPrefix(name, prefix));
  std::replace(bare.begin(), bare.end(), '_', ' ');
  return bare;
}

std::string KindOf(const v1::Concept& item) { return Bare(v1::ConceptKind_Name(item.kind()), "CONCEPT_KIND_"); }

std::string KindOf(const v1::Note& note) {
  return std::string(model::NoteKindName(static_cast<model::NoteKind>(note.kind())));  // the same numbers
}

std::string NameOf(const v1::Concept& item) { return absl::StrCat(item.code(), " (", item.title(), ")"); }

std::string NameOf(const v1::Release& release) {
  return absl::StrCat(release.title().empty() ? release.system() : release.title(), " ", release.version());
}

template <typename Concepts>
void WriteConcepts(const char* name, const Concepts& items, JsonLine& json) {
  json.StartList(name);
  for (const v1::Concept& item : items) {
    json.StartObject()
        .Text("code", item.code())
        .Text("title", item.title())
        .Text("system", item.system())
        .Flag("billable", item.billable())
        .EndObject();
  }
  json.EndList();
}

void WriteNotes(const v1::LookupResponse& lookup, JsonLine& json) {
  json.StartList("notes");
  for (const v1::InheritedNote& found : lookup.notes()) {
    json.StartObject()
        .Text("kind", KindOf(found.note()))
        .Text("text", found.note().text())
        .Text("stands_at", found.note().stands_at())
        .Flag("inherited", found.inherited())
        .StartList("references");
    for (const v1::NoteReference& reference : found.references()) {
      json.StartObject()
          .Text("first", reference.first())
          .Text("last", reference.last())
          .Flag("below", reference.below())
          .Flag("excepted", reference.excepted())
          .Text("qualifier", reference.qualifier())
          .Texts("endings", {reference.endings().begin(), reference.endings().end()})
          .Numbers("positions", {reference.positions().begin(), reference.positions().end()})
          .Text("characters", reference.characters())
          .EndObject();
    }
    json.EndList().EndObject();
  }
  json.EndList();
}

void PrintJson(const std::string& code, const v1::LookupResponse& lookup) {
  const v1::Concept& item = lookup.matched_concept();
  JsonLine json;
  json.Text("code", code)
      .Text("canonical", item.code())
      .Text("title", item.title())
      .Text("definition", item.definition())
      .Text("kind", KindOf(item))
      .Flag("billable", item.billable())
      .Text("status", lookup.status())
      .Flag("inactive", lookup.inactive())
      .Flag("abstract", lookup.abstract())
      .Text("system", item.system())
      .Text("release", lookup.release().version())
      .Text("snapshot", lookup.release().id());
  json.StartList("designations");
  for (const v1::SourcedDesignation& found : lookup.designations()) {
    json.StartObject()
        .Text("language", found.designation().language())
        .Text("use", found.designation().use())
        .Text("value", found.designation().value())
        .Text("source", found.source())
        .EndObject();
  }
  json.EndList();
  json.StartList("properties");
  for (const v1::Property& property : lookup.properties()) {
    json.StartObject().Text("code", property.code()).Text("type", property.type()).Text("value", property.value());
    if (property.type() == model::PropertyTypeName(model::PropertyType::kCoding)) {
      json.Text("system", property.coding_system()).Text("display", property.coding_display());
    }
    json.Text("source", property.source()).EndObject();
  }
  json.EndList();
  WriteConcepts("ancestors", lookup.ancestors(), json);
  WriteConcepts("children", lookup.children(), json);
  WriteNotes(lookup, json);
  std::cout << json.Take();
}

void PrintNames(const v1::LookupResponse& lookup) {
  for (const v1::SourcedDesignation& found : lookup.designations()) {
    std::cout << "  also      " << found.designation().value();
    if (!found.designation().language().empty()) std::cout << " (" << found.designation().language() << ")";
    for (const v1::Release& supplement : lookup.supplements()) {
      if (supplement.system() == found.source()) std::cout << ", of the supplement " << NameOf(supplement);
    }
    std::cout << "\n";
  }
  for (const v1::Property& property : lookup.properties()) {
    std::cout << "  " << property.code() << ": " << property.value();
    if (!property.coding_display().empty()) std::cout << " (" << property.coding_display() << ")";
    std::cout << "\n";
  }
}

void PrintText(const v1::LookupResponse& lookup) {
  const v1::Concept& item = lookup.matched_concept();
  std::cout << item.code() << "  " << item.title() << "\n  " << KindOf(item);
  if (item.kind() != v1::CONCEPT_KIND_CONCEPT) std::cout << (item.billable() ? ", billable" : ", not billable");
  if (lookup.inactive()) std::cout << ", inactive";
  if (lookup.abstract()) std::cout << ", only groups others";
  std::cout << ", " << NameOf(lookup.release()) << "\n";
  if (!item.definition().empty()) std::cout << "  " << item.definition() << "\n";
  PrintNames(lookup);
  for (const v1::Concept& above : lookup.ancestors()) std::cout << "  below     " << NameOf(above) << "\n";
  for (const v1::Concept& child : lookup.children()) {
    std::cout << "  child     " << NameOf(child)
              << (child.system() == lookup.release().system() ? "" : ", of an extension") << "\n";
  }
  for (const v1::InheritedNote& found : lookup.notes()) {
    std::cout << "  " << KindOf(found.note());
    if (found.inherited()) std::cout << " (from " << found.note().stands_at() << ")";
    std::cout << ": " << found.note().text() << "\n";
  }
}

constexpr char kNoSuchCode[] = "there is no such code";
constexpr char kCheckIt[] = "check it against its source";

// What a code that there is not is answered with.
int PrintMiss(const QueryOptions& options, const std::string& code, const std::string& message,
              const std::string& remedy) {
  if (options.json()) {
    JsonLine json;
    json.Text("code", code).Text("error", message).Text("remedy", remedy);
    std::cout << json.Take();
  } else {
    std::cout << base::Excerpt(code) << "  " << message << "; " << remedy << "\n";
  }
  return kNoSuch;
}

int ForEachLookup(const QueryOptions& options,
                  const std::function<void(const std::string&, const v1::LookupResponse&)>& print) {
  const absl::StatusOr<service::TerminologyHandlers> handlers = HandlersFor(options.server, options.data);
  if (!handlers.ok()) return Fail(handlers.status());
  v1::LookupRequest request;
  SetCommonFields(options, request);
  request.set_form(options.strict ? v1::FORM_STRICT : v1::FORM_LENIENT);
  return ForEachCode(options, [&](const std::string& code) -> int {
    request.set_code(code);
    v1::LookupResponse lookup;
    const absl::Status status = handlers->lookup({}, request, &lookup);
    if (!status.ok()) return FailCode(options, code, status);
    if (!lookup.has_matched_concept()) {
      return lookup.issues_size() > 0 ? PrintMiss(options, code, lookup.issues(0).message(), lookup.issues(0).remedy())
                                      : PrintMiss(options, code, kNoSuchCode, kCheckIt);
    }
    print(code, lookup);
    return kOk;
  });
}

int LookUp(const QueryOptions& options) {
  return ForEachLookup(options, [&](const std::string& code, const v1::LookupResponse& lookup) {
    options.json() ? PrintJson(code, lookup) : PrintText(lookup);
  });
}

struct ChildrenOptions : QueryOptions {
  bool all = false;
};

template <typename Concepts>
void PrintBelow(const ChildrenOptions& options, const std::string& code, const std::string& canonical,
                const Concepts& below) {
  if (options.json()) {
    JsonLine json;
    json.Text("code", code).Text("canonical", canonical);
    WriteConcepts(options.all ? "descendants" : "children", below, json);
    std::cout << json.Take();
    return;
  }
  if (below.empty()) std::cerr << "nothing stands below " << canonical << "\n";
  for (const v1::Concept& item : below) {
    const bool header = item.kind() != v1::CONCEPT_KIND_CONCEPT && !item.billable();
    std::cout << item.code() << "  " << item.title() << (header ? "  (not billable)" : "") << "\n";
  }
}

// All that is below may be a hundred thousand concepts, more than one reply holds: of the data folder alone.
int Descendants(const ChildrenOptions& options) {
  if (options.server.asked()) {
    return Fail(
        absl::InvalidArgumentError("--all: a service does not tell all that is below; ask the data folder, or "
                                   "leave --all out"));
  }
  const absl::StatusOr<snapshot::ReleaseSet> set = LoadReleases(options.data);
  if (!set.ok()) return Fail(set.status());
  return ForEachCode(options, [&](const std::string& code) -> int {
    const absl::StatusOr<query::Lookup> lookup =
        query::LookUp(*set, {.system = options.system,
                             .code = code,
                             .release = options.selector(),
                             .form = options.strict ? query::Form::kStrict : query::Form::kLenient});
    if (!lookup.ok()) return FailCode(options, code, lookup.status());
    if (!lookup->item) {
      return lookup->issue ? PrintMiss(options, code, lookup->issue->message, lookup->issue->remedy)
                           : PrintMiss(options, code, kNoSuchCode, kCheckIt);
    }
    std::vector<v1::Concept> below;
    for (const query::ConceptRef& item : lookup->scope->Descendants(*lookup->item)) {
      service::ToMessage(item, &below.emplace_back());
    }
    PrintBelow(options, code, std::string(lookup->item->code()), below);
    return kOk;
  });
}

int Children(const ChildrenOptions& options) {
  if (options.all) return Descendants(options);
  return ForEachLookup(options, [&](const std::string& code, const v1::LookupResponse& lookup) {
    PrintBelow(options, code, lookup.matched_concept().code(), lookup.children());
  });
}

}  // namespace

void AddLookupCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("lookup", "All that a release says of a code: place, neighbours, notes");
  auto options = std::make_shared<QueryOptions>();
  AddQueryOptions(*command, *options);
  command->callback([options, &exit_code] { exit_code = LookUp(*options); });
}

void AddChildrenCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("children", "What stands right below a code, or with --all anywhere below");
  auto options = std::make_shared<ChildrenOptions>();
  AddQueryOptions(*command, *options);
  command->add_flag("--all", options->all, "All descendants");
  command->callback([options, &exit_code] { exit_code = Children(*options); });
}

}  // namespace nosograph::cli
