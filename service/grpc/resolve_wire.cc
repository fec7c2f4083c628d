#include "service/grpc/resolve_wire.h"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "service/grpc/reply_fragments.h"

namespace nosograph::service {
namespace {

using google::protobuf::io::CodedOutputStream;
using query::ConceptRef;
using query::Scope;
using snapshot::Release;
using snapshot::ReleaseSet;

// The tag of a field of text or a message; one byte up to number 15.
constexpr char Tag(int field) { return static_cast<char>(field << 3 | 2); }
constexpr char kRelease = Tag(v1::ResolveResponse::kReleaseFieldNumber);
constexpr char kStreamResult = Tag(v1::ResolveStreamResponse::kResultFieldNumber);
constexpr char kReleases = Tag(v1::ResolveBatchResponse::kReleasesFieldNumber);
constexpr char kItem = Tag(v1::ResolveBatchResponse::kItemsFieldNumber);
constexpr char kItemResult = Tag(v1::ResolveBatchResponse::Item::kResultFieldNumber);
// So that the fragments of notes serve both.
static_assert(int{v1::ResolveResponse::kNotesFieldNumber} == int{v1::ResolveBatchResponse::kNotesFieldNumber});

// Tag, length and content.
size_t FieldSize(size_t content) {
  return 1 + CodedOutputStream::VarintSize32(static_cast<uint32_t>(content)) + content;
}

// Writes into room that is there.
class Pen {
 public:
  explicit Pen(char* out) : out_(out) {}
  void Bytes(absl::string_view bytes) {
    std::memcpy(out_, bytes.data(), bytes.size());
    out_ += bytes.size();
  }
  void Begin(char tag, size_t content) {
    *out_++ = tag;
    auto* end =
        CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(content), reinterpret_cast<uint8_t*>(out_));
    out_ = reinterpret_cast<char*>(end);
  }
  void Field(char tag, absl::string_view content) {
    Begin(tag, content.size());
    Bytes(content);
  }

 private:
  char* out_;
};

// What a thread has worked out for the set that it answered from last.
struct SetCache {
  struct ReleaseBytes {
    const Release* release;
    std::string full;
    std::string shared;
  };
  uint64_t set = 0;
  std::optional<std::vector<Scope>> active;  // where nothing in particular is asked
  std::vector<ReleaseBytes> releases;

  static SetCache& For(const ReleaseSet& set) {
    thread_local SetCache cache;
    if (cache.set != set.id()) cache = {.set = set.id(), .active = std::nullopt, .releases = {}};
    return cache;
  }

  const ReleaseBytes& Bytes(const Release* release) {
    for (const ReleaseBytes& known : releases) {
      if (known.release == release) return known;
    }
    ReleaseBytes& added = releases.emplace_back();
    added.release = release;
    v1::Release message;
    ToMessage(*release, Detail::kShared, &message);
    message.SerializeToString(&added.shared);
    ToMessage(*release, Detail::kFull, &message);
    message.SerializeToString(&added.full);
    return added;
  }
};

std::optional<ConceptRef> FindFirst(const std::vector<Scope>& scopes, absl::string_view code) {
  for (const Scope& scope : scopes) {
    if (const std::optional<ConceptRef> found = scope.Find(code)) return found;
  }
  return std::nullopt;
}

// Null where the long way has to be taken for sure; it has to be taken for those with knowledge too.
const ReplyFragment* FragmentOf(const ConceptRef& item) {
  const ReplyFragments* fragments = ReplyFragments::Of(*item.release);
  return fragments == nullptr || item.of_extension() ? nullptr : &fragments->Get(item.item);
}

// Without notes.
size_t SizeOf(const ReplyFragment& fragment, absl::string_view release) {
  return fragment.own().size() + FieldSize(release.size()) + fragment.issues().size();
}

// An answer of the short way, as a whole ResolveResponse.
struct ShortAnswer {
  ConceptRef item;
  const ReplyFragment* fragment;

