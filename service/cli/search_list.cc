#include "service/cli/search_list.h"

// ncurses with characters of several bytes.
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <utf8proc.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "terminology/base/unicode.h"
#include "terminology/query/search.h"

namespace nosograph::cli {
namespace {

constexpr int kEscape = 27;
constexpr int kControlC = 3;
constexpr int kControlD = 4;
constexpr int kControlH = 8;
constexpr int kControlU = 21;
constexpr int kControlW = 23;
constexpr int kDelete = 127;
constexpr int kLastByte = 255;
constexpr unsigned char kFirstBeyondAscii = 0x80;
constexpr size_t kLongestCharacter = 4;

struct CloseFile {
  void operator()(FILE* file) const { std::fclose(file); }
};

// The terminal, as curses has it; as it was before when this goes.
class Terminal {
 public:
  Terminal() : file_(std::fopen("/dev/tty", "r+")) {
    if (file_ == nullptr) return;
    // Titles are UTF-8 whatever the locale says.
    if (std::setlocale(LC_ALL, "") == nullptr || !Utf8()) std::setlocale(LC_CTYPE, "C.UTF-8");
    screen_ = newterm(nullptr, file_.get(), file_.get());
    if (screen_ == nullptr) return;
    raw();
    noecho();
    keypad(stdscr, TRUE);
    set_escdelay(50);
  }
  ~Terminal() {
    if (screen_ == nullptr) return;
    endwin();
    delscreen(screen_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  bool open() const { return screen_ != nullptr; }

 private:
  static bool Utf8() {
    const char* locale = std::setlocale(LC_CTYPE, nullptr);
    return locale != nullptr && (std::strstr(locale, "UTF-8") != nullptr || std::strstr(locale, "utf8") != nullptr);
  }

  std::unique_ptr<FILE, CloseFile> file_;
  SCREEN* screen_ = nullptr;
};

// The first bytes of `text` that take no more than `columns`, without control characters.
struct Cut {
  size_t bytes = 0;
  int columns = 0;
};
Cut CutTo(absl::string_view text, int columns) {
  Cut cut;
  while (cut.bytes < text.size()) {
    utf8proc_int32_t character = 0;
    const utf8proc_ssize_t length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + cut.bytes,
                         static_cast<utf8proc_ssize_t>(text.size() - cut.bytes), &character);
    if (length <= 0) return cut;
    const int width = utf8proc_charwidth(character);
    if (cut.columns + width > columns) return cut;
    cut.bytes += static_cast<size_t>(length);
    cut.columns += width;
  }
  return cut;
}

class List {
 public:
  List(v1::SearchRequest request, const Search& search)
      : request_(std::move(request)), search_(search), text_(request_.text()) {}

  std::string Run() {
    Ask();
    while (true) {
      Draw();
      // Bytes, not wide characters: what is not UTF-8 would stop those for good.
      const int key = getch();
      if (key == ERR) return {};
      if (key > kLastByte ? Move(key) : Type(static_cast<unsigned char>(key))) continue;
      return chosen_;
    }
  }

 private:
  int Rows() const { return std::max(1, LINES - 3); }
  int HitCount() const { return answer_.hits_size(); }
  const v1::SearchHit* Selected() const { return selected_ < HitCount() ? &answer_.hits(selected_) : nullptr; }

  void Ask() {
    selected_ = 0;
    first_ = 0;
    error_.clear();
    answer_.Clear();
    if (text_.empty()) return;
    request_.set_text(text_);
    request_.set_count(static_cast<uint32_t>(std::clamp(Rows(), 1, static_cast<int>(query::kMostHits))));
    request_.clear_page_token();
    const absl::Status status = search_(request_, &answer_);
    if (status.ok()) return;
    answer_.Clear();
    error_ = std::string(status.message());
  }

  // Has the hits up to that index, where there are so many.
  void Reach(int index) {
    while (index >= HitCount() && !answer_.next_page_token().empty()) {
      request_.set_page_token(answer_.next_page_token());
      v1::SearchResponse more;
      const absl::Status status = search_(request_, &more);
      if (!status.ok()) {
        error_ = std::string(status.message());
        return;
      }
      answer_.set_next_page_token(more.next_page_token());
      answer_.mutable_hits()->MergeFrom(more.hits());
      if (more.hits().empty()) return;
    }
  }

