#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/cli/json.h"
#include "service/cli/query_options.h"
#include "terminology/base/unicode.h"
#include "terminology/query/lookup.h"
#include "terminology/store/data_folder.h"

namespace nosograph::cli {
namespace {

using query::ConceptRef;
using query::InheritedNote;
using query::Lookup;

void WriteConcepts(const char* name, const std::vector<ConceptRef>& items, JsonLine& json) {
  json.StartList(name);
  for (const ConceptRef& item : items) {
    json.StartObject()
        .Text("code", item.code())
        .Text("title", item.title())
        .Text("system", item.snapshot().url())
        .Flag("billable", item.billable())
        .EndObject();
  }
  json.EndList();
}

void WriteNotes(const Lookup& lookup, JsonLine& json) {
  json.StartList("notes");
  for (const InheritedNote& note : lookup.notes) {
    json.StartObject()
        .Text("kind", model::NoteKindName(note.kind))
        .Text("text", note.text)
        .Text("stands_at", note.level.code())
        .Flag("inherited", note.inherited)
        .StartList("references");
    for (const model::NoteReference& reference : query::ReferencesOf(*lookup.scope, note.text)) {
      json.StartObject()
          .Text("first", reference.first)
          .Text("last", reference.last)
          .Flag("below", reference.below)
          .Text("qualifier", reference.qualifier)
          .Texts("endings", reference.endings)
          .Numbers("positions", reference.positions)
          .Text("characters", reference.characters)
          .EndObject();
    }
    json.EndList().EndObject();
  }
  json.EndList();
}

void PrintJson(const std::string& code, const Lookup& lookup) {
  const ConceptRef& item = *lookup.item;
  const snapshot::Snapshot& snapshot = item.snapshot();
  JsonLine json;
  json.Text("code", code)
      .Text("canonical", item.code())
      .Text("title", item.title())
      .Text("definition", snapshot.definition(item.item))
      .Text("kind", model::ConceptKindName(snapshot.kind(item.item)))
      .Flag("billable", item.billable())
      .Text("status", model::ConceptStatusName(snapshot.status(item.item)))
      .Flag("inactive", item.inactive())
      .Flag("abstract", item.abstract())
      .Text("system", snapshot.url())
      .Text("release", snapshot.version())
      .Text("snapshot", item.release->id);
  json.StartList("designations");
  for (const query::DesignationOf& found : lookup.designations) {
    json.StartObject()
        .Text("language", found.designation.language)
        .Text("use", found.designation.use)
        .Text("value", found.designation.value)
        .Text("source", found.source->snapshot->url())
        .EndObject();
  }
  json.EndList();
  json.StartList("properties");
  for (const query::PropertyOf& found : lookup.properties) {
    json.StartObject()
        .Text("code", found.property.definition.code)
        .Text("type", model::PropertyTypeName(found.property.definition.type))
        .Text("value", found.property.value);
    if (found.property.definition.type == model::PropertyType::kCoding) {
      json.Text("system", found.property.coding_system).Text("display", found.property.coding_display);
    }
    json.Text("source", found.source->snapshot->url()).EndObject();
  }
  json.EndList();
  WriteConcepts("ancestors", lookup.ancestors, json);
  WriteConcepts("children", lookup.children, json);
  WriteNotes(lookup, json);
  std::cout << json.Take();
}

void PrintText(const Lookup& lookup) {
  const ConceptRef& item = *lookup.item;
  const snapshot::Snapshot& snapshot = item.snapshot();
  std::cout << item.code() << "  " << item.title() << "\n"
            << "  " << model::ConceptKindName(snapshot.kind(item.item));
  if (item.classified()) std::cout << (item.billable() ? ", billable" : ", not billable");
  if (item.inactive()) std::cout << ", inactive";
  if (item.abstract()) std::cout << ", only groups others";
  std::cout << ", " << query::NameOf(*item.release) << "\n";
  if (!snapshot.definition(item.item).empty()) std::cout << "  " << snapshot.definition(item.item) << "\n";
  for (const query::DesignationOf& found : lookup.designations) {
    std::cout << "  also      " << found.designation.value;
    if (!found.designation.language.empty()) std::cout << " (" << found.designation.language << ")";
    if (found.source != item.release) std::cout << ", of the supplement " << query::NameOf(*found.source);
    std::cout << "\n";
  }
  for (const query::PropertyOf& found : lookup.properties) {
    std::cout << "  " << found.property.definition.code << ": " << found.property.value;
    if (!found.property.coding_display.empty()) std::cout << " (" << found.property.coding_display << ")";
    std::cout << "\n";
  }
  for (const ConceptRef& above : lookup.ancestors) std::cout << "  below     " << query::NameOf(above) << "\n";
  for (const ConceptRef& child : lookup.children) {
    std::cout << "  child     " << query::NameOf(child) << (child.of_extension() ? ", of an extension" : "") << "\n";
  }
  for (const InheritedNote& note : lookup.notes) {
    std::cout << "  " << model::NoteKindName(note.kind);
    if (note.inherited) std::cout << " (from " << note.level.code() << ")";
    std::cout << ": " << note.text << "\n";
  }
}

// What a code that there is not is answered with.
int PrintMiss(const QueryOptions& options, const std::string& code, const Lookup& lookup) {
  const std::string message = lookup.issue ? lookup.issue->message : "there is no such code";
  const std::string remedy = lookup.issue ? lookup.issue->remedy : "";
  if (options.json()) {
    JsonLine json;
    json.Text("code", code).Text("error", message).Text("remedy", remedy);
    std::cout << json.Take();
  } else {
    std::cout << base::Excerpt(code) << "  " << message << "; " << remedy << "\n";
  }
  return kNoSuch;
}

int ForEachLookup(const QueryOptions& options, const std::function<void(const std::string&, const Lookup&)>& print) {
  const absl::StatusOr<snapshot::ReleaseSet> set = LoadReleases(options.data);
  if (!set.ok()) return Fail(set.status());
  return ForEachCode(options, [&](const std::string& code) -> int {
    const absl::StatusOr<Lookup> lookup =
        query::LookUp(*set, {.system = options.system,
                             .code = code,
                             .release = options.selector(),
                             .form = options.strict ? query::Form::kStrict : query::Form::kLenient});
    if (!lookup.ok()) return FailCode(options, code, lookup.status());
    if (!lookup->item) return PrintMiss(options, code, *lookup);
    print(code, *lookup);
    return kOk;
  });
}

int LookUp(const QueryOptions& options) {
  return ForEachLookup(options, [&](const std::string& code, const Lookup& lookup) {
    options.json() ? PrintJson(code, lookup) : PrintText(lookup);
  });
}

struct ChildrenOptions : QueryOptions {
  bool all = false;
};

int Children(const ChildrenOptions& options) {
  return ForEachLookup(options, [&](const std::string& code, const Lookup& lookup) {
    const std::vector<ConceptRef> below = options.all ? lookup.scope->Descendants(*lookup.item) : lookup.children;
    if (options.json()) {
      JsonLine json;
      json.Text("code", code).Text("canonical", lookup.item->code());
      WriteConcepts(options.all ? "descendants" : "children", below, json);
      std::cout << json.Take();
      return;
    }
    for (const ConceptRef& item : below) {
      std::cout << item.code() << "  " << item.title() << (item.billable() ? "" : "  (not billable)") << "\n";
    }
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
