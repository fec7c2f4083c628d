#include "service/rest/page.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <simdjson.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace nosograph::rest {
namespace {

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string TextOf(const simdjson::dom::element& document, const char* name) {
  std::string_view text;
  return document[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

constexpr char kHead[] =
    "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
    "content=\"width=device-width\"><style>body{font-family:sans-serif;max-width:70em;margin:2em auto;padding:0 "
    "1em}pre{background:#f4f4f4;padding:1em;overflow:auto}</style><title>";

}  // namespace

const char kFrontPage[] =
    "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Nosograph</title></head><body>"
    "<h1>Nosograph</h1><p>A FHIR terminology server. Bases: <a href=\"/r4/metadata\">/r4</a>, "
    "<a href=\"/r5/metadata\">/r5</a> and <a href=\"/fhir/metadata\">/fhir</a>; what is loaded: "
    "<a href=\"/r4/CodeSystem\">CodeSystem</a>.</p></body></html>\n";

std::string PageOf(const std::string& resource) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  rapidjson::MemoryStream stream(resource.data(), resource.size());
  rapidjson::Reader reader;
  // Numbers stay as they are written.
  reader.Parse<rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag>(stream, writer);
  if (reader.HasParseError() || parser.parse(resource).get(document) != simdjson::SUCCESS) {
    return absl::StrCat(kHead, "</title></head><body></body></html>\n");
  }
  const std::string type = TextOf(document, "resourceType");
  std::string title = TextOf(document, "title");
  if (title.empty()) title = type;
  return absl::StrCat(kHead, Escaped(title), "</title></head><body><h1>", Escaped(title), "</h1><p>", Escaped(type),
                      "</p><pre>", Escaped({buffer.GetString(), buffer.GetSize()}), "</pre></body></html>\n");
}

}  // namespace nosograph::rest
