#include "service/grpc/parse_request.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/support/slice.h>

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/unicode.h"

namespace nosograph::service {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

constexpr int kDepth = 8;

// OK where no text is wrong.
absl::Status FindWrongText(const std::string& bytes, const Descriptor& type, const std::string& prefix, int depth) {
  UnknownFieldSet fields;
  if (depth == 0 || !fields.ParseFromString(bytes)) return absl::OkStatus();
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    const FieldDescriptor* known = type.FindFieldByNumber(field.number());
    if (known == nullptr || field.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
    const std::string name = prefix + known->name();
    if (known->type() == FieldDescriptor::TYPE_MESSAGE) {
      const absl::Status below = FindWrongText(field.length_delimited(), *known->message_type(), name + ".", depth - 1);
      if (!below.ok()) return below;
    } else if (known->type() == FieldDescriptor::TYPE_STRING && !base::IsValidUtf8(field.length_delimited())) {
      const std::string excerpt = base::Excerpt(field.length_delimited());
      return base::FieldError(absl::StatusCode::kInvalidArgument, name, excerpt,
                              absl::StrCat("'", excerpt, "' is not UTF-8"), "give the text in UTF-8");
    }
  }
  return absl::OkStatus();
}

absl::Status WhatIsWrong(const grpc::ByteBuffer& bytes, const Descriptor& type) {
  std::vector<grpc::Slice> slices;
  if (bytes.Dump(&slices).ok()) {
    std::string all;
    for (const grpc::Slice& slice : slices) all.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    if (absl::Status wrong = FindWrongText(all, type, "", kDepth); !wrong.ok()) return wrong;
  }
  return base::FieldError(absl::StatusCode::kInvalidArgument, "request", "",
                          absl::StrCat("the bytes are no ", type.full_name()), "send one as its proto says");
}

bool Parse(const grpc::ByteBuffer& bytes, google::protobuf::Message* request) {
  grpc::Slice slice;
  // Most have one piece, others are copied into one.
  if (!bytes.TrySingleSlice(&slice).ok() && !bytes.DumpToSingleSlice(&slice).ok()) return false;
  if (slice.size() > static_cast<size_t>(std::numeric_limits<int>::max())) return false;
  return request->ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
}

}  // namespace

absl::Status ParseRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message* request) {
  if (Parse(bytes, request)) return absl::OkStatus();
  return WhatIsWrong(bytes, *request->GetDescriptor());
}

}  // namespace nosograph::service
