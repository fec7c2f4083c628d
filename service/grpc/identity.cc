#include "service/grpc/identity.h"

#include <grpc/grpc_security_constants.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"

namespace nosograph::service {
namespace {

const char* NameOf(Role role) {
  switch (role) {
    case Role::kReleaser:
      return "releaser";
    case Role::kReader:
      return "reader";
    case Role::kNone:
      break;
  }
  return "none";
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Role RoleOf(const RoleRules& rules, const std::vector<std::string>& names) {
  Role role = rules.readers.empty() ? Role::kReader : Role::kNone;
  for (const std::string& name : names) {
    if (Contains(rules.releasers, name)) return Role::kReleaser;
    if (Contains(rules.readers, name)) role = Role::kReader;
  }
  return role;
}

Role RoleOf(const RoleRules& rules, const grpc::AuthContext& authentication) {
  if (!authentication.IsPeerAuthenticated()) return rules.anonymous;
  std::vector<std::string> names;
  // A URI is told apart, and is not among the others in every version of the library.
  for (const char* property : {GRPC_X509_SAN_PROPERTY_NAME, GRPC_PEER_URI_PROPERTY_NAME}) {
    for (const grpc::string_ref& name : authentication.FindPropertyValues(property)) {
      names.emplace_back(name.data(), name.size());
    }
  }
  return RoleOf(rules, names);
}

std::string NameOf(const grpc::AuthContext& authentication) {
  if (!authentication.IsPeerAuthenticated()) return "";
  for (const char* property : {GRPC_PEER_URI_PROPERTY_NAME, GRPC_X509_SAN_PROPERTY_NAME, GRPC_X509_CN_PROPERTY_NAME}) {
    const std::vector<grpc::string_ref> names = authentication.FindPropertyValues(property);
    if (!names.empty()) return {names[0].data(), names[0].size()};
  }
  return "";
}

absl::Status CheckRole(Role needed, const CallContext& context) {
  const Role role = context.role();
  if (role >= needed) return absl::OkStatus();
  return base::FieldError(
      absl::StatusCode::kPermissionDenied, "caller", NameOf(role),
      absl::StrCat("the role ", NameOf(needed), " is needed and the caller has ", NameOf(role)),
      absl::StrCat("use a client certificate whose subject alternative name the server lists under --", NameOf(needed),
                   "; a server that asks for no certificates gives roles by --anonymous-role"));
}

}  // namespace nosograph::service
