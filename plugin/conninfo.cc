#include "plugin/conninfo.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::plugin {
namespace {

constexpr absl::string_view kForms =
    "give snapshot:DIR, grpc://HOST:PORT or grpcs://HOST:PORT, the latter two with ?KEY=VALUE&... where wanted";
constexpr int64_t kLongest = 3'600'000;  // ms

absl::Status Wrong(absl::string_view field, absl::string_view value, absl::string_view problem,
                   absl::string_view remedy) {
  const std::string excerpt = base::Excerpt(value);
  return base::FieldError(absl::StatusCode::kInvalidArgument, field, excerpt, absl::StrCat("'", excerpt, "' ", problem),
                          remedy);
}

absl::Status ReadNumber(absl::string_view key, absl::string_view value, int64_t low, int64_t high, int64_t* number) {
  if (absl::SimpleAtoi(value, number) && *number >= low && *number <= high) return absl::OkStatus();
  return Wrong(key, value, "is no number that it may be", absl::StrCat("give one from ", low, " to ", high));
}

absl::Status SetOption(absl::string_view key, absl::string_view value, Conninfo& conninfo) {
  constexpr absl::string_view kKeys[] = {"deadline_ms", "fallback", "cache_bytes", "cache_check_ms",
                                         "ca",          "cert",     "key",         "server_name"};
  if (std::find(std::begin(kKeys), std::end(kKeys), key) == std::end(kKeys)) {
    return Wrong("conninfo", key, "is no key", absl::StrCat("give one of ", absl::StrJoin(kKeys, ", ")));
  }
  if (value.empty()) return Wrong(key, value, "is empty", "give a value, or leave the key out");
  if (key == "deadline_ms") return ReadNumber(key, value, 1, kLongest, &conninfo.deadline_milliseconds);
  if (key == "cache_check_ms") return ReadNumber(key, value, 0, kLongest, &conninfo.cache_check_milliseconds);
  if (key == "cache_bytes") {
    int64_t bytes = 0;
    RETURN_IF_ERROR(ReadNumber(key, value, 0, int64_t{1} << 40, &bytes));
    conninfo.cache_bytes = static_cast<size_t>(bytes);
    return absl::OkStatus();
  }
  const std::pair<absl::string_view, std::string*> texts[] = {{"fallback", &conninfo.fallback},
                                                              {"ca", &conninfo.ca},
                                                              {"cert", &conninfo.cert},
                                                              {"key", &conninfo.key},
                                                              {"server_name", &conninfo.server_name}};
  for (const auto& [name, text] : texts) {
    if (name != key) continue;
    if (!conninfo.tls && name != "fallback") return Wrong("conninfo", key, "is of grpcs:// alone", "leave it out");
    *text = std::string(value);
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

// A name or an address of version 4, or one of version 6 in brackets, and a port.
bool IsHostAndPort(absl::string_view text) {
  const size_t colon = text.rfind(':');
  int port = 0;
  if (colon == absl::string_view::npos || colon == 0 || !absl::SimpleAtoi(text.substr(colon + 1), &port) || port < 1 ||
      port > 65535) {
    return false;
  }
  absl::string_view host = text.substr(0, colon);
  const bool bracketed = absl::ConsumePrefix(&host, "[") && absl::ConsumeSuffix(&host, "]");
  return !host.empty() && std::all_of(host.begin(), host.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_' ||
           (bracketed && (c == ':' || c == '%'));
  });
}

}  // namespace

absl::StatusOr<Conninfo> ParseConninfo(absl::string_view text) {
  if (!base::IsValidUtf8(text) || absl::StrContains(text, '\0')) {
    return Wrong("conninfo", text, "is no text", "give UTF-8 without zero bytes");
  }
  Conninfo conninfo;
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "snapshot:")) {
    if (rest.empty()) return Wrong("conninfo", text, "names no folder", "give snapshot:DIR");
    conninfo.folder = std::string(rest);
    return conninfo;
  }
  conninfo.tls = absl::ConsumePrefix(&rest, "grpcs://");
  if (!conninfo.tls && !absl::ConsumePrefix(&rest, "grpc://")) {
    return Wrong("conninfo", text, "is of no form that is known", kForms);
  }
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(rest, absl::MaxSplits('?', 1));
  conninfo.target = std::string(parts.first);
  if (!IsHostAndPort(parts.first)) {
    return Wrong("conninfo", parts.first, "is no HOST:PORT", kForms);
  }
  std::set<absl::string_view> given;
  for (const absl::string_view option : absl::StrSplit(parts.second, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> pair = absl::StrSplit(option, absl::MaxSplits('=', 1));
    if (!given.insert(pair.first).second) return Wrong("conninfo", pair.first, "is given twice", "give it once");
    RETURN_IF_ERROR(SetOption(pair.first, pair.second, conninfo));
  }
  if (conninfo.cert.empty() != conninfo.key.empty()) {
    return Wrong(conninfo.cert.empty() ? "cert" : "key", "", "is missing", "give cert and key, or neither");
  }
  return conninfo;
}

}  // namespace nosograph::plugin
