#include "terminology/query/resolve.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/model/icd_code.h"
#include "terminology/query/scope.h"

namespace nosograph::query {
namespace {

using snapshot::Release;
using snapshot::ReleaseSet;

class Answer {
 public:
  Answer(const Scope& scope, const ResolveQuery& query) : scope_(scope), query_(query) {
    resolution_.release = scope.published();
  }

  Resolution Take() && { return std::move(resolution_); }

  void Matched(const ConceptRef& item) {
    const bool extension = item.of_extension();
    resolution_.outcome = extension ? Outcome::kExtension : Outcome::kExact;
    resolution_.matched = item;
    About(item, false);
    if (extension) {
      ExtensionIssues(item);
    } else if (std::optional<Issue> issue = HeaderIssue(item, query_.code)) {
      resolution_.issues.push_back(*std::move(issue));
    }
  }

  void Missed(absl::string_view canonical) {
    if (scope_.extension_only() && scope_.FindPublished(canonical)) {
      return Say(Severity::kError, IssueKind::kWrongSystem,
                 absl::StrCat(canonical, " is a code of ", scope_.published()->snapshot->url(), ", not of ",
                              base::Excerpt(query_.system)),
                 absl::StrCat("ask with system ", scope_.published()->snapshot->url(), ", or with none"));
    }
    const std::optional<ConceptRef> nearest = scope_.NearestAncestor(canonical);
    std::string remedy = "check the code against its source";
    if (nearest) {
      remedy = absl::StrCat("use ", NameOf(*nearest), nearest->billable() ? "" : " as the header to choose from",
                            ", or check the code against its source");
    }
    if (scope_.published() == nullptr) {
      Say(Severity::kError, IssueKind::kNotLoaded,
          absl::StrCat("whether ", canonical, " is a code cannot be told: no release of ",
                       scope_.release().snapshot->extends(), " is loaded"),
          "import one");
    } else if (scope_.published()->snapshot->fragment()) {
      Say(Severity::kError, IssueKind::kNotLoaded,
          absl::StrCat(canonical, " is not in the excerpt of ", Where(),
                       " that is loaded; whether it is a code cannot "
                       "be told"),
          "import the whole list");
    } else {
      Say(Severity::kError, IssueKind::kNotFound,
          absl::StrCat(canonical, " is no code of ", Where(), ", nor of an extension that is loaded"), remedy);
    }
    if (nearest && query_.on_miss == OnMiss::kParentFallback) {
      resolution_.outcome = Outcome::kParentFallback;
      resolution_.fallback = nearest;
      About(*nearest, true);
    }
  }

  void Malformed() {
    Say(Severity::kError, IssueKind::kMalformed,
        query_.code.empty()
            ? "the code is empty"
            : absl::StrCat("'", base::Excerpt(query_.code), "' has not the form of a code of ", Where()),
        "give a code such as L94.2");
  }

  void NotCanonical(const std::string& canonical) {
    if (query_.form == Form::kStrict) {
      Say(Severity::kError, IssueKind::kNotCanonical,
          absl::StrCat("'", base::Excerpt(query_.code),
                       "' is not the canonical form of a code, which strict mode asks"),
          absl::StrCat("write ", canonical, ", or ask in lenient form"));
      return;
    }
    resolution_.normalized = canonical;
    Say(Severity::kInformation, IssueKind::kNotCanonical,
        absl::StrCat("'", base::Excerpt(query_.code), "' was read as ", canonical), absl::StrCat("write ", canonical));
  }

 private:
  std::string Where() const { return NameOf(scope_.release()); }

  void Say(Severity severity, IssueKind kind, std::string message, std::string remedy) {
    resolution_.issues.push_back(
        {severity, kind, "code", base::Excerpt(query_.code), std::move(message), std::move(remedy)});
  }

  // What follows from the concept that the answer is about.
  void About(const ConceptRef& item, bool inherited) {
    resolution_.ancestors = scope_.Ancestors(item);
    const auto offer = [&](const ConceptRef& candidate, bool is_inherited) {
      if (!resolution_.knowledge && candidate.snapshot().has_knowledge(candidate.item)) {
        resolution_.knowledge = candidate;
        resolution_.knowledge_inherited = is_inherited;
      }
    };
    offer(item, inherited);
    for (const ConceptRef& ancestor : resolution_.ancestors) offer(ancestor, true);

    // The code to bill: the concept itself, or for an extension's the published one right above it.
    const auto published = [](const ConceptRef& candidate) { return !candidate.of_extension(); };
    std::optional<ConceptRef> to_bill = item;
    if (!published(item)) {
      resolution_.extensions.push_back(item.release);
      const auto found = std::find_if(resolution_.ancestors.begin(), resolution_.ancestors.end(), published);
      to_bill = found != resolution_.ancestors.end() ? std::make_optional(*found) : std::nullopt;
    }
    if (to_bill && to_bill->billable()) resolution_.billable = to_bill;
  }

