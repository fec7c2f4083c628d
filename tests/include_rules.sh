#!/bin/bash
# Which room may include which: base <- model <- snapshot <- query <- fhir is the read side; import and store are the write side;
# operations is above both, but for the data folder.
# terminology/ never sees gRPC, Boost or protobuf. Prints every breach and fails if there is one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
breaches=0

# forbid ROOM PATTERN REASON
forbid() {
  local found
  found=$(grep -rnE "^#include [<\"]$2" --include='*.h' --include='*.cc' "$1" || true)
  if [ -n "$found" ]; then
    printf '%s\n  %s\n' "$found" "$3" >&2
    breaches=1
  fi
}

engine='(grpc|grpcpp|boost|google/protobuf|nosograph/v1|service|plugin|tests)/'
forbid terminology "$engine" "the engine includes no network, no protobuf and no other room"
forbid terminology/base 'terminology/(model|snapshot|query|fhir|operations|import|store)/' "base is below every other room"
forbid terminology/model 'terminology/(snapshot|query|fhir|operations|import|store)/' "model is above base only"
forbid terminology/snapshot 'terminology/(query|fhir|operations|import|store)/' "snapshot is above model and base"
forbid terminology/query 'terminology/(fhir|operations|import|store)/' "query is above snapshot, model and base"
forbid terminology/fhir 'terminology/(operations|import|store)/' "fhir is of the read side"
forbid terminology/store "terminology/(query|fhir|operations|import)/" "store is above snapshot, model and base"
forbid terminology/import 'terminology/(snapshot|query|operations|store)/' "import makes values of the model and knows no snapshot"
forbid terminology/operations 'terminology/store/' "operations answer from what is loaded, and know no data folder"
forbid plugin '(boost|service|tests)/' "service and plugin never include each other"
if grep -nE '^#include [<"](grpc|grpcpp|google/protobuf|nosograph/v1)/' plugin/*.h plugin/*.cc; then
  echo "  the library has no network; its remote back end is plugin/remote" >&2
  breaches=1
fi
forbid plugin 'terminology/(import)/' "the library reads; it imports nothing"
forbid service '(plugin|tests)/' "service and plugin never include each other"
exit $breaches
