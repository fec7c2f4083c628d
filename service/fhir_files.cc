#include "service/fhir_files.h"

#include <archive.h>
#include <archive_entry.h>
#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"

namespace nosograph::service {
namespace {

constexpr uint64_t kMostBytes = uint64_t{4} << 30;

struct CloseArchive {
  void operator()(archive* reader) const { archive_read_free(reader); }
};

std::string TextOf(simdjson::dom::element resource, const char* name) {
  std::string_view text;
  return resource[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

// One resource, or those of a Bundle. `name` is where it was found.
absl::Status Add(const std::string& path, const std::string& name, std::string json, std::vector<FhirFile>& files) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (const auto error = parser.parse(json).get(root); error != simdjson::SUCCESS) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", name, " is no JSON: ", simdjson::error_message(error)));
  }
  std::string type = TextOf(root, "resourceType");
  if (type.empty()) return absl::OkStatus();
  if (type != "Bundle") {
    files.push_back({name, std::move(type), TextOf(root, "id"), std::move(json)});
    return absl::OkStatus();
  }
  simdjson::dom::array entries;
  if (root["entry"].get(entries) != simdjson::SUCCESS) return absl::OkStatus();
  size_t number = 0;
  for (const simdjson::dom::element entry : entries) {
    simdjson::dom::element resource;
    ++number;
    if (entry["resource"].get(resource) != simdjson::SUCCESS) continue;
    std::string inner = TextOf(resource, "resourceType");
    if (!inner.empty()) {
      files.push_back(
          {absl::StrCat("entry ", number), std::move(inner), TextOf(resource, "id"), simdjson::minify(resource)});
    }
  }
  return absl::OkStatus();
}

absl::Status BadArchive(const std::string& path, archive* reader) {
  const char* const reason = archive_error_string(reader);
  return absl::InvalidArgumentError(absl::StrCat(path, " is no FHIR package: ", reason == nullptr ? "" : reason,
                                                 "; give a .tgz, a Bundle, NDJSON or a resource"));
}

// A resource of the package, and neither an example nor its index.
bool Counts(absl::string_view name) {
  (void)absl::ConsumePrefix(&name, "./");
  return absl::ConsumePrefix(&name, "package/") && !absl::StrContains(name, '/') && absl::EndsWith(name, ".json") &&
         name != "package.json" && !absl::StartsWith(name, ".");
}

constexpr char kManifest[] = "package/package.json";

// The version of FHIR that a package is of, by its manifest.
std::string FhirVersionOf(const std::string& manifest) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(manifest).get(root) != simdjson::SUCCESS) return "";
  for (const char* name : {"fhirVersions", "fhir-version-list"}) {
    simdjson::dom::array versions;
    if (root[name].get(versions) != simdjson::SUCCESS) continue;
    std::string first;
    for (const simdjson::dom::element each : versions) {
      std::string_view version;
      if (each.get(version) != simdjson::SUCCESS) continue;
      // Of several that which is read here.
      if (version.substr(0, 2) == "4." || version.substr(0, 2) == "5.") return std::string(version);
      if (first.empty()) first = std::string(version);
    }
    if (!first.empty()) return first;
  }
  return "";
}

absl::StatusOr<std::vector<FhirFile>> ReadPackage(const std::string& path) {
  const std::unique_ptr<archive, CloseArchive> reader(archive_read_new());
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  constexpr size_t kBlock = 1 << 16;
  if (archive_read_open_filename(reader.get(), path.c_str(), kBlock) != ARCHIVE_OK)
    return BadArchive(path, reader.get());
  std::vector<FhirFile> files;
  std::string fhir_version;
  uint64_t bytes = 0;
  archive_entry* entry = nullptr;
  for (;;) {
    const int next = archive_read_next_header(reader.get(), &entry);
    if (next == ARCHIVE_EOF) break;
    if (next != ARCHIVE_OK && next != ARCHIVE_WARN) return BadArchive(path, reader.get());
    const char* const given = archive_entry_pathname(entry);
    const std::string name = given == nullptr ? "" : given;
    const bool is_manifest = absl::StripPrefix(name, "./") == kManifest;
    if (archive_entry_filetype(entry) != AE_IFREG || (!is_manifest && !Counts(name))) continue;
    std::string json;
    std::string block(kBlock, '\0');
    for (;;) {
      const la_ssize_t read = archive_read_data(reader.get(), block.data(), block.size());
      if (read < 0) return BadArchive(path, reader.get());
      if (read == 0) break;
      bytes += static_cast<uint64_t>(read);
      if (bytes > kMostBytes) {
        return absl::ResourceExhaustedError(absl::StrCat(path, " has more than 4 GiB; import its parts"));
      }
      json.append(block, 0, static_cast<size_t>(read));
    }
    if (is_manifest) {
      fhir_version = FhirVersionOf(json);
    } else {
      RETURN_IF_ERROR(Add(path, name, std::move(json), files));
    }
  }
  if (files.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is no FHIR package: there is no resource in its folder 'package'"));
  }
  for (FhirFile& file : files) file.fhir_version = fhir_version;
  return files;
}

}  // namespace

absl::StatusOr<std::vector<FhirFile>> ReadFhirFiles(const std::string& path) {
  ASSIGN_OR_RETURN(std::string content, base::ReadFile(path, kMostBytes));
  constexpr absl::string_view kGzip = "\x1f\x8b";
  if (content.compare(0, kGzip.size(), kGzip.data(), kGzip.size()) == 0) return ReadPackage(path);
  if (content.compare(0, 3, "\xEF\xBB\xBF") == 0) content.erase(0, 3);
  std::vector<FhirFile> files;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(content).get(root) == simdjson::SUCCESS) {
    RETURN_IF_ERROR(Add(path, "the file", std::move(content), files));
    return files;
  }
  // A resource a line, if the first one is. Else what is wrong is told by who reads a resource.
  const absl::string_view all = absl::StripLeadingAsciiWhitespace(content);
  simdjson::dom::parser of_line;
  if (of_line.parse(std::string(all.substr(0, all.find('\n')))).error() != simdjson::SUCCESS) {
    files.push_back({"the file", "", "", std::move(content)});
    return files;
  }
  size_t number = 0;
  for (const absl::string_view line : absl::StrSplit(content, '\n')) {
    ++number;
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (!text.empty()) RETURN_IF_ERROR(Add(path, absl::StrCat("line ", number), std::string(text), files));
  }
  return files;
}

}  // namespace nosograph::service
