// How long work tells that it goes on: a function that is called with a short line now and then.
//
// Called on the importing thread; an empty function is silence.
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_PROGRESS_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_PROGRESS_H_

#include <functional>

#include "absl/strings/string_view.h"

namespace nosograph::import {

using Progress = std::function<void(absl::string_view line)>;

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_PROGRESS_H_
