// Columns for a person: each as wide as its widest cell, with a line of headings.
//
// Not thread-safe.
//
//   Table table({"SYSTEM", "VERSION"});
//   table.Add({"urn:a", "1"});
//   std::cout << table.Text();
#ifndef NOSOGRAPH_SERVICE_CLI_TABLE_H_
#define NOSOGRAPH_SERVICE_CLI_TABLE_H_

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace nosograph::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> headings) { rows_.push_back(std::move(headings)); }

  // As many cells as there are headings.
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  std::string Text() const {
    std::vector<size_t> widths(rows_.front().size());
    for (const std::vector<std::string>& row : rows_) {
      for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
    }
    std::string text;
    for (const std::vector<std::string>& row : rows_) {
      for (size_t i = 0; i < row.size(); ++i) {
        text += row[i];
        if (i + 1 < row.size()) text.append(widths[i] - Width(row[i]) + 2, ' ');
      }
      text.erase(text.find_last_not_of(' ') + 1);
      text += '\n';
    }
    return text;
  }

 private:
  // Characters of UTF-8: the bytes that begin one.
  static size_t Width(const std::string& text) {
    return static_cast<size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  }

  std::vector<std::vector<std::string>> rows_;
};

}  // namespace nosograph::cli

#endif  // NOSOGRAPH_SERVICE_CLI_TABLE_H_
