#include "terminology/import/xml_document.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/import/text_check.h"

namespace nosograph::import {
namespace {

// Text of one element is held in the element itself: half the nodes.
constexpr unsigned int kParseOptions = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_wconv_attribute |
                                       pugi::parse_eol | pugi::parse_doctype | pugi::parse_embed_pcdata;

bool IsXmlCharacter(uint32_t code) {
  return code == 0x9 || code == 0xa || code == 0xd || (code >= 0x20 && code < 0xd800) ||
         (code >= 0xe000 && code < 0xfffe) || (code >= 0x10000 && code < 0x110000);
}

// `name` is what stands between '&' and ';'.
bool IsKnownReference(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "#")) {
    return name == "lt" || name == "gt" || name == "amp" || name == "quot" || name == "apos";
  }
  const int base = absl::ConsumePrefix(&name, "x") ? 16 : 10;
  uint32_t code = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, base);
  return error == std::errc() && end == name.data() + name.size() && IsXmlCharacter(code);
}

// The first reference that pugixml would pass on as it stands or turn into no character; npos when there is none.
// Comments and CDATA sections hold no references.
size_t FirstUnknownReference(absl::string_view text) {
  size_t section = 0;      // where to look for the next comment or CDATA section
  size_t section_end = 0;  // end of the last one found
  for (size_t at = text.find('&'); at != absl::string_view::npos; at = text.find('&', at + 1)) {
    constexpr size_t kLongestReference = 10;
    const absl::string_view rest = text.substr(at + 1, kLongestReference);
    const size_t end = rest.find(';');
    if (end != absl::string_view::npos && IsKnownReference(rest.substr(0, end))) continue;
    while (section < at) {
      const size_t open = text.find("<!", section);
      if (open == absl::string_view::npos || open > at) {
        section = at;
        break;
      }
      const absl::string_view markup = text.substr(open);
      const absl::string_view close = absl::StartsWith(markup, "<!--")        ? "-->"
                                      : absl::StartsWith(markup, "<![CDATA[") ? "]]>"
                                                                              : ">";
      const size_t found = text.find(close, open + 2);
      section = section_end = found == absl::string_view::npos ? text.size() : found + close.size();
    }
    if (at >= section_end) return at;
  }
  return absl::string_view::npos;
}

}  // namespace

absl::StatusOr<std::unique_ptr<XmlDocument>> XmlDocument::Parse(std::string text, std::string file) {
  std::unique_ptr<XmlDocument> document(new XmlDocument(std::move(text), std::move(file)));
  const std::string& content = document->text_;
  if (absl::StripAsciiWhitespace(content).empty()) {
    return absl::InvalidArgumentError(absl::StrCat(document->file_, ": the file is empty; download it again"));
  }
  RETURN_IF_ERROR(CheckText(content, document->file_));
  const absl::string_view begins = absl::StripLeadingAsciiWhitespace(absl::StripPrefix(content, "\xEF\xBB\xBF"));
  if (!absl::StartsWith(begins, "<")) {
    return document->ErrorAt(0, absl::StrCat("'", base::Excerpt(begins.substr(0, 40)),
                                             "' is where XML begins with '<': this is no XML, give the XML file"));
  }
  // Bounds the tree's memory before it is built.
  for (const char mark : {'<', '='}) {
    const auto marks = static_cast<size_t>(std::count(content.begin(), content.end(), mark));
    if (marks > kMaxElements) {
      return absl::InvalidArgumentError(absl::StrCat(document->file_, ": ", marks, " markup characters '",
                                                     absl::string_view(&mark, 1), "', at most ", kMaxElements,
                                                     " are read; no published classification comes near, "
                                                     "check where the file is from"));
    }
  }
  const pugi::xml_parse_result result =
      document->document_.load_buffer(content.data(), content.size(), kParseOptions, pugi::encoding_utf8);
  // Before the parser's own complaint, which a document type can hide behind.
  RETURN_IF_ERROR(document->CheckStructure());
  if (!result) return document->ParseError(result);
  if (!document->root()) {
    return absl::InvalidArgumentError(absl::StrCat(document->file_, ": no XML element in it; download the file again"));
  }
  // The parser passes over text behind the root; comments end with '>' too.
  if (const size_t end = content.rfind('>') + 1; end != content.size()) {
    const absl::string_view rest = absl::string_view(content).substr(end);
    if (const absl::string_view extra = absl::StripAsciiWhitespace(rest); !extra.empty()) {
      return document->ErrorAt(static_cast<size_t>(extra.data() - content.data()),
                               absl::StrCat("'", base::Excerpt(extra, 40),
                                            "' stands behind the root element; remove it or download the file again"));
    }
  }
  if (const size_t offset = FirstUnknownReference(content); offset != std::string::npos) {
    absl::string_view quoted = absl::string_view(content).substr(offset, 24);
    if (const size_t end = quoted.find(';'); end != absl::string_view::npos) quoted = quoted.substr(0, end + 1);
    return document->ErrorAt(offset,
                             absl::StrCat("entity reference '", base::Excerpt(quoted),
                                          "': only XML's own five (&lt; &gt; &amp; &quot; &apos;) and "
                                          "characters by number are read; write the character itself, and & as &amp;"));
  }
  return document;
}

