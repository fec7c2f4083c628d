#!/bin/bash
# Runs a test in Python in the environment that tests/run.sh makes; skips (exit 77) without it and says so.
set -euo pipefail
PYTHON=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/build/venv/bin/python
if ! "$PYTHON" -c 'import grpc, google.protobuf, jsonschema' 2>/dev/null; then
  echo "skipped: build/venv lacks grpcio, protobuf or jsonschema; tests/run.sh makes it where the registry can be reached"
  exit 77
fi
exec "$PYTHON" "$@"
