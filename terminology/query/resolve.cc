#include "terminology/query/resolve.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/model/date.h"
#include "terminology/model/icd_code.h"

namespace nosograph::query {
namespace {

using snapshot::Release;
using snapshot::ReleaseSet;

// "ICD-10-CM 2026-04-01": a release as messages name it.
std::string NameOf(const Release& release) {
  const absl::string_view title = release.snapshot->title();
  return absl::StrCat(title.empty() ? release.snapshot->url() : title, " ", release.snapshot->version());
}

std::string NameOf(const ConceptRef& item) { return absl::StrCat(item.code(), " (", item.title(), ")"); }

std::string Systems(const ReleaseSet& set) {
  std::vector<absl::string_view> urls;
  for (const Release& release : set.published()) urls.push_back(release.snapshot->url());
  for (const Release& release : set.extensions()) urls.push_back(release.snapshot->url());
  return urls.empty() ? "none" : absl::StrJoin(urls, ", ");
}

// Where a code is looked for.
struct Scope {
  const Release* published = nullptr;      // null where the system of an extension is not loaded
  std::vector<const Release*> extensions;  // in the order of the set
  bool extension_only = false;             // asked under an extension's own system
};

absl::Status CheckRelease(const ResolveQuery& query, const Release& release) {
  if (!query.date.empty() && !model::IsDate(query.date)) {
    return absl::InvalidArgumentError(
        absl::StrCat("date: '", base::Excerpt(query.date), "' is no date; write it as YYYY-MM-DD"));
  }
  if (!query.version.empty() && query.version != release.snapshot->version()) {
    return absl::NotFoundError(absl::StrCat("release.version: '", base::Excerpt(query.version), "' of ",
                                            release.snapshot->url(), " is not loaded; loaded is ",
                                            release.snapshot->version()));
  }
  const bool early = !release.valid_from.empty() && query.date < release.valid_from;
  const bool late = !release.valid_to.empty() && query.date > release.valid_to;
  if (!query.date.empty() && (early || late)) {
    return absl::NotFoundError(absl::StrCat("release.date: no release of ", release.snapshot->url(),
                                            " that is valid on ", query.date, " is loaded; ",
                                            release.snapshot->version(), " is, valid from ", release.valid_from,
                                            release.valid_to.empty() ? "" : " to ", release.valid_to));
  }
  return absl::OkStatus();
}

absl::StatusOr<Scope> ScopeOf(const ReleaseSet& set, const ResolveQuery& query) {
  Scope scope;
  const Release* pinned = nullptr;
  if (query.system.empty()) {
    if (!set.published().empty()) pinned = scope.published = &set.published().front();
  } else if ((pinned = set.Published(query.system)) != nullptr) {
    scope.published = pinned;
  } else if ((pinned = set.Extension(query.system)) != nullptr) {
    scope.extension_only = true;
    scope.extensions.push_back(pinned);
    scope.published = set.Published(pinned->snapshot->extends());
  } else {
    return absl::NotFoundError(absl::StrCat("system: '", base::Excerpt(query.system),
                                            "' is not loaded; use one of these, or none: ", Systems(set)));
  }
  if (!scope.extension_only) {
    for (const Release& extension : set.extensions()) {
      if (scope.published == nullptr || extension.snapshot->extends() == scope.published->snapshot->url()) {
        scope.extensions.push_back(&extension);
      }
    }
    if (pinned == nullptr && !scope.extensions.empty()) pinned = scope.extensions.front();
  }
  if (pinned == nullptr) return absl::NotFoundError("nothing is loaded; import a code system first");
  RETURN_IF_ERROR(CheckRelease(query, *pinned));
  return scope;
}

std::optional<ConceptRef> FindIn(const Release* release, absl::string_view code) {
  if (release == nullptr) return std::nullopt;
  const std::optional<uint32_t> item = release->snapshot->Find(code);
  if (!item) return std::nullopt;
  return ConceptRef{release, *item};
}

std::optional<ConceptRef> FindInExtensions(const Scope& scope, absl::string_view code) {
  for (const Release* extension : scope.extensions) {
    if (std::optional<ConceptRef> found = FindIn(extension, code)) return found;
  }
  return std::nullopt;
}

// What is published comes before what an extension says.
std::optional<ConceptRef> Find(const Scope& scope, absl::string_view code) {
  if (!scope.extension_only) {
    if (std::optional<ConceptRef> found = FindIn(scope.published, code)) return found;
  }
  return FindInExtensions(scope, code);
}

// Reads the code by the grammar of the system that is asked.
model::CodeReading Read(const Scope& scope, absl::string_view code) {
  const absl::string_view system =
      scope.published != nullptr ? scope.published->snapshot->url() : scope.extensions.front()->snapshot->extends();
  return model::ReadCode(model::GrammarOf(system), code);
}

// Up from a concept of an extension into what is published, as far as the chapter.
std::vector<ConceptRef> Ancestors(const Scope& scope, ConceptRef item) {
  std::vector<ConceptRef> ancestors;
  while (true) {
    if (const std::optional<uint32_t> parent = item.snapshot().parent(item.item)) {
      item.item = *parent;
    } else {
      const auto extends = item.snapshot().extends(item.item);
      if (!extends || item.release == scope.published) break;
      const std::optional<ConceptRef> published = FindIn(scope.published, extends->code);
      if (!published) break;
      item = *published;
    }
    ancestors.push_back(item);
  }
  return ancestors;
}

class Answer {
 public:
  Answer(const Scope& scope, const ResolveQuery& query) : scope_(scope), query_(query) {
    resolution_.release = scope.published;
  }

