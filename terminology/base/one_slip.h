// Whether one name is a slip of the pen away from another: a letter too much, too few, another, or two swapped.
//
// Thread-safe: a function without state.
//
//   IsOneSlip("childen", "children");  // true
#ifndef NOSOGRAPH_TERMINOLOGY_BASE_ONE_SLIP_H_
#define NOSOGRAPH_TERMINOLOGY_BASE_ONE_SLIP_H_

#include "absl/strings/string_view.h"

namespace nosograph::base {

// By bytes. Also of two that are the same.
bool IsOneSlip(absl::string_view a, absl::string_view b);

}  // namespace nosograph::base

#endif  // NOSOGRAPH_TERMINOLOGY_BASE_ONE_SLIP_H_
