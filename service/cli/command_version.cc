#include <google/protobuf/stubs/common.h>
#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "terminology/snapshot/format.h"

namespace nosograph::cli {

void AddVersionCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("version", "Print the version of the program and of what it is made of");
  auto output = std::make_shared<std::string>();
  AddOutputOption(*command, *output);
  command->callback([output, &exit_code] {
    const std::string protobuf = google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION);
    if (*output == kJson) {
      google::protobuf::Struct facts;
      (*facts.mutable_fields())["version"].set_string_value(Version());
      (*facts.mutable_fields())["snapshot_format"].set_number_value(snapshot::kFormatVersion);
      (*facts.mutable_fields())["grpc"].set_string_value(grpc::Version());
      (*facts.mutable_fields())["protobuf"].set_string_value(protobuf);
      std::string json;
      (void)google::protobuf::util::MessageToJsonString(facts, &json);
      std::cout << json << '\n';
    } else {
      std::cout << "nosograph " << Version() << " (snapshot format " << snapshot::kFormatVersion << ", gRPC "
                << grpc::Version() << ", Protocol Buffers " << protobuf << ")\n";
    }
    exit_code = kOk;
  });
}

}  // namespace nosograph::cli
