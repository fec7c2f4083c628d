#include "plugin/remote_loader.h"

#include <dlfcn.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "plugin/embedded.h"
#include "plugin/remote/remote.h"
#include "plugin/with_fallback.h"
#include "terminology/base/status_macros.h"

namespace nosograph::plugin {
namespace {

constexpr char kLibrary[] = "libnosograph_remote.so.1";

// Whether gRPC is in this process for us alone, so that what it logs is ours to still. Told once, before it is loaded.
bool HaveGrpcForOurselves() {
  static const bool alone = [] {
    void* host = dlopen("libgpr.so.29", RTLD_NOW | RTLD_NOLOAD);
    if (host != nullptr) dlclose(host);
    return host == nullptr;
  }();
  return alone;
}

// Beside this library first, then where the loader looks.
void* Load() {
  Dl_info self;
  if (dladdr(reinterpret_cast<const void*>(&OpenService), &self) != 0 && self.dli_fname != nullptr) {
    const std::string path = self.dli_fname;
    const size_t slash = path.rfind('/');
    if (slash != std::string::npos) {
      void* library = dlopen(absl::StrCat(path.substr(0, slash + 1), kLibrary).c_str(), RTLD_NOW | RTLD_LOCAL);
      if (library != nullptr) return library;
    }
  }
  return dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> OpenService(const Conninfo& conninfo) {
  std::unique_ptr<Backend> fallback;
  if (!conninfo.fallback.empty()) {
    ASSIGN_OR_RETURN(fallback, OpenEmbedded("fallback", conninfo.fallback));
  }
  const bool quiet = HaveGrpcForOurselves();
  void* library = Load();
  if (library == nullptr) {
    const char* error = dlerror();
    return absl::UnimplementedError(absl::StrCat(kLibrary, " cannot be loaded: ", error == nullptr ? "" : error,
                                                 "; install it, or open snapshot:DIR"));
  }
  auto* const open = reinterpret_cast<OpenRemote*>(dlsym(library, kOpenSymbol));
  if (open == nullptr) {
    return absl::UnimplementedError(
        absl::StrCat(kLibrary, " is another library than that of this one; install them together"));
  }
  std::unique_ptr<Backend> remote;
  absl::Status status;
  open(conninfo, kRemoteInterface, quiet, &remote, &status);
  RETURN_IF_ERROR(status);
  if (fallback == nullptr) return remote;
  return std::make_unique<WithFallback>(std::move(remote), std::move(fallback));
}

}  // namespace nosograph::plugin
