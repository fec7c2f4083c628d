#!/bin/bash
# What of deploy/ can be checked without installing it: the systemd unit, the client's service config, the container files.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PROGRAM=${NOSOGRAPH_PROGRAM:?}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Each option in the files is one that `serve` has, in the form that it takes.
"$PROGRAM" serve --config deploy/systemd/serve.toml --print-config >"$work/config"
grep -q '^grpc = "127.0.0.1:50051"' "$work/config"
sed 's/^# \([a-z-]* = \)/\1/; /^grpc = "127/d' deploy/systemd/serve.toml >"$work/all.toml"
"$PROGRAM" serve --config "$work/all.toml" --print-config >"$work/config"
grep -q '^releaser = \[ *"spiffe://hospital.example/terminology" *\]' "$work/config"
grep -oE -- '--[a-z][a-z-]+' deploy/container/compose.yaml deploy/three_replicas.md | cut -d: -f2 | sort -u >"$work/used"
{ "$PROGRAM" serve --help; "$PROGRAM" import icd10cm --help; } | grep -oE -- '--[a-z][a-z-]+' | sort -u >"$work/known"
printf '%s\n' --detach --rm --full --server >>"$work/known"
unknown=$(grep -vxFf "$work/known" "$work/used" || true)
[ -z "$unknown" ] || { echo "options that there are not: $unknown"; exit 1; }

# No `timeout`, and names of services and methods that there are.
python3 - <<'PYTHON'
import json, re
config = json.load(open("deploy/client_service_config.json"))
text = json.dumps(config)
assert '"timeout"' not in text
assert config["loadBalancingConfig"] == [{"round_robin": {}}]
proto = open("proto/nosograph/v1/terminology.proto").read()
methods = set(re.findall(r"rpc (\w+)\(", proto))
for entry in config["methodConfig"]:
    for name in entry["name"]:
        assert name["service"] == "nosograph.v1.TerminologyService", name
        assert name.get("method", "Resolve") in methods, name
PYTHON

# The image has every library that the program is linked to.
packages=$(ldd "$PROGRAM" | awk '/=> \//{print $3}' | xargs -n1 readlink -f | { xargs -n1 dpkg -S 2>/dev/null || true; } | cut -d: -f1 | sort -u)
for package in $packages; do
  grep -qx "$package" deploy/runtime_packages.txt || case $package in
    libc6 | libgcc-s1 | libstdc++6 | zlib1g) ;;
    *) echo "deploy/runtime_packages.txt lacks $package"; exit 1 ;;
  esac
done

# The man page tells of every command and every option, and makes a page without a warning.
for command in serve import 'import icd10cm' 'import extension' 'import fhir' resolve lookup validate subsumes children \
  releases 'releases list' 'releases activate' 'releases rollback' 'releases diff' 'releases verify' 'releases log' completion version; do
  grep -qE "(^|\*)(nosograph )?$command\*|\*$command\*|\*$command " deploy/man/nosograph.1.scd ||
    { echo "the man page lacks $command"; exit 1; }
  for option in $("$PROGRAM" $command --help | grep -oE '^  (-h,)?--[a-z][a-z-]+' | grep -oE -- '--.*'); do
    grep -q -- "\*$option\*" deploy/man/nosograph.1.scd || { echo "the man page lacks $option of $command"; exit 1; }
  done
done
if command -v scdoc >/dev/null; then
  scdoc <deploy/man/nosograph.1.scd >"$work/nosograph.1"
  grep -q '^\.TH "NOSOGRAPH" "1"' "$work/nosograph.1"
fi

bash -n deploy/pki/development_pki.sh deploy/quickstart.sh
if command -v systemd-analyze >/dev/null; then
  install -m 755 "$PROGRAM" "$work/nosograph"
  sed "s|/usr/local/bin/nosograph|$work/nosograph|" deploy/systemd/nosograph.service >"$work/nosograph.service"
  # It names man pages that are not installed here.
  systemd-analyze verify --man=no "$work/nosograph.service"
  exposure=$(systemd-analyze security --offline=yes --threshold=25 "$work/nosograph.service" --no-pager | tail -1)
  echo "$exposure"
fi
echo "what deploy/ says fits the program"