  // A key that is no character; whether to go on.
  bool Move(int key) {
    if (key == KEY_DOWN) Reach(selected_ + 1);
    if (key == KEY_NPAGE) Reach(selected_ + Rows());
    const int last = std::max(0, HitCount() - 1);
    switch (key) {
      case KEY_DOWN:
        selected_ = std::min(selected_ + 1, last);
        break;
      case KEY_UP:
        selected_ = std::max(selected_ - 1, 0);
        break;
      case KEY_NPAGE:
        selected_ = std::min(selected_ + Rows(), last);
        break;
      case KEY_PPAGE:
        selected_ = std::max(selected_ - Rows(), 0);
        break;
      case KEY_HOME:
        selected_ = 0;
        break;
      case KEY_END:
        selected_ = last;
        break;
      case KEY_RIGHT:
        Enter();
        break;
      case KEY_LEFT:
        Leave();
        break;
      case KEY_BACKSPACE:
        RemoveCharacter();
        break;
      case KEY_ENTER:
        return !Choose();
      default:
        break;  // KEY_RESIZE draws anew
    }
    return true;
  }

  // A byte; whether to go on.
  bool Type(unsigned char key) {
    switch (key) {
      case kEscape:
      case kControlC:
      case kControlD:
        return false;
      case '\n':
      case '\r':
        return !Choose();
      case kDelete:
      case kControlH:
        RemoveCharacter();
        return true;
      case kControlU:
        text_.clear();
        Ask();
        return true;
      case kControlW:
        while (absl::EndsWith(text_, " ")) text_.pop_back();
        while (!text_.empty() && text_.back() != ' ') text_.pop_back();
        Ask();
        return true;
      default:
        break;
    }
    if (key < ' ' || text_.size() + kLongestCharacter > query::kLongestQuery) return true;
    if (key < kFirstBeyondAscii) {
      typed_.clear();
      text_ += static_cast<char>(key);
      Ask();
      return true;
    }
    // A character of several bytes comes byte by byte; what cannot become one is passed over.
    const bool begins = (key & 0xC0U) == 0xC0U;
    if (begins) typed_.clear();
    if (!begins && typed_.empty()) return true;
    typed_ += static_cast<char>(key);
    if (base::IsValidUtf8(typed_)) {
      text_ += typed_;
      typed_.clear();
      Ask();
    } else if (typed_.size() >= kLongestCharacter) {
      typed_.clear();
    }
    return true;
  }

  void RemoveCharacter() {
    while (!text_.empty() && (static_cast<unsigned char>(text_.back()) & 0xC0U) == 0x80U) text_.pop_back();
    if (!text_.empty()) text_.pop_back();
    Ask();
  }

  // Into what the row stands for.
  void Enter() {
    const v1::SearchHit* hit = Selected();
    if (hit == nullptr || hit->folded_codes() == 0) return;
    above_.push_back({request_.under(), request_.fold(), selected_, first_});
    request_.set_under(hit->matched_concept().code());
    request_.set_fold(v1::FOLD_WHEN_MANY);
    Ask();
    // Where the row stands for codes made of one, they are what there is below it.
    if (HitCount() <= 1) {
      request_.set_fold(v1::FOLD_NEVER);
      Ask();
    }
  }

  void Leave() {
    if (above_.empty()) return;
    const Place place = above_.back();
    above_.pop_back();
    request_.set_under(place.under);
    request_.set_fold(place.fold);
    Ask();
    Reach(place.selected);
    selected_ = std::min(place.selected, std::max(0, HitCount() - 1));
    first_ = place.first;
  }

  bool Choose() {
    if (Selected() == nullptr) return false;
    chosen_ = Selected()->matched_concept().code();
    return true;
  }

  // `text` from the cursor on, as far as the line goes.
  static void Print(absl::string_view text) {
    const Cut cut = CutTo(text, COLS - 1 - getcurx(stdscr));
    addnstr(text.data(), static_cast<int>(cut.bytes));
  }