  void ExtensionIssues(const ConceptRef& item) {
    const std::string extension = NameOf(*item.release);
    if (resolution_.ancestors.empty() || resolution_.ancestors.back().of_extension()) {
      Say(Severity::kWarning, IssueKind::kParentMissing,
          absl::StrCat(item.code(), " is a code of the extension ", extension,
                       "; the published code that it stands under is not loaded"),
          absl::StrCat("load the release of ", item.snapshot().extends(), " that the extension was made for"));
      return;
    }
    Say(Severity::kInformation, IssueKind::kExtensionCode,
        absl::StrCat(item.code(), " is not published in ", Where(), "; it is a code of the extension ", extension),
        resolution_.billable ? absl::StrCat("bill ", NameOf(*resolution_.billable))
                             : absl::StrCat("choose a billable code below ", NameOf(resolution_.ancestors.front())));
  }

  const Scope& scope_;
  const ResolveQuery& query_;
  Resolution resolution_;
};

}  // namespace

std::optional<Issue> HeaderIssue(const ConceptRef& item, absl::string_view code) {
  if (!item.classified() || item.billable()) return std::nullopt;
  const snapshot::Snapshot& snapshot = item.snapshot();
  std::string example;
  for (uint32_t below = item.item + 1; below < snapshot.subtree_end(item.item) && example.empty(); ++below) {
    if (snapshot.billable(below)) example = absl::StrCat(", such as ", NameOf(ConceptRef{item.release, below}));
  }
  const model::ConceptKind kind = snapshot.kind(item.item);
  const bool has_code = kind == model::ConceptKind::kCategory || kind == model::ConceptKind::kSubcategory;
  return Issue{
      Severity::kInformation,
      IssueKind::kNotBillable,
      "code",
      base::Excerpt(code),
      absl::StrCat(item.code(), " is a ", has_code ? "header" : model::ConceptKindName(kind), " and not billable"),
      absl::StrCat("choose a billable code below it", has_code ? example : "")};
}

absl::Status CheckCodeLength(absl::string_view field, absl::string_view code) {
  if (code.size() <= kMaxCodeBytes) return absl::OkStatus();
  const std::string excerpt = base::Excerpt(code);
  return base::FieldError(absl::StatusCode::kInvalidArgument, field, excerpt,
                          absl::StrCat("'", excerpt, "' has ", code.size(), " bytes, more than the ", kMaxCodeBytes,
                                       " that a code may have"),
                          "give one code");
}

absl::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kExact:
      return "EXACT";
    case Outcome::kExtension:
      return "EXTENSION";
    case Outcome::kParentFallback:
      return "PARENT_FALLBACK";
    case Outcome::kUnknown:
      break;
  }
  return "UNKNOWN";
}

absl::StatusOr<Resolution> Resolve(const ReleaseSet& set, const ResolveQuery& query) {
  RETURN_IF_ERROR(CheckCodeLength("code", query.code));
  ASSIGN_OR_RETURN(const std::vector<Scope> scopes, ScopesOf(set, query.system, query.release));
  return Resolve(scopes, query);
}

absl::StatusOr<Resolution> Resolve(absl::Span<const Scope> scopes, const ResolveQuery& query) {
  RETURN_IF_ERROR(CheckCodeLength("code", query.code));
  // Most codes come as they are published; only the others cost a reading.
  for (const Scope& scope : scopes) {
    if (const std::optional<ConceptRef> found = scope.Find(query.code)) {
      Answer answer(scope, query);
      answer.Matched(*found);
      return std::move(answer).Take();
    }
  }
  std::optional<Resolution> miss;  // of the first system whose codes have this form
  for (const Scope& scope : scopes) {
    const model::CodeReading reading = scope.Read(query.code);
    if (reading.form == model::CodeForm::kMalformed) continue;
    Answer answer(scope, query);
    if (reading.form == model::CodeForm::kNotCanonical) {
      answer.NotCanonical(reading.canonical);
      if (query.form == Form::kStrict) return std::move(answer).Take();
      if (const std::optional<ConceptRef> found = scope.Find(reading.canonical)) {
        answer.Matched(*found);
        return std::move(answer).Take();
      }
    }
    if (miss) continue;
    answer.Missed(reading.canonical);
    miss = std::move(answer).Take();
  }
  if (miss) return *std::move(miss);
  Answer answer(scopes.front(), query);
  answer.Malformed();
  return std::move(answer).Take();
}

}  // namespace nosograph::query
