// A list of hits that narrows while one types, on the terminal of the caller.
//
// Drawn on /dev/tty, so that standard output holds nothing but the code that was chosen: code=$(nosograph search).
// Keys: letters narrow, up and down select, right goes into what a row stands for, left goes back, Enter chooses,
// Escape and Ctrl-C end. Not thread-safe: one at a time in a process.
//
//   ASSIGN_OR_RETURN(const std::string code, ChooseFromList(request, search));
#ifndef NOSOGRAPH_SERVICE_CLI_SEARCH_LIST_H_
#define NOSOGRAPH_SERVICE_CLI_SEARCH_LIST_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nosograph/v1/terminology.pb.h"

namespace nosograph::cli {

using Search = std::function<absl::Status(const v1::SearchRequest& request, v1::SearchResponse* answer)>;

// The bytes of a hit's text that matched, each pair from the first to one behind the last, in order, none over another.
std::vector<std::pair<uint32_t, uint32_t>> MatchedParts(const v1::SearchHit& hit);

// The code that was chosen; empty where none was. `request` says all but text and count. Errors: FailedPrecondition
// where there is no terminal to draw on. What `search` cannot answer is shown in the list.
absl::StatusOr<std::string> ChooseFromList(const v1::SearchRequest& request, const Search& search);

}  // namespace nosograph::cli

#endif  // NOSOGRAPH_SERVICE_CLI_SEARCH_LIST_H_