  // None where the long way has to be taken.
  static std::optional<ShortAnswer> Find(const std::vector<Scope>& scopes, absl::string_view code) {
    const std::optional<ConceptRef> found = FindFirst(scopes, code);
    const ReplyFragment* fragment = found ? FragmentOf(*found) : nullptr;
    if (fragment == nullptr || fragment->has_knowledge()) return std::nullopt;
    return ShortAnswer{*found, fragment};
  }

  size_t Size(absl::string_view release) const { return SizeOf(*fragment, release) + fragment->all_notes(); }
  // In the order of the fields, as protobuf writes them.
  void Write(absl::string_view release, Pen& pen) const {
    const ReplyFragments& fragments = *ReplyFragments::Of(*item.release);
    pen.Bytes(fragment->own());
    pen.Bytes(fragment->notes());
    for (const uint32_t above : fragment->ancestors()) pen.Bytes(fragments.Get(above).notes());
    pen.Field(kRelease, release);
    pen.Bytes(fragment->issues());
  }
};

std::optional<ShortAnswer> FindAnswer(const ReleaseSet& set, const v1::ResolveRequest& request, SetCache& cache) {
  if (request.system().empty() && !request.has_release()) {
    if (!cache.active) {
      absl::StatusOr<std::vector<Scope>> scopes = query::ScopesOf(set, "", {});
      if (!scopes.ok()) return std::nullopt;
      cache.active = *std::move(scopes);
    }
    return ShortAnswer::Find(*cache.active, request.code());
  }
  const absl::StatusOr<std::vector<Scope>> scopes = query::ScopesOf(set, request.system(), ToQuery(request.release()));
  return scopes.ok() ? ShortAnswer::Find(*scopes, request.code()) : std::nullopt;
}

// Whether nothing of the request is wrong that the long way has words for.
bool IsPlain(const v1::ResolveRequest& request) {
  return (!request.has_release() || !request.release().date().empty() || !request.release().version().empty()) &&
         v1::Form_IsValid(request.form()) && v1::OnMiss_IsValid(request.on_miss());
}

// How many pieces are fetched while one is worked on.
constexpr size_t kAhead = 4;

// Fetches what stands at `from` while other work is done.
void Prefetch(const void* from, size_t bytes) {
  constexpr size_t kCacheLine = 64;
  for (size_t at = 0; at < bytes; at += kCacheLine) __builtin_prefetch(static_cast<const char*>(from) + at);
}

}  // namespace

bool TryResolveWire(const ReleaseSet& set, const v1::ResolveRequest& request, WireReply* reply) {
  if (set.id() == 0 || !IsPlain(request)) return false;
  SetCache& cache = SetCache::For(set);
  const std::optional<ShortAnswer> answer = FindAnswer(set, request, cache);
  if (!answer) return false;
  const std::string& release = cache.Bytes(answer->item.release).full;
  Pen pen(reply->Allocate(answer->Size(release)));
  answer->Write(release, pen);
  return true;
}

bool TryResolveInStreamWire(const ReleaseSet& set, const v1::ResolveRequest& request, WireReply* reply) {
  if (set.id() == 0 || !IsPlain(request)) return false;
  SetCache& cache = SetCache::For(set);
  const std::optional<ShortAnswer> answer = FindAnswer(set, request, cache);
  if (!answer) return false;
  const std::string& release = cache.Bytes(answer->item.release).full;
  const size_t size = answer->Size(release);
  Pen pen(reply->Allocate(FieldSize(size)));
  pen.Begin(kStreamResult, size);
  answer->Write(release, pen);
  return true;
}

WireBatch::WireBatch(const ReleaseSet& set, const std::vector<Scope>& scopes, const Codes& codes)
    : set_(set), scopes_(scopes), codes_(codes), shared_(static_cast<size_t>(codes.size())) {
  items_.reserve(static_cast<size_t>(codes.size()));
}

