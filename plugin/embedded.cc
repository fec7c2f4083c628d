#include "plugin/embedded.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "plugin/describe.h"
#include "plugin/error_result.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/query/lookup.h"
#include "terminology/query/resolve.h"
#include "terminology/query/scope.h"
#include "terminology/query/search.h"
#include "terminology/query/subsumes.h"
#include "terminology/query/validate_code.h"
#include "terminology/snapshot/live_releases.h"
#include "terminology/store/active_file.h"
#include "terminology/store/served_releases.h"

namespace nosograph::plugin {
namespace {

using query::Scope;

// A release set with the scopes that most questions ask in: those of its active releases, made once.
class Served {
 public:
  explicit Served(snapshot::ReleaseSet set) : set_(std::move(set)) {
    Prepare("");
    for (const snapshot::Release& release : set_.releases()) {
      if (release.active) Prepare(release.snapshot->url());
    }
  }
  Served(Served&&) = default;  // scopes refer into the releases, which stay where they are

  const snapshot::ReleaseSet& set() const { return set_; }

  // Empty where they must be made: another release, another way to name the system, or an error.
  absl::Span<const Scope> Scopes(const Request& request) const {
    if (!request.version.empty() || !request.date.empty()) return {};
    for (const auto& [system, scopes] : prepared_) {
      if (system == request.system) return scopes;
    }
    return {};
  }

 private:
  void Prepare(absl::string_view system) {
    absl::StatusOr<std::vector<Scope>> scopes = query::ScopesOf(set_, system, {});
    if (scopes.ok()) prepared_.emplace_back(system, *std::move(scopes));
  }

  snapshot::ReleaseSet set_;
  std::vector<std::pair<absl::string_view, std::vector<Scope>>> prepared_;
};

using Live = snapshot::Live<Served>;

// What keeps the set of a result alive; the items of a batch leave that to one of them.
struct Ground {
  const Served* served;
  std::optional<Live::Pin> pin;
};

query::Form FormOf(const Request& request) { return request.strict ? query::Form::kStrict : query::Form::kLenient; }

snapshot::ReleaseSelector SelectorOf(const Request& request) {
  return {.version = request.version, .date = request.date};
}

class LookupResult final : public noso_result {
 public:
  LookupResult(Ground ground, query::Location location) : ground_(std::move(ground)), location_(std::move(location)) {}

  noso_outcome outcome() const override {
    if (location_.item) return NOSO_VALID;
    const bool unknown = location_.issue && location_.issue->kind == query::IssueKind::kNotLoaded;
    return unknown ? NOSO_UNDETERMINED : NOSO_INVALID;
  }

  bool Quick(noso_list list, size_t index, noso_field field, absl::string_view& text) const override {
    if (list != NOSO_LIST_MATCHED || index != 0 || !location_.item) return false;
    if (field == NOSO_FIELD_DISPLAY) {
      text = location_.item->title();
    } else if (field == NOSO_FIELD_CODE) {
      text = location_.item->code();
    } else {
      return false;
    }
    return true;
  }

 private:
  void Fill(Lists& lists) const override {
    lookup_ = query::Describe(ground_.served->set(), location_);
    Describe(ground_.served->set(), lookup_, lists);
  }

  const Ground ground_;
  const query::Location location_;
  mutable query::Lookup lookup_;  // holds the text that the lists refer to
};

class ResolveResult final : public noso_result {
 public:
  ResolveResult(Ground ground, query::Resolution resolution)
      : ground_(std::move(ground)), resolution_(std::move(resolution)) {}

  noso_outcome outcome() const override {
    if (resolution_.matched) return NOSO_VALID;
    for (const query::Issue& issue : resolution_.issues) {
      if (issue.kind == query::IssueKind::kNotLoaded) return NOSO_UNDETERMINED;
    }
    return NOSO_INVALID;
  }

 private:
  void Fill(Lists& lists) const override { Describe(resolution_, lists); }

  const Ground ground_;
  const query::Resolution resolution_;
};

class ValidateResult final : public noso_result {
 public:
  ValidateResult(Ground ground, std::shared_ptr<const query::CodeValidator> validator, const Request& request,
                 absl::string_view code)
      : ground_(std::move(ground)),
        validator_(std::move(validator)),
        code_(code),
        max_repairs_(static_cast<size_t>(request.max_repairs)),
        validation_(validator_->Validate(code_)) {}

