#include "terminology/store/active_file.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <simdjson.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "terminology/base/file.h"
#include "terminology/base/sha256.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::store {
namespace {

constexpr int kFormat = 3;
constexpr size_t kMaxBytes = size_t{1} << 20;
constexpr size_t kSha256Digits = 64;

std::string PathIn(const std::string& folder) { return absl::StrCat(folder, "/active.json"); }

bool IsSha256(absl::string_view text) {
  return text.size() == kSha256Digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string Json(const std::vector<LoadedRelease>& releases, const std::string& sha256) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  const auto text = [&](const char* name, const std::string& value) {
    writer.Key(name);
    writer.String(value.c_str(), static_cast<rapidjson::SizeType>(value.size()));
  };
  writer.StartObject();
  writer.Key("format");
  writer.Int(kFormat);
  writer.Key("releases");
  writer.StartArray();
  for (const LoadedRelease& release : releases) {
    writer.StartObject();
    text("system", release.system);
    text("version", release.version);
    text("extends", release.extends);
    text("supplements", release.supplements);
    text("valid_from", release.validity.from);
    text("valid_to", release.validity.to);
    text("snapshot", release.snapshot);
    writer.Key("active");
    writer.Bool(release.active);
    writer.EndObject();
  }
  writer.EndArray();
  if (!sha256.empty()) text("sha256", sha256);
  writer.EndObject();
  return absl::StrCat(absl::string_view(buffer.GetString(), buffer.GetSize()), "\n");
}

// Of what is served, however it is written down: a byte that changes it is seen.
std::string DigestOf(const std::vector<LoadedRelease>& releases) { return base::Sha256Hex(Json(releases, "")); }

absl::Status Misunderstood(const std::string& path, absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat(path, ": ", what, "; put back a copy of it, or remove the file and import again"));
}

absl::StatusOr<LoadedRelease> ParseRelease(simdjson::dom::element item, size_t number, const std::string& path) {
  LoadedRelease release;
  const std::pair<const char*, std::string*> fields[] = {
      {"system", &release.system},           {"version", &release.version},          {"extends", &release.extends},
      {"supplements", &release.supplements}, {"valid_from", &release.validity.from}, {"valid_to", &release.validity.to},
      {"snapshot", &release.snapshot}};
  for (const auto& [name, value] : fields) {
    std::string_view text;
    if (item[name].get(text) != simdjson::SUCCESS) {
      return Misunderstood(path, absl::StrCat("field ", name, " of release ", number, " is no text"));
    }
    *value = text;
  }
  if (item["active"].get(release.active) != simdjson::SUCCESS) {
    return Misunderstood(path, absl::StrCat("field active of release ", number, " is neither true nor false"));
  }
  // The name of a file: nothing else may be read through it.
  if (!IsSha256(release.snapshot)) {
    return Misunderstood(path, absl::StrCat("field snapshot of release ", number, ", '",
                                            base::Excerpt(release.snapshot), "', is no SHA-256"));
  }
  return release;
}

}  // namespace

const LoadedRelease* FindActive(const std::vector<LoadedRelease>& releases, absl::string_view system) {
  for (const LoadedRelease& release : releases) {
    if (release.active && release.system == system) return &release;
  }
  return nullptr;
}

absl::StatusOr<std::vector<LoadedRelease>> ReadActiveFile(const std::string& folder) {
  const std::string path = PathIn(folder);
  const absl::StatusOr<std::string> json = base::ReadFile(path, kMaxBytes);
  if (absl::IsNotFound(json.status())) return std::vector<LoadedRelease>();
  if (!json.ok()) return json.status();
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(*json).get(root) != simdjson::SUCCESS) return Misunderstood(path, "it is no JSON");
  int64_t format = 0;
  if (root["format"].get(format) != simdjson::SUCCESS || format != kFormat) {
    return absl::DataLossError(absl::StrCat(path, ": field format is not ", kFormat,
                                            ": another version of this program wrote it; move the file and history.db "
                                            "beside it away, and import again"));
  }
  simdjson::dom::array list;
  if (root["releases"].get(list) != simdjson::SUCCESS) return Misunderstood(path, "field releases is no list");
  std::vector<LoadedRelease> releases;
  std::set<std::string> active;
  for (const simdjson::dom::element item : list) {
    ASSIGN_OR_RETURN(LoadedRelease release, ParseRelease(item, releases.size() + 1, path));
    if (release.active && !active.insert(release.system).second) {
      return Misunderstood(path, absl::StrCat("two releases of ", release.system, " are active"));
    }
    releases.push_back(std::move(release));
  }
  std::string_view sha256;
  if (root["sha256"].get(sha256) != simdjson::SUCCESS || sha256 != DigestOf(releases)) {
    return Misunderstood(path, "field sha256 does not fit what it says: it is damaged, or was changed by hand");
  }
  return releases;
}

absl::Status WriteActiveFile(const std::string& folder, const std::vector<LoadedRelease>& releases) {
  return base::WriteFileAtomically(PathIn(folder), Json(releases, DigestOf(releases)));
}

}  // namespace nosograph::store
