#!/bin/bash
# Runs each fuzzer for a while, beginning with files that are sound. Fails at the first input that crashes one, which is
# kept in build/fuzz/crashes.
#
#   tests/fuzz/run.sh [SECONDS]     a minute each unless given
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../deploy/lib.sh"
cd "$ROOT"
SECONDS_EACH=${1:-60}

mkdir -p build
cmake --preset fuzz >build/fuzz.configure.log || { cat build/fuzz.configure.log; exit 1; }
cmake --build --preset fuzz

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
STARTER=terminology/content/starter/icd10cm-tabular-2026-04-01-excerpt.xml
mkdir -p "$WORK"/{tabular,order,fhir_code_system,snapshot,abi,parameters,facade} build/fuzz/crashes
cp "$STARTER" "$WORK/tabular/"
printf '00001 A00     0 %-60s %s\n00002 A000    1 %-60s %s\n' Cholera Cholera "Cholera, classical" "Cholera due to Vibrio cholerae" >"$WORK/order/small"
cp terminology/content/dermatology/code-system.json "$WORK/fhir_code_system/"
build/release/bin/nosograph import icd10cm "$STARTER" --version 2026-04-01 --quiet --data "$WORK/data" >/dev/null
build/release/bin/nosograph import extension terminology/content/dermatology --quiet --data "$WORK/data" >/dev/null
cp "$WORK"/data/snapshots/*.snapshot "$WORK/snapshot/"

export NOSOGRAPH_DATA=$WORK/data
printf '{"resourceType":"Parameters","parameter":[{"name":"url","valueUri":"http://hl7.org/fhir/sid/icd-10-cm"},{"name":"coding","valueCoding":{"system":"s","code":"c"}},{"name":"codeableConcept","valueCodeableConcept":{"coding":[{"code":"x"}],"text":"t"}},{"name":"valueSet","resource":{"resourceType":"ValueSet"}}]}' >"$WORK/parameters/all"
number=0
while read -r target; do
  number=$((number + 1))
  printf 'GET %s\napplication/fhir+json\n' "$target" >"$WORK/facade/get-$number"
done <<'TARGETS'
/r4/CodeSystem/$lookup?system=http://hl7.org/fhir/sid/icd-10-cm&code=L94.2&property=parent
/r5/CodeSystem/$validate-code?url=http://hl7.org/fhir/sid/icd-10-cm&code=L94.21&display=x
/r4/CodeSystem/$subsumes?system=http://hl7.org/fhir/sid/icd-10-cm&codeA=L94&codeB=L94.2
/r4/ValueSet/$expand?url=http://hl7.org/fhir/sid/icd-10-cm?fhir_vs=isa/L94&filter=calc&count=3&offset=1
/fhir/ValueSet?url=http://hl7.org/fhir/sid/icd-10-cm?fhir_vs&_summary=true&_elements=url
/r5/ConditionDefinition?code=L94.21
/r5/Condition/$draft?code=L94.21&subject=Patient/1
/r4/metadata?mode=terminology
/api/icd10cm/v3/search?terms=calc&maxList=3&df=code,name&ef=code
TARGETS
printf 'POST /r4/ValueSet/$expand\napplication/fhir+json\n{"resourceType":"ValueSet","compose":{"include":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","filter":[{"property":"concept","op":"is-a","value":"L94"}]}]}}' >"$WORK/facade/post"
printf 'POST /r4\napplication/fhir+json\n{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"CodeSystem"}}]}' >"$WORK/facade/batch"
for name in tabular order fhir_code_system snapshot abi parameters facade; do
  step "fuzz: $name, $SECONDS_EACH seconds"
  build/fuzz/bin/${name}_fuzz -max_total_time="$SECONDS_EACH" -timeout=25 -rss_limit_mb=4096 -max_len=200000 \
    -artifact_prefix=build/fuzz/crashes/ -print_final_stats=1 "$WORK/$name" 2>&1 | tail -n 12
done