  Resolution Take() && { return std::move(resolution_); }

  void Matched(const ConceptRef& item) {
    const bool extension = !item.snapshot().extends().empty();
    resolution_.outcome = extension ? Outcome::kExtension : Outcome::kExact;
    resolution_.matched = item;
    About(item, false);
    if (extension) {
      ExtensionIssues(item);
    } else if (!item.billable()) {
      HeaderIssue(item);
    }
  }

  void Missed(absl::string_view canonical) {
    if (scope_.extension_only && FindIn(scope_.published, canonical)) {
      return Say(Severity::kError, IssueKind::kWrongSystem,
                 absl::StrCat(canonical, " is a code of ", scope_.published->snapshot->url(), ", not of ",
                              base::Excerpt(query_.system)),
                 absl::StrCat("ask with system ", scope_.published->snapshot->url(), ", or with none"));
    }
    const std::optional<ConceptRef> nearest = NearestAncestor(canonical);
    std::string remedy = "check the code against its source";
    if (nearest) {
      remedy = absl::StrCat("use ", NameOf(*nearest), nearest->billable() ? "" : " as the header to choose from",
                            ", or check the code against its source");
    }
    Say(Severity::kError, IssueKind::kNotFound,
        absl::StrCat(canonical, " is no code of ", Where(), ", nor of an extension that is loaded"), remedy);
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
  std::string Where() const {
    return scope_.published != nullptr ? NameOf(*scope_.published) : NameOf(*scope_.extensions.front());
  }

  void Say(Severity severity, IssueKind kind, std::string message, std::string remedy) {
    resolution_.issues.push_back(
        {severity, kind, "code", base::Excerpt(query_.code), std::move(message), std::move(remedy)});
  }

  std::optional<ConceptRef> NearestAncestor(absl::string_view canonical) const {
    for (absl::string_view code = model::FormalParent(canonical); !code.empty(); code = model::FormalParent(code)) {
      if (std::optional<ConceptRef> found = FindInExtensions(scope_, code)) return found;
      if (std::optional<ConceptRef> found = FindIn(scope_.published, code)) return found;
    }
    return std::nullopt;
  }

  // What follows from the concept that the answer is about.
  void About(const ConceptRef& item, bool inherited) {
    resolution_.ancestors = Ancestors(scope_, item);
    const auto offer = [&](const ConceptRef& candidate, bool is_inherited) {
      if (!resolution_.knowledge && candidate.snapshot().has_knowledge(candidate.item)) {
        resolution_.knowledge = candidate;
        resolution_.knowledge_inherited = is_inherited;
      }
    };
    offer(item, inherited);
    for (const ConceptRef& ancestor : resolution_.ancestors) offer(ancestor, true);

    // The code to bill: the concept itself, or for an extension's the published one right above it.
    const auto published = [](const ConceptRef& candidate) { return candidate.snapshot().extends().empty(); };
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
    if (resolution_.ancestors.empty() || !resolution_.ancestors.back().snapshot().extends().empty()) {
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

  void HeaderIssue(const ConceptRef& item) {
    const snapshot::Snapshot& snapshot = item.snapshot();
    std::string example;
    for (uint32_t below = item.item + 1; below < snapshot.subtree_end(item.item) && example.empty(); ++below) {
      if (snapshot.billable(below)) example = absl::StrCat(", such as ", NameOf(ConceptRef{item.release, below}));
    }
    Say(Severity::kInformation, IssueKind::kNotBillable, absl::StrCat(item.code(), " is a header and not billable"),
        absl::StrCat("choose a billable code below it", example));
  }

  const Scope& scope_;
  const ResolveQuery& query_;
  Resolution resolution_;
};

}  // namespace

absl::StatusOr<Resolution> Resolve(const ReleaseSet& set, const ResolveQuery& query) {
  if (query.code.size() > kMaxCodeBytes) {
    return absl::InvalidArgumentError(absl::StrCat("code: '", base::Excerpt(query.code), "' has ", query.code.size(),
                                                   " bytes, more than the ", kMaxCodeBytes,
                                                   " that a code may have; give one code"));
  }
  ASSIGN_OR_RETURN(const Scope scope, ScopeOf(set, query));
  Answer answer(scope, query);
  // Most codes come as they are published; only the others cost a reading.
  if (const std::optional<ConceptRef> found = Find(scope, query.code)) {
    answer.Matched(*found);
    return std::move(answer).Take();
  }
  const model::CodeReading reading = Read(scope, query.code);
  if (reading.form == model::CodeForm::kMalformed) {
    answer.Malformed();
    return std::move(answer).Take();
  }
  if (reading.form == model::CodeForm::kNotCanonical) {
    answer.NotCanonical(reading.canonical);
    if (query.form == Form::kStrict) return std::move(answer).Take();
    if (const std::optional<ConceptRef> found = Find(scope, reading.canonical)) {
      answer.Matched(*found);
      return std::move(answer).Take();
    }
  }
  answer.Missed(reading.canonical);
  return std::move(answer).Take();
}

}  // namespace nosograph::query