int WireBatch::FindMore() {
  const size_t begin = items_.size();
  items_.resize(std::min(begin + kCodesAtOnce, static_cast<size_t>(codes_.size())));
  const auto end = static_cast<int>(items_.size());
  if (set_.id() == 0) return end;
  for (size_t place = begin; place < items_.size(); ++place) {
    if (const auto found = FindFirst(scopes_, codes_[static_cast<int>(place)])) items_[place].found = *found;
  }
  for (size_t place = begin; place < items_.size(); ++place) {
    Item& item = items_[place];
    if (item.found.release == nullptr) continue;
    item.fragment = FragmentOf(item.found);
    // Its numbers of ancestors stand behind it.
    if (item.fragment != nullptr) Prefetch(item.fragment, 2 * sizeof(ReplyFragment));
  }
  return end;
}

bool WireBatch::TryAdd(int place) {
  Item& item = items_[static_cast<size_t>(place)];
  if (item.fragment == nullptr) return false;
  if (item.fragment->has_knowledge()) {
    item.fragment = nullptr;
    return false;
  }
  item.result = SizeOf(*item.fragment, SetCache::For(set_).Bytes(item.found.release).shared);
  size_ += FieldSize(FieldSize(item.result));
  shared_.Add(item.found, item.fragment->ancestors(), item.fragment->in_a_tree());
  return true;
}

void WireBatch::Add(int place, const v1::ResolveBatchResponse::Item& item, const query::Resolution* resolution) {
  std::string& bytes = items_[static_cast<size_t>(place)].long_way;
  item.SerializeToString(&bytes);
  size_ += FieldSize(bytes.size());
  if (resolution != nullptr) shared_.Add(*resolution);
}

size_t WireBatch::Finish() {
  for (const Release* release : shared_.releases()) size_ += FieldSize(SetCache::For(set_).Bytes(release).full.size());
  v1::ResolveBatchResponse knowledge;
  shared_.FillKnowledge(&knowledge);
  knowledge.SerializeToString(&knowledge_);
  size_ += knowledge_.size();
  const std::vector<ConceptRef>& concepts = shared_.concepts();
  notes_.reserve(concepts.size());
  for (size_t place = 0; place < concepts.size(); ++place) {
    if (place + kAhead < concepts.size()) {
      const ConceptRef& next = concepts[place + kAhead];
      if (const ReplyFragments* fragments = ReplyFragments::Of(*next.release)) {
        Prefetch(&fragments->Get(next.item), sizeof(ReplyFragment));
      }
    }
    const ConceptRef& item = concepts[place];
    if (const ReplyFragments* fragments = ReplyFragments::Of(*item.release)) {
      notes_.push_back(fragments->Get(item.item).notes());
    } else {
      v1::ResolveBatchResponse notes;
      AddNotes(item, &notes);
      notes_.push_back(made_notes_.emplace_back(notes.SerializeAsString()));
    }
    size_ += notes_.back().size();
  }
  return size_;
}

void WireBatch::Write(WireReply* reply) const {
  Pen pen(reply->Allocate(size_));
  for (size_t place = 0; place < items_.size(); ++place) {
    if (place + kAhead < items_.size()) {
      const ReplyFragment* next = items_[place + kAhead].fragment;
      if (next != nullptr) Prefetch(next->own().data(), next->own().size());
    }
    const Item& item = items_[place];
    if (item.fragment == nullptr) {
      pen.Field(kItem, item.long_way);
      continue;
    }
    pen.Begin(kItem, FieldSize(item.result));
    pen.Begin(kItemResult, item.result);
    pen.Bytes(item.fragment->own());
    pen.Field(kRelease, SetCache::For(set_).Bytes(item.found.release).shared);
    pen.Bytes(item.fragment->issues());
  }
  for (const Release* release : shared_.releases()) pen.Field(kReleases, SetCache::For(set_).Bytes(release).full);
  pen.Bytes(knowledge_);
  for (size_t place = 0; place < notes_.size(); ++place) {
    if (place + kAhead < notes_.size()) Prefetch(notes_[place + kAhead].data(), notes_[place + kAhead].size());
    pen.Bytes(notes_[place]);
  }
}

}  // namespace nosograph::service
