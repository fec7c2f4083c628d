// Ids of what has none yet: 32 hexadecimal digits that nobody can guess.
//
// Thread-safe.
#ifndef NOSOGRAPH_SERVICE_REST_RANDOM_ID_H_
#define NOSOGRAPH_SERVICE_REST_RANDOM_ID_H_

#include <string>

namespace nosograph::rest {

std::string RandomId();

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_RANDOM_ID_H_
