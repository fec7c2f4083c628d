#include "terminology/query/search_codes.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "terminology/model/icd_code.h"

namespace nosograph::query {
namespace {

// The characters of a category, before the dot.
constexpr size_t kCategory = 3;
constexpr size_t kMostBehindDot = 4;

// In capitals, without dots and the blanks around it; empty where other characters stand in it.
std::string Bare(absl::string_view written) {
  std::string bare;
  for (const char c : absl::StripAsciiWhitespace(written)) {
    if (c == '.') continue;
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '-') return "";
    bare += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return bare;
}

// A letter, then a digit: what else is written is a word.
bool LooksLikeIcd(absl::string_view bare) {
  return bare.size() >= 2 && absl::ascii_isalpha(static_cast<unsigned char>(bare[0])) &&
         absl::ascii_isdigit(static_cast<unsigned char>(bare[1]));
}

// How `code` stands to `bare`: whether it begins with it, or is a beginning of it.
struct Standing {
  bool begins_with = false;
  bool beginning_of = false;
};

Standing Compare(absl::string_view code, absl::string_view bare) {
  size_t at = 0;
  for (const char c : code) {
    if (c == '.') continue;
    if (at == bare.size()) return {true, false};
    if (c != bare[at]) return {};
    ++at;
  }
  return {at == bare.size(), true};
}

}  // namespace

bool SameCode(absl::string_view code, absl::string_view written) {
  const std::string bare = Bare(written);
  return !bare.empty() && Bare(code) == bare;
}

bool IsDottedCode(absl::string_view written) {
  const size_t dot = written.find('.');
  return dot == kCategory && dot + 1 < written.size() && written.size() - dot - 1 <= kMostBehindDot &&
         LooksLikeIcd(Bare(written)) && !absl::StrContains(written, '-');
}

std::optional<uint32_t> NearestByCode(const snapshot::Snapshot& snapshot, absl::string_view written) {
  const std::string code = absl::AsciiStrToUpper(absl::StripAsciiWhitespace(written));
  for (size_t length = code.size(); length >= kCategory; --length) {
    const absl::string_view beginning = absl::string_view(code).substr(0, length);
    if (beginning.back() == '.') continue;
    if (const std::optional<uint32_t> item = snapshot.Find(beginning)) return item;
  }
  return std::nullopt;
}

std::vector<uint32_t> ItemsByCode(const snapshot::Snapshot& snapshot, absl::string_view written) {
  std::vector<uint32_t> items;
  const absl::string_view trimmed = absl::StripAsciiWhitespace(written);
  const bool classified = snapshot.classification() || !snapshot.extends().empty();
  const std::string bare = Bare(trimmed);
  if (!classified || !LooksLikeIcd(bare)) {
    if (const std::optional<uint32_t> item = snapshot.Find(trimmed)) items.push_back(*item);
    return items;
  }
  for (uint32_t item = 0; item < snapshot.concept_count();) {
    const model::ConceptKind kind = snapshot.kind(item);
    if (kind == model::ConceptKind::kChapter || kind == model::ConceptKind::kBlock) {
      if (snapshot.code(item) == trimmed) items.push_back(item);
      ++item;
      continue;
    }
    const Standing standing = Compare(snapshot.code(item), bare);
    const bool whole = standing.begins_with && standing.beginning_of;
    if (standing.begins_with && (whole || !snapshot.seventh_character(item))) items.push_back(item);
    const bool below = standing.begins_with || standing.beginning_of;
    // Codes of an extension need not stand below one another.
    item = below || !snapshot.extends().empty() ? item + 1 : snapshot.subtree_end(item);
  }
  return items;
}

}  // namespace nosograph::query
