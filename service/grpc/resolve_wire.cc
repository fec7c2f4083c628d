#include "service/grpc/resolve_wire.h"

#include <google/protobuf/io/coded_stream.h>

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

// An answer of the short way: a concept and its fragment.
struct ShortAnswer {
  ConceptRef item;
  const ReplyFragments* fragments;
  const ReplyFragment* fragment;

  // None where the long way has to be taken.
  static std::optional<ShortAnswer> Find(const std::vector<Scope>& scopes, absl::string_view code) {
    for (const Scope& scope : scopes) {
      const std::optional<ConceptRef> found = scope.Find(code);
      if (!found) continue;
      const ReplyFragments* fragments = ReplyFragments::Of(*found->release);
      if (fragments == nullptr || found->of_extension()) return std::nullopt;
      const ReplyFragment& fragment = fragments->Get(found->item);
      if (fragment.has_knowledge()) return std::nullopt;
      return ShortAnswer{*found, fragments, &fragment};
    }
    return std::nullopt;
  }

  // Of a ResolveResponse, with or without notes.
  size_t Size(bool with_notes, absl::string_view release) const {
    return fragment->own().size() + (with_notes ? fragment->all_notes() : 0) + FieldSize(release.size()) +
           fragment->issues().size();
  }
  // In the order of the fields, as protobuf writes them.
  void Write(bool with_notes, absl::string_view release, Pen& pen) const {
    pen.Bytes(fragment->own());
    if (with_notes) {
      pen.Bytes(fragment->notes());
      for (const uint32_t above : fragment->ancestors()) pen.Bytes(fragments->Get(above).notes());
    }
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

std::string& ThreadBuffer() {
  thread_local std::string buffer;
  return buffer;
}

}  // namespace

bool TryResolveWire(const ReleaseSet& set, const v1::ResolveRequest& request, WireReply* reply) {
  if (set.id() == 0 || !IsPlain(request)) return false;
  SetCache& cache = SetCache::For(set);
  const std::optional<ShortAnswer> answer = FindAnswer(set, request, cache);
  if (!answer) return false;
  const std::string& release = cache.Bytes(answer->item.release).full;
  Pen pen(reply->Allocate(answer->Size(true, release)));
  answer->Write(true, release, pen);
  return true;
}

bool TryResolveInStreamWire(const ReleaseSet& set, const v1::ResolveRequest& request, WireReply* reply) {
  if (set.id() == 0 || !IsPlain(request)) return false;
  SetCache& cache = SetCache::For(set);
  const std::optional<ShortAnswer> answer = FindAnswer(set, request, cache);
  if (!answer) return false;
  const std::string& release = cache.Bytes(answer->item.release).full;
  const size_t size = answer->Size(true, release);
  Pen pen(reply->Allocate(FieldSize(size)));
  pen.Begin(kStreamResult, size);
  answer->Write(true, release, pen);
  return true;
}

WireBatch::WireBatch(const ReleaseSet& set, const std::vector<Scope>& scopes, size_t codes)
    : set_(set), scopes_(scopes), out_(ThreadBuffer()), shared_(codes) {
  out_.clear();
}

bool WireBatch::TryAdd(absl::string_view code) {
  if (set_.id() == 0) return false;
  const std::optional<ShortAnswer> answer = ShortAnswer::Find(scopes_, code);
  if (!answer) return false;
  const std::string& release = SetCache::For(set_).Bytes(answer->item.release).shared;
  const size_t result = answer->Size(false, release);
  const size_t item = FieldSize(result);
  const size_t before = out_.size();
  out_.resize(before + FieldSize(item));
  Pen pen(out_.data() + before);
  pen.Begin(kItem, item);
  pen.Begin(kItemResult, result);
  answer->Write(false, release, pen);
  shared_.Add(answer->item, answer->fragment->ancestors(), answer->fragment->in_a_tree());
  return true;
}

void WireBatch::Add(const v1::ResolveBatchResponse::Item& item, const query::Resolution* resolution) {
  const size_t size = item.ByteSizeLong();
  const size_t before = out_.size();
  out_.resize(before + FieldSize(size));
  Pen(out_.data() + before).Begin(kItem, size);
  item.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(out_.data() + out_.size() - size));
  if (resolution != nullptr) shared_.Add(*resolution);
}

size_t WireBatch::Finish() {
  v1::ResolveBatchResponse shared;
  shared_.FillAllButNotes(&shared);
  shared.AppendToString(&out_);
  for (const ConceptRef& item : shared_.concepts()) {
    if (const ReplyFragments* fragments = ReplyFragments::Of(*item.release)) {
      const absl::string_view notes = fragments->Get(item.item).notes();
      out_.append(notes.data(), notes.size());
    } else {
      v1::ResolveBatchResponse notes;
      AddNotes(item, &notes);
      notes.AppendToString(&out_);
    }
  }
  return out_.size();
}

void WireBatch::Write(WireReply* reply) const {
  std::memcpy(reply->Allocate(out_.size()), out_.data(), out_.size());
  // A batch of unusual size must not keep its room for ever.
  constexpr size_t kKeep = 1 << 20;
  if (out_.capacity() > kKeep) std::string().swap(out_);
}

}  // namespace nosograph::service
