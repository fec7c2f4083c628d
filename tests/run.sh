#!/bin/bash
# Installs what the tests need, builds, and runs every test.
#
#   tests/run.sh           the gate
#   tests/run.sh --full    the gate, then ThreadSanitizer over the engine's concurrent tests, the service under the other
#                          sanitizers, each fuzzer for a minute, clang-tidy over everything, and faults that take their
#                          time
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../deploy/lib.sh"
cd "$ROOT"

FULL=
case ${1:-} in
  '') ;;
  --full) FULL=1 ;;
  *) fail "'$1' is not known; use: tests/run.sh [--full]" ;;
esac

step "packages"
install_packages deploy/packages.txt tests/packages.txt

if ! command -v mvn >/dev/null || ! command -v javac >/dev/null; then
  (install_packages tests/java_packages.txt) || echo "without a JDK and Maven the test of the Java package skips" >&2
fi

step "Python packages, into build/venv"
if make_venv && pip install --requirement tests/requirements.txt; then
  echo "installed"
else
  rm -rf "$VENV"
  echo "the Python packages could not be had from the package registry: the tests that need them will skip" >&2
fi

step "protos of google.rpc"
fetch_protos || echo "the build goes without them, and the tests of error details skip" >&2

step "content for the tests over the whole ICD-10-CM"
fetch_content || echo "the tests that need it take ../shared, or skip" >&2

sources() { git ls-files --cached --others --exclude-standard "$@"; }

step "format, and which room may include which"
sources '*.h' '*.cc' '*.c' | xargs clang-format-19 --dry-run --Werror
tests/include_rules.sh
echo "in order"

mkdir -p build
for preset in release asan; do
  step "$preset: build"
  cmake --preset "$preset" -DNOSOGRAPH_BUILD_TESTS=ON >build/"$preset".configure.log || { cat build/"$preset".configure.log; exit 1; }
  cmake --build --preset "$preset"
done

# http_proxy in the environment would divert clients from a service on loopback.
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
mkdir -p build
for preset in release asan; do
  step "$preset: tests"
  ctest --preset "$preset" --parallel "$(nproc)" --label-exclude faults
done

if [ -n "$FULL" ]; then
  step "full: ThreadSanitizer"
  cmake --preset tsan -DNOSOGRAPH_BUILD_TESTS=ON >build/tsan.configure.log || { cat build/tsan.configure.log; exit 1; }
  cmake --build --preset tsan
  ctest --preset tsan

  step "full: fifty kills during writes, and 10,000 mutations of HL7's test requests"
  export NOSOGRAPH_PROGRAM=$ROOT/build/release/bin/nosograph
  tests/python.sh "$ROOT/tests/rest/kept_test.py" --full
  tests/python.sh "$ROOT/tests/rest/mutations_test.py" --full

  step "full: the service under AddressSanitizer and UndefinedBehaviorSanitizer"
  cmake --preset asan-service >build/asan-service.configure.log || { cat build/asan-service.configure.log; exit 1; }
  cmake --build --preset asan-service --target nosograph
  # What is freed is kept for a while, to be found out; little of it, since the mutations watch the memory.
  (
    export ASAN_OPTIONS=quarantine_size_mb=8 NOSOGRAPH_PROGRAM=$ROOT/build/asan-service/bin/nosograph
    for test in rest/tx_suite_test rest/mutations_test rest/rest_test rest/kept_test service/admin_test service/python_client_test service/grpc_tools_test; do
      tests/python.sh "$ROOT/tests/$test.py"
    done
  )

  step "full: replicas that stop"
  ctest --preset release --label-regex faults --verbose

  tests/fuzz/run.sh

  step "full: clang-tidy"
  sources 'terminology/*.cc' 'service/*.cc' | xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/release --quiet
fi

step "all tests passed"
