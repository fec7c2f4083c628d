// An XML file of untrusted origin, parsed with pugixml and refused where it is hostile, so that the importers behind it
// may walk it without further care.
//
// Promises of a parsed document: UTF-8, no document type, no entities but XML's own five, one root, at most
// `kMaxDepth` elements deep and `kMaxElements` elements and as many attributes in all. It does not validate against a
// schema. Thread-safe once parsed (const). Nodes are valid as long as the document.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<XmlDocument> document, XmlDocument::Parse(std::move(text), "tabular.xml"));
//   for (pugi::xml_node chapter : document->root().children("chapter")) {
//     if (XmlText(chapter.child("name")).empty()) return document->Error(chapter, "name: missing; ...");
//   }
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_XML_DOCUMENT_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_XML_DOCUMENT_H_

#include <cstddef>
#include <memory>
#include <pugixml.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace nosograph::import {

class XmlDocument {
 public:
  static constexpr int kMaxDepth = 64;
  static constexpr size_t kMaxElements = 4'000'000;

  // Errors: InvalidArgument that names the file, the line or the byte, what stood there and the remedy.
  static absl::StatusOr<std::unique_ptr<XmlDocument>> Parse(std::string text, std::string file);

  XmlDocument(const XmlDocument&) = delete;
  XmlDocument& operator=(const XmlDocument&) = delete;

  pugi::xml_node root() const { return document_.document_element(); }
  const std::string& file() const { return file_; }

  // The line, from 1, on which the node begins.
  size_t LineOf(pugi::xml_node node) const { return LineOf(node.offset_debug()); }
  // The same for a node's offset_debug().
  size_t LineOf(ptrdiff_t offset) const;
  // InvalidArgument "FILE:LINE: message".
  absl::Status Error(pugi::xml_node node, absl::string_view message) const;

 private:
  XmlDocument(std::string text, std::string file) : text_(std::move(text)), file_(std::move(file)) {}

  absl::Status ParseError(const pugi::xml_parse_result& result) const;
  absl::Status CheckStructure() const;
  absl::Status ErrorAt(size_t offset, absl::string_view message) const;

  const std::string text_;  // kept as it was read, for line numbers
  const std::string file_;
  pugi::xml_document document_;
};

// All text below the node in document order, without blanks at its ends; a line break with the blanks around it
// becomes one blank, everything else stays as the publisher wrote it.
std::string XmlText(pugi::xml_node node);

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_XML_DOCUMENT_H_
