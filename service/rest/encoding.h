// ETags, and gzip for who takes it.
//
// Thread-safe: functions without state.
#ifndef NOSOGRAPH_SERVICE_REST_ENCODING_H_
#define NOSOGRAPH_SERVICE_REST_ENCODING_H_

#include <string>

#include "absl/strings/string_view.h"
#include "service/http/http_server.h"

namespace nosograph::rest {

// A weak ETag of a body, in quotes: what is compressed has the same.
std::string TagOf(absl::string_view body);
// Whether an If-None-Match header has the tag.
bool TagsHave(absl::string_view if_none_match, absl::string_view tag);

// Whether an Accept-Encoding header takes gzip.
bool AcceptsGzip(absl::string_view accept_encoding);
// Compresses the body where it is long enough to be worth it, and says so in the headers.
void CompressIfWorth(service::HttpResponse& response);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_ENCODING_H_
