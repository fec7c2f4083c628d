// Boost.URL, compiled here so that no library of it is needed.
#include <boost/url/src.hpp>
