#include "terminology/operations/status_checks.h"

#include <algorithm>
#include <utility>

#include "terminology/operations/messages.h"

namespace nosograph::operations {
namespace {

using snapshot::Release;

// What a resource says of its own status.
struct Status {
  absl::string_view status;
  absl::string_view standards_status;
  bool experimental;

  bool draft() const { return status == "draft" || standards_status == "draft"; }
};

Status Of(const ValueSet& value_set) {
  const ValueSetDefinition& about = value_set.about();
  return {about.status, about.standards_status, about.experimental};
}

// `canonical` gives the resource's, which few need.
template <typename Canonical>
std::optional<StatusCheck> Check(const Status& status, const Status& source, const char* type,
                                 const Canonical& canonical) {
  const auto found = [&](const char* word, const char* message_id) {
    return StatusCheck{word, message_id, type, canonical()};
  };
  if (status.standards_status == "deprecated") return found("deprecated", "MSG_DEPRECATED");
  if (status.standards_status == "withdrawn") return found("withdrawn", "MSG_WITHDRAWN");
  if (status.status == "retired") return found("retired", "MSG_RETIRED");
  if (status.experimental && !source.experimental) return found("experimental", "MSG_EXPERIMENTAL");
  if (status.draft() && !source.draft()) return found("draft", "MSG_DRAFT");
  return std::nullopt;
}

void Add(std::optional<StatusCheck> check, std::vector<StatusCheck>& checks) {
  if (!check || std::any_of(checks.begin(), checks.end(), [&](const StatusCheck& known) {
        return known.canonical == check->canonical && known.type == check->type;
      })) {
    return;
  }
  checks.push_back(*std::move(check));
}

template <typename Take>
void EachInclude(const ValueSet& value_set, const Take& take) {
  for (const std::vector<Include>* list : {&value_set.includes, &value_set.excludes}) {
    for (const Include& include : *list) take(include);
  }
}

void AddValueSets(const ValueSet& value_set, const ValueSet& source, std::vector<StatusCheck>& checks) {
  if (!value_set.url.empty())
    Add(Check(Of(value_set), Of(source), "ValueSet", [&] { return value_set.canonical(); }), checks);
  EachInclude(value_set, [&](const Include& include) {
    for (const auto& imported : include.imports) AddValueSets(*imported, value_set, checks);
  });
}

void AddCodeSystems(const snapshot::ReleaseSet& set, const ValueSet& value_set, std::vector<StatusCheck>& checks) {
  EachInclude(value_set, [&](const Include& include) {
    if (!include.system().empty()) {
      const absl::StatusOr<const Release*> release = ReleaseOf(set, include);
      if (release.ok()) Add(StatusCheckOf(**release, &value_set), checks);
    }
    for (const auto& imported : include.imports) AddCodeSystems(set, *imported, checks);
  });
}

}  // namespace

std::optional<StatusCheck> StatusCheckOf(const Release& release, const ValueSet* source) {
  const snapshot::Snapshot& snapshot = *release.snapshot;
  const Status status{snapshot.status(), snapshot.standards_status(), snapshot.experimental()};
  return Check(status, source == nullptr ? Status{} : Of(*source), "CodeSystem", [&] { return CanonicalOf(release); });
}

std::vector<StatusCheck> StatusChecksOfValueSets(const ValueSet& value_set) {
  std::vector<StatusCheck> checks;
  AddValueSets(value_set, value_set, checks);
  return checks;
}

std::vector<StatusCheck> StatusChecksOf(const snapshot::ReleaseSet& set, const ValueSet& value_set) {
  std::vector<StatusCheck> checks = StatusChecksOfValueSets(value_set);
  AddCodeSystems(set, value_set, checks);
  return checks;
}

fhir::Issue IssueOf(const StatusCheck& check) {
  return {.severity = "information",
          .code = "business-rule",
          .about = "status-check",
          .message_id = check.message_id,
          .text = Message(check.message_id, {check.type, check.canonical})};
}

}  // namespace nosograph::operations
