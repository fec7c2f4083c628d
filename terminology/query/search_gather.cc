#include "terminology/query/search_gather.h"

#include <algorithm>
#include <iterator>

#include "absl/container/flat_hash_map.h"

namespace nosograph::query {
namespace {

constexpr size_t kKeptRows = 13;

// Rows below one concept.
struct Group {
  SearchRow row;
  uint32_t rows = 0;
  uint32_t codes = 0;
};

bool IsLeaf(const ConceptRef& item) {
  return item.snapshot().subtree_end(item.item) == item.item + 1 || HasMade(item.snapshot(), item.item);
}

// Whether `row` is of the concept that `gathered` is gathered under.
bool IsAbove(const SearchRow& row, const SearchRow& gathered) {
  return row.item.release == gathered.item.release && row.item.item == gathered.gathered &&
         row.gathered == snapshot::kNone;
}

// A concept that has a row already stands there for what is gathered under it.
bool StandsFor(const SearchRow& gathered, std::vector<SearchRow>& rows) {
  const auto own = std::find_if(rows.begin(), rows.end(), [&](const SearchRow& row) { return IsAbove(row, gathered); });
  if (own == rows.end()) return false;
  own->gathered = gathered.gathered;
  own->gathered_codes = gathered.gathered_codes;
  return true;
}

}  // namespace

Gathering GatherRows(size_t page, std::vector<SearchRow>& given) {
  Gathering gathering;
  const auto is_whole = [](const SearchRow& row) { return row.whole; };
  if (std::count_if(given.begin(), given.end(), is_whole) <= static_cast<ptrdiff_t>(page)) return gathering;
  std::vector<SearchRow> rows;
  std::vector<SearchRow> rest;
  std::vector<Group> groups;
  absl::flat_hash_map<std::pair<const snapshot::Release*, uint32_t>, size_t> known;
  for (SearchRow& row : given) {
    if (rows.size() < kKeptRows || !row.whole || !IsLeaf(row.item)) {
      (rows.size() < kKeptRows ? rows : rest).push_back(std::move(row));
      continue;
    }
    const bool made = !row.made.empty();
    const uint32_t above = made ? row.item.item : row.item.snapshot().parent(row.item.item).value_or(row.item.item);
    const auto [at, added] = known.try_emplace({row.item.release, above}, groups.size());
    if (added) groups.emplace_back();
    Group& group = groups[at->second];
    group.codes += std::max<uint32_t>(1, static_cast<uint32_t>(row.made.size()));
    if (group.rows++ == 0) {
      group.row = std::move(row);
    } else {
      group.row.gathered = above;
    }
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.codes > b.codes; });
  for (Group& group : groups) {
    if (group.row.gathered != snapshot::kNone) {
      group.row.gathered_codes = group.codes;
      if (StandsFor(group.row, rows)) continue;
      const size_t own = std::erase_if(rest, [&](const SearchRow& row) { return IsAbove(row, group.row); });
      // Else it may stand behind what was weighed, where it is passed over.
      const bool made = group.row.gathered == group.row.item.item;
      if (own == 0 && !made && group.row.above_complete) ++gathering.fewer;
      gathering.stand_for_others.insert({group.row.item.release, group.row.gathered});
    }
    rows.push_back(std::move(group.row));
  }
  rows.insert(rows.end(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
  gathering.fewer += static_cast<uint32_t>(given.size() - rows.size());
  given = std::move(rows);
  return gathering;
}

}  // namespace nosograph::query