size_t XmlDocument::LineOf(ptrdiff_t offset) const {
  return LineOfByte(text_, offset < 0 ? 0 : static_cast<size_t>(offset));
}

absl::Status XmlDocument::Error(pugi::xml_node node, absl::string_view message) const {
  return absl::InvalidArgumentError(absl::StrCat(file_, ":", LineOf(node), ": ", message));
}

absl::Status XmlDocument::ErrorAt(size_t offset, absl::string_view message) const {
  return absl::InvalidArgumentError(absl::StrCat(file_, ":", LineOfByte(text_, offset), ": ", message));
}

absl::Status XmlDocument::ParseError(const pugi::xml_parse_result& result) const {
  if (result.status == pugi::status_out_of_memory) {
    return absl::ResourceExhaustedError(absl::StrCat(file_, ": no memory left for the parsed file; free some"));
  }
  const auto offset = static_cast<size_t>(std::max<ptrdiff_t>(result.offset, 0));
  // The parser stops where the text does, with elements open, or in the middle of a tag that the end cuts.
  const absl::string_view rest = absl::string_view(text_).substr(std::min(offset, text_.size()));
  const bool cut_tag = !absl::EndsWith(absl::StripTrailingAsciiWhitespace(text_), ">");
  if (cut_tag || absl::StripAsciiWhitespace(rest).size() <= 1) {
    return ErrorAt(text_.size(), absl::StrCat("the file ends in the middle of its content (byte ", text_.size(),
                                              "); it is truncated, download it again"));
  }
  return ErrorAt(offset,
                 absl::StrCat("XML is malformed at byte ", offset, ": ", result.description(), "; what follows is '",
                              base::Excerpt(rest.substr(0, 40)), "'; correct it or download the file again"));
}

// Climbs with parent links: no recursion, however deep the document.
absl::Status XmlDocument::CheckStructure() const {
  int depth = 0;
  bool seen_root = false;
  pugi::xml_node node = document_.first_child();
  while (node) {
    if (node.type() == pugi::node_doctype) {
      return Error(node,
                   "document type declarations (DOCTYPE, with which entities come) are refused; the published "
                   "files have none, remove it or take the original file");
    }
    if (depth == 0 && node.type() == pugi::node_element) {
      if (seen_root)
        return Error(
            node, absl::StrCat("a second root element <", base::Excerpt(node.name()), ">; give one document a file"));
      seen_root = true;
    }
    if (node.first_child()) {
      if (++depth >= kMaxDepth) {
        return Error(node, absl::StrCat("elements nest deeper than ", kMaxDepth,
                                        "; no published classification does, check where the file is from"));
      }
      node = node.first_child();
      continue;
    }
    while (node && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (node) node = node.next_sibling();
  }
  return absl::OkStatus();
}

namespace {

// Depth is bounded by XmlDocument.
void AppendText(pugi::xml_node node, std::string* text) {
  absl::StrAppend(text, node.value());
  for (const pugi::xml_node child : node.children()) {
    if (child.type() == pugi::node_element && !text->empty() && text->back() != ' ') text->push_back(' ');
    AppendText(child, text);
  }
}

}  // namespace

std::string XmlText(pugi::xml_node node) {
  std::string text;
  if (node.first_child()) {
    AppendText(node, &text);
  } else {
    text = node.value();
  }
  absl::StripAsciiWhitespace(&text);
  if (!absl::StrContains(text, '\n')) return text;
  std::string joined;
  size_t at = 0;
  for (size_t line_end = text.find('\n'); line_end != std::string::npos; line_end = text.find('\n', at)) {
    absl::string_view line = absl::StripTrailingAsciiWhitespace(absl::string_view(text).substr(at, line_end - at));
    absl::StrAppend(&joined, line, " ");
    at = line_end + 1;
    while (at < text.size() && absl::ascii_isspace(static_cast<unsigned char>(text[at]))) ++at;
  }
  return joined + text.substr(at);
}

}  // namespace nosograph::import