  static void PrintMatched(const v1::SearchHit& hit) {
    const absl::string_view text = hit.text();
    size_t at = 0;
    for (const auto& [begin, end] : MatchedParts(hit)) {
      Print(text.substr(at, begin - at));
      attron(A_BOLD);
      Print(text.substr(begin, end - begin));
      attroff(A_BOLD);
      at = end;
    }
    Print(text.substr(at));
  }

  void DrawHit(int line, const v1::SearchHit& hit, bool selected, int width) {
    const v1::Concept& item = hit.matched_concept();
    const bool by_title = hit.text_kind() == v1::SearchHit::TEXT_KIND_TITLE && hit.text() == item.title();
    move(line, 0);
    if (selected) attron(A_REVERSE);
    Print(absl::StrCat(item.code(), std::string(static_cast<size_t>(width) - item.code().size() + 2, ' ')));
    if (by_title) {
      PrintMatched(hit);
    } else {
      Print(item.title());
      Print("  [");
      PrintMatched(hit);
      Print("]");
    }
    if (hit.folded_codes() > 0) Print(absl::StrCat("  (", hit.folded_codes(), " codes below)"));
    if (selected) attroff(A_REVERSE);
  }

  void Draw() {
    first_ = std::clamp(first_, std::max(0, selected_ - Rows() + 1), selected_);
    erase();
    size_t width = 0;
    for (const v1::SearchHit& hit : answer_.hits()) width = std::max(width, hit.matched_concept().code().size());
    for (int row = 0; row < Rows() && first_ + row < HitCount(); ++row) {
      DrawHit(row + 2, answer_.hits(first_ + row), first_ + row == selected_, static_cast<int>(width));
    }
    move(1, 0);
    attron(A_DIM);
    Print(Line());
    move(LINES - 1, 0);
    Print("up, down: select   right, left: into a row and back   Enter: take the code   Esc: end");
    attroff(A_DIM);
    move(0, 0);
    Print("> ");
    // The end of a long query is what is being typed.
    absl::string_view shown = text_;
    while (CutTo(shown, COLS - 4).bytes < shown.size()) shown.remove_prefix(std::max<size_t>(1, CutTo(shown, 1).bytes));
    Print(shown);
    refresh();
  }

  std::string Line() const {
    std::string line;
    if (!error_.empty()) {
      line = error_;
    } else if (text_.empty()) {
      line = "type words, such as frac nec fem";
    } else if (HitCount() == 0) {
      line = "nothing found; try fewer or other words";
    } else {
      line = absl::StrCat(answer_.total(), answer_.total() == 1 ? " hit" : " hits");
    }
    for (const v1::SearchResponse::Correction& correction : answer_.corrections()) {
      absl::StrAppend(&line, "   '", correction.written(), "' read as '", correction.read_as(), "'");
    }
    if (!request_.under().empty()) absl::StrAppend(&line, "   below ", request_.under());
    return line;
  }

  struct Place {
    std::string under;
    v1::Fold fold;
    int selected;
    int first;
  };

  v1::SearchRequest request_;
  const Search& search_;
  std::string text_;
  std::string typed_;  // the first bytes of a character
  v1::SearchResponse answer_;
  std::string error_;
  int selected_ = 0;
  int first_ = 0;  // the hit in the first row
  std::vector<Place> above_;
  std::string chosen_;
};

}  // namespace

std::vector<std::pair<uint32_t, uint32_t>> MatchedParts(const v1::SearchHit& hit) {
  std::map<uint32_t, uint32_t> sorted;
  for (const v1::TextMatch& match : hit.matches()) sorted[match.begin()] = match.end();
  std::vector<std::pair<uint32_t, uint32_t>> parts;
  uint32_t at = 0;
  for (const auto& [begin, end] : sorted) {
    if (begin < at || end < begin || end > hit.text().size()) continue;
    parts.emplace_back(begin, end);
    at = end;
  }
  return parts;
}

absl::StatusOr<std::string> ChooseFromList(const v1::SearchRequest& request, const Search& search) {
  const Terminal terminal;
  if (!terminal.open()) {
    return absl::FailedPreconditionError("words: none given, and there is no terminal for a list; give words");
  }
  return List(request, search).Run();
}

}  // namespace nosograph::cli