  noso_outcome outcome() const override {
    switch (validation_.verdict) {
      case query::Verdict::kValid:
        return NOSO_VALID;
      case query::Verdict::kInvalid:
        return NOSO_INVALID;
      case query::Verdict::kUndetermined:
        break;
    }
    return NOSO_UNDETERMINED;
  }

 private:
  void Fill(Lists& lists) const override { Describe(*validator_, validation_, code_, max_repairs_, lists); }

  const Ground ground_;
  const std::shared_ptr<const query::CodeValidator> validator_;
  const std::string code_;
  const size_t max_repairs_;
  const query::Validation validation_;
};

class SubsumesResult final : public noso_result {
 public:
  SubsumesResult(Ground ground, const query::Subsumption& answer) : ground_(std::move(ground)), answer_(answer) {}

  noso_outcome outcome() const override {
    if (answer_.relation == query::Relation::kUndetermined) return NOSO_UNDETERMINED;
    return answer_.relation == query::Relation::kUnknownCode ? NOSO_INVALID : NOSO_VALID;
  }

 private:
  void Fill(Lists& lists) const override { Describe(answer_, lists); }

  const Ground ground_;
  const query::Subsumption answer_;
};

class SearchResult final : public noso_result {
 public:
  SearchResult(Ground ground, query::SearchAnswer answer) : ground_(std::move(ground)), answer_(std::move(answer)) {}

  noso_outcome outcome() const override { return answer_.hits.empty() ? NOSO_INVALID : NOSO_VALID; }

 private:
  void Fill(Lists& lists) const override { Describe(answer_, lists); }

  const Ground ground_;
  const query::SearchAnswer answer_;
};

query::Fold FoldOf(int32_t fold) {
  if (fold == NOSO_FOLD_ALWAYS) return query::Fold::kAlways;
  return fold == NOSO_FOLD_NEVER ? query::Fold::kNever : query::Fold::kWhenMany;
}

class Embedded final : public Backend {
 public:
  Embedded(std::string folder, snapshot::ReleaseSet set) : folder_(std::move(folder)), live_(Served(std::move(set))) {}

  static absl::StatusOr<snapshot::ReleaseSet> Open(const std::string& folder, const snapshot::ReleaseSet* held) {
    ASSIGN_OR_RETURN(const std::vector<store::LoadedRelease> loaded, store::ReadActiveFile(folder));
    return store::OpenServed(folder, loaded, {.verification = snapshot::Verification::kHeader, .held = held});
  }

  std::unique_ptr<noso_result> Ask(noso_verb verb, const Request& request, absl::string_view code) override {
    Live::Pin pin = live_.Get();
    const Served* served = &*pin;
    return Question(*served, verb, request).Ask({served, std::move(pin)}, code);
  }

  std::unique_ptr<noso_result> Subsumes(const Request& request, absl::string_view code_a,
                                        absl::string_view code_b) override {
    Live::Pin pin = live_.Get();
    const Served* served = &*pin;
    const absl::StatusOr<query::Subsumption> answer = query::Subsumes(served->set(), {.system = request.system,
                                                                                      .code_a = code_a,
                                                                                      .code_b = code_b,
                                                                                      .release = SelectorOf(request),
                                                                                      .form = FormOf(request)});
    if (!answer.ok()) return ErrorOf(answer.status());
    return std::make_unique<SubsumesResult>(Ground{served, std::move(pin)}, *answer);
  }

  std::unique_ptr<noso_result> Search(const Request& request, const SearchOptions& options,
                                      absl::string_view text) override {
    Live::Pin pin = live_.Get();
    const Served* served = &*pin;
    absl::StatusOr<query::SearchAnswer> answer =
        query::Search(served->set(), {.text = text,
                                      .system = request.system,
                                      .release = SelectorOf(request),
                                      .billable_only = options.billable_only,
                                      .under = options.under,
                                      .fold = FoldOf(options.fold),
                                      .count = options.count == 0 ? query::kUsualHits : options.count,
                                      .page_token = options.page_token});
    if (!answer.ok()) return ErrorOf(answer.status());
    return std::make_unique<SearchResult>(Ground{served, std::move(pin)}, *std::move(answer));
  }

