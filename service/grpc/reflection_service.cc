#include "service/grpc/reflection_service.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <memory>
#include <set>
#include <utility>

#include "grpc/reflection/v1/reflection.pb.h"
#include "service/grpc/error_details.h"
#include "service/grpc/parse_request.h"
#include "service/grpc/wire_reply.h"

namespace nosograph::service {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using ::grpc::reflection::v1::ServerReflectionRequest;
using ::grpc::reflection::v1::ServerReflectionResponse;

void AddFile(const FileDescriptor& file, std::set<const FileDescriptor*>& sent, ServerReflectionResponse& response) {
  if (!sent.insert(&file).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  response.mutable_file_descriptor_response()->add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i), sent, response);
}

// One stream: what it has been sent of is not sent again.
class Reflection final : public StreamReactor {
 public:
  Reflection(const std::vector<std::string>& services, StreamWire& wire) : services_(services), wire_(wire) {}

  void Begin() override { wire_.StartRead(&request_bytes_); }
  void OnReadDone(bool ok) override {
    if (!ok) return wire_.Finish(grpc::Status::OK);
    ServerReflectionRequest request;
    const absl::Status parsed = ParseRequest(request_bytes_, &request);
    if (!parsed.ok()) return wire_.Finish(ToGrpc(parsed));
    ServerReflectionResponse response;
    response.set_valid_host(request.host());
    Answer(request, response);
    *response.mutable_original_request() = std::move(request);
    WireReply reply;
    reply.Set(response);
    wire_.StartWrite(reply.Take());
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return wire_.Finish(grpc::Status::CANCELLED);
    wire_.StartRead(&request_bytes_);
  }
  void OnDone() override {}

 private:
  void Answer(const ServerReflectionRequest& request, ServerReflectionResponse& response) {
    const DescriptorPool& pool = *DescriptorPool::generated_pool();
    switch (request.message_request_case()) {
      case ServerReflectionRequest::kListServices:
        for (const std::string& service : services_) {
          response.mutable_list_services_response()->add_service()->set_name(service);
        }
        return;
      case ServerReflectionRequest::kFileByFilename:
        return Send(pool.FindFileByName(request.file_by_filename()), response);
      case ServerReflectionRequest::kFileContainingSymbol:
        return Send(pool.FindFileContainingSymbol(request.file_containing_symbol()), response);
      case ServerReflectionRequest::kFileContainingExtension: {
        const auto& asked = request.file_containing_extension();
        const Descriptor* const type = pool.FindMessageTypeByName(asked.containing_type());
        const FieldDescriptor* const extension =
            type == nullptr ? nullptr : pool.FindExtensionByNumber(type, asked.extension_number());
        return Send(extension == nullptr ? nullptr : extension->file(), response);
      }
      case ServerReflectionRequest::kAllExtensionNumbersOfType: {
        const Descriptor* const type = pool.FindMessageTypeByName(request.all_extension_numbers_of_type());
        if (type == nullptr) return Send(nullptr, response);
        auto* const numbers = response.mutable_all_extension_numbers_response();
        numbers->set_base_type_name(type->full_name());
        std::vector<const FieldDescriptor*> extensions;
        pool.FindAllExtensions(type, &extensions);
        for (const FieldDescriptor* extension : extensions) numbers->add_extension_number(extension->number());
        return;
      }
      case ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
        break;
    }
    response.mutable_error_response()->set_error_code(grpc::StatusCode::INVALID_ARGUMENT);
    response.mutable_error_response()->set_error_message("nothing is asked; list services, or ask for a file");
  }

  void Send(const FileDescriptor* file, ServerReflectionResponse& response) {
    if (file == nullptr) {
      response.mutable_error_response()->set_error_code(grpc::StatusCode::NOT_FOUND);
      response.mutable_error_response()->set_error_message("there is no such file, symbol, type or extension");
      return;
    }
    response.mutable_file_descriptor_response();
    sent_.erase(file);  // what is asked for is sent again, what it imports is not
    AddFile(*file, sent_, response);
  }

  const std::vector<std::string>& services_;
  StreamWire& wire_;
  grpc::ByteBuffer request_bytes_;
  std::set<const FileDescriptor*> sent_;
};

}  // namespace

ReflectionService::ReflectionService(std::vector<std::string> services) : services_(std::move(services)) {
  for (const char* path : {"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                           "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"}) {
    service_.AddStream(path, [this](StreamWire& wire) { return std::make_shared<Reflection>(services_, wire); });
  }
}

}  // namespace nosograph::service
