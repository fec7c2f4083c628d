#!/bin/bash
# Search beside SQLite FTS5: the scores of a set of queries with right answers, and times in the engine. Judges nothing.
#
#   tests/bench/search.sh [FOLDER]    with queries-dev.jsonl and score.py; ../shared/search unless given
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../deploy/lib.sh"
FOLDER=$(realpath "${1:-$ROOT/../shared/search}" 2>/dev/null || true)
cd "$ROOT"
[ -s "$FOLDER/queries-dev.jsonl" ] || { echo "skipped: no queries with right answers are at hand; give their folder"; exit 0; }

step "packages and build"
install_packages deploy/packages.txt tests/bench/packages.txt
mkdir -p build
cmake --preset bench >build/bench.configure.log || { cat build/bench.configure.log; exit 1; }
cmake --build --preset bench --target search_bench nosograph
fetch_content || fail "the benchmark needs the whole ICD-10-CM"

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
PROGRAM=$ROOT/build/bench/bin/nosograph
step "import"
"$PROGRAM" import icd10cm "$TABULAR" --version 2026-04-01 --data "$WORK/data" --quiet
step "scores and times"
python3 tests/bench/search_bench.py "$PROGRAM" build/bench/bin/search_bench "$TABULAR" "$WORK/data" \
  "$FOLDER/queries-dev.jsonl" "$FOLDER/score.py"