  std::unique_ptr<noso_result> Batch(noso_verb verb, const Request& request,
                                     const std::vector<absl::string_view>& codes) override {
    Live::Pin pin = live_.Get();
    Question question(*pin, verb, request);
    std::vector<std::unique_ptr<noso_result>> items;
    items.reserve(codes.size());
    for (const absl::string_view code : codes) items.push_back(question.Ask({&*pin, std::nullopt}, code));
    return std::make_unique<BatchResult>(std::move(items), std::make_shared<const Live::Pin>(std::move(pin)));
  }

  absl::Status Reload(base::Mutex& writers) override {
    const base::MutexLock lock(writers);
    const Live::Pin held = live_.Get();
    ASSIGN_OR_RETURN(snapshot::ReleaseSet set, Open(folder_, &held->set()));
    live_.Swap(Served(std::move(set)));
    return absl::OkStatus();
  }

  bool Idle() const override { return live_.Idle(); }

 private:
  // One question for one code or many.
  class Question {
   public:
    Question(const Served& served, noso_verb verb, const Request& request)
        : verb_(verb), request_(request), scopes_(served.Scopes(request)) {
      if (verb == NOSO_VERB_VALIDATE_CODE) {
        validator_ = std::make_shared<query::CodeValidator>(
            served.set(), query::ValidateOptions{.system = request.system,
                                                 .release = SelectorOf(request),
                                                 .form = FormOf(request),
                                                 .use = request.claim ? query::Use::kClaim : query::Use::kTerminology});
      } else if (scopes_.empty()) {
        absl::StatusOr<std::vector<Scope>> made = query::ScopesOf(served.set(), request.system, SelectorOf(request));
        status_ = made.status();
        if (made.ok()) scopes_ = made_ = *std::move(made);
      }
    }

    std::unique_ptr<noso_result> Ask(Ground ground, absl::string_view code) {
      if (verb_ == NOSO_VERB_VALIDATE_CODE) {
        // Not loaded is an answer; a question that is none is not.
        if (absl::IsInvalidArgument(validator_->status())) return ErrorOf(validator_->status());
        return std::make_unique<ValidateResult>(std::move(ground), validator_, request_, code);
      }
      if (const absl::Status length = query::CheckCodeLength("code", code); !length.ok()) {
        return ErrorOf(length);
      }
      if (!status_.ok()) return ErrorOf(status_);
      return verb_ == NOSO_VERB_LOOKUP ? LookUp(std::move(ground), code) : Resolve(std::move(ground), code);
    }

   private:
    std::unique_ptr<noso_result> LookUp(Ground ground, absl::string_view code) const {
      // Most codes come as they are published.
      for (const Scope& scope : scopes_) {
        if (std::optional<query::ConceptRef> found = scope.Find(code)) {
          return std::make_unique<LookupResult>(std::move(ground),
                                                query::Location{.item = found, .published = scope.published()});
        }
      }
      absl::StatusOr<query::Location> location = query::Locate(
          scopes_,
          {.system = request_.system, .code = code, .release = SelectorOf(request_), .form = FormOf(request_)});
      if (!location.ok()) return ErrorOf(location.status());
      return std::make_unique<LookupResult>(std::move(ground), *std::move(location));
    }

    std::unique_ptr<noso_result> Resolve(Ground ground, absl::string_view code) const {
      absl::StatusOr<query::Resolution> resolution = query::Resolve(
          scopes_, {.system = request_.system,
                    .code = code,
                    .release = SelectorOf(request_),
                    .form = FormOf(request_),
                    .on_miss = request_.parent_fallback ? query::OnMiss::kParentFallback : query::OnMiss::kUnknown});
      if (!resolution.ok()) return ErrorOf(resolution.status());
      return std::make_unique<ResolveResult>(std::move(ground), *std::move(resolution));
    }

    const noso_verb verb_;
    const Request& request_;
    absl::Span<const Scope> scopes_;
    std::vector<Scope> made_;
    absl::Status status_;
    std::shared_ptr<const query::CodeValidator> validator_;
  };

  const std::string folder_;
  Live live_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> OpenEmbedded(absl::string_view field, const std::string& folder) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    const std::string excerpt = base::Excerpt(folder);
    return base::FieldError(absl::StatusCode::kNotFound, field, excerpt, absl::StrCat("'", excerpt, "' is no folder"),
                            "give the data folder of an import, such as /var/lib/nosograph");
  }
  ASSIGN_OR_RETURN(snapshot::ReleaseSet set, Embedded::Open(folder, nullptr));
  return std::make_unique<Embedded>(folder, std::move(set));
}

}  // namespace nosograph::plugin
