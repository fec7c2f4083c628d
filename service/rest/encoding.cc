#include "service/rest/encoding.h"

#include <zlib.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "terminology/snapshot/checksum.h"

namespace nosograph::rest {
namespace {

constexpr size_t kWorth = 2048;  // bytes: below it a packet of the network holds the body anyway
constexpr int kGzip = 15 + 16;   // zlib's way to say it
constexpr int kMemoryLevel = 8;

}  // namespace

std::string TagOf(absl::string_view body) {
  return absl::StrCat("W/\"", absl::Hex(snapshot::Checksum(body), absl::kZeroPad16), "\"");
}

bool TagsHave(absl::string_view if_none_match, absl::string_view tag) {
  if (absl::StripAsciiWhitespace(if_none_match) == "*") return true;
  for (absl::string_view given : absl::StrSplit(if_none_match, ',')) {
    given = absl::StripAsciiWhitespace(given);
    if (!given.empty() && absl::StripPrefix(given, "W/") == absl::StripPrefix(tag, "W/")) return true;
  }
  return false;
}

bool AcceptsGzip(absl::string_view accept_encoding) {
  for (const absl::string_view part : absl::StrSplit(accept_encoding, ',')) {
    const std::vector<absl::string_view> pieces = absl::StrSplit(part, ';');
    const absl::string_view name = absl::StripAsciiWhitespace(pieces.front());
    if (!absl::EqualsIgnoreCase(name, "gzip") && name != "*") continue;
    double quality = 1;
    for (size_t i = 1; i < pieces.size(); ++i) {
      absl::string_view piece = absl::StripAsciiWhitespace(pieces[i]);
      if (absl::ConsumePrefix(&piece, "q=") && !absl::SimpleAtod(piece, &quality)) quality = 0;
    }
    return quality > 0;
  }
  return false;
}

void CompressIfWorth(service::HttpResponse& response) {
  if (response.body.size() < kWorth) return;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzip, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) return;
  std::string compressed(deflateBound(&stream, response.body.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(response.body.data());
  stream.avail_in = static_cast<uInt>(response.body.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  if (!whole) return;
  response.body = std::move(compressed);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace nosograph::rest
