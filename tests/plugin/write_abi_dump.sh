#!/bin/bash
# Writes the dump that install_test.sh compares the ABI with; for who changes the ABI on purpose.
#
#   write_abi_dump.sh [BUILD_FOLDER]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
abidw --headers-dir plugin/include --drop-private-types --exported-interfaces-only --no-corpus-path --no-comp-dir-path --short-locs \
  --out-file tests/plugin/libnosograph.so.1.abi "${1:-build/release}/plugin/libnosograph.so"
