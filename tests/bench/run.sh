#!/bin/bash
# Measures the engine and the program, each figure beside its baseline of the same run. Judges nothing.
#
#   tests/bench/run.sh
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../deploy/lib.sh"
cd "$ROOT"

step "packages and build"
install_packages deploy/packages.txt tests/bench/packages.txt
mkdir -p build
cmake --preset bench >build/bench.configure.log || { cat build/bench.configure.log; exit 1; }
cmake --build --preset bench --target engine_bench large_bench plugin_bench grpc_bench rest_bench nosograph nosograph_python nosograph_remote
fetch_content || fail "the benchmarks need the whole ICD-10-CM"

step "engine (time a lookup, a verdict, an import; bytes of index a code)"
NOSOGRAPH_TABULAR=$TABULAR build/bench/bin/engine_bench --benchmark_min_time=0.5

step "a code system of 1,000,000 concepts and 3,000,000 designations, streamed into the writer"
build/bench/bin/large_bench --benchmark_min_time=0.5

step "process"
PROGRAM=$ROOT/build/bench/bin/nosograph
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
python3 tests/bench/process_bench.py "$PROGRAM" "$TABULAR" "$WORK"

step "C library in a process of one's own"
"$PROGRAM" import icd10cm "$TABULAR" --version 2026-04-01 --data "$WORK/data" --quiet
NOSOGRAPH_DATA=$WORK/data build/bench/bin/plugin_bench --benchmark_min_time=0.5

step "Python package beside simple-icd-10-cm"
if make_venv && pip install "$CONTENT_PACKAGE"; then
  "$VENV/bin/python" tests/bench/python_bench.py "$ROOT/build/bench/python" "$WORK/data"
else
  echo "simple-icd-10-cm cannot be had"
fi

step "C library that asks a service, which hangs and is killed"
python3 tests/bench/remote_bench.py "$PROGRAM" "$ROOT/build/bench/python" "$WORK/data"

step "HAPI's validator"
if command -v mvn >/dev/null; then
  mkdir "$WORK/hapi"
  python3 tests/bench/hapi_bench.py "$PROGRAM" "$ROOT/build/bench/plugin/libnosograph.so.1" "$WORK/data" "$CODE_LIST" "$WORK/hapi"
else
  echo "Maven is not installed"
fi

step "REST beside a bare Beast server, pairs of runs of two seconds each"
mkdir "$WORK/rest"
python3 tests/bench/rest_bench.py "$PROGRAM" "$ROOT/build/bench/bin/rest_bench" "$TABULAR" "$WORK/rest"

step "terminology over REST: what comes with requests, value sets, large resources, heavy beside light"
python3 tests/bench/tx_bench.py "$PROGRAM" "$ROOT/build/bench/bin/rest_bench" "$TABULAR" "$WORK/tx"

step "gRPC beside a bare echo server, pairs of runs of a second each"
mkdir "$WORK/grpc"
python3 tests/bench/grpc_bench.py "$PROGRAM" "$ROOT/build/bench/bin/grpc_bench" "$TABULAR" "$WORK/grpc"
