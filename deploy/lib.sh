# What quickstart.sh and tests/run.sh share: packages, content, Python. Sourced, not run.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CONTENT=$ROOT/build/content
TABULAR=$CONTENT/icd10c-tabular-April-1-2026.xml
CODE_LIST=$CONTENT/code-list-April-2026.txt
VENV=$ROOT/build/venv

# The official NCHS tabular list of April 2026 travels inside this Python package; none of its code is used.
CONTENT_PACKAGE=simple-icd-10-cm==1.5.0
TABULAR_SHA256=f161f8182aff3ce3a2a78e202f8259c08eaee2c670a9e45b0072445c52302935
CODE_LIST_SHA256=df54d9743a3499f4a4fc12882edb7ce0d975b44ada5a2a25597aa56d0c2ac1c4

# The compiler cache hits in a checkout of another path too.
export CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1

step() { printf '\n==> %s\n' "$*"; }
fail() {
  printf '\nerror: %s\n' "$*" >&2
  exit 1
}

installed() { dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

# install_packages FILE...: installs what is missing of the packages listed; asks for root only then, and waits for
# whoever holds the package lock.
install_packages() {
  local missing=() package
  while read -r package; do
    installed "$package" || missing+=("$package")
  done < <(grep -hv -e '^#' -e '^$' "$@")
  if [ ${#missing[@]} -eq 0 ]; then
    echo "all packages are installed"
    return
  fi
  echo "missing: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "these packages are missing and there is no sudo; as root run: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=900)
  "${apt[@]}" update || echo "warning: the lists of packages could not be refreshed" >&2
  if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; then
    local lacking=()
    for package in "${missing[@]}"; do
      installed "$package" || lacking+=("$package")
    done
    fail "these packages could not be had: ${lacking[*]} (Nosograph needs Debian 12 and its package archive)"
  fi
}

# make_venv: a Python of the project's own; whatever comes from the Python package registry goes in there alone.
make_venv() {
  [ -x "$VENV/bin/pip" ] || python3 -m venv "$VENV" || {
    rm -rf "$VENV"
    return 1
  }
}

pip() { "$VENV/bin/pip" --disable-pip-version-check --quiet --retries 2 --timeout 20 "$@"; }

# The protos of google.rpc's error details.
PROTOS=$ROOT/build/google_protos
PROTOS_PACKAGE=googleapis-common-protos==1.76.0
PROTOS_SHA256=59e13344a9f3651aa201a03e2bee815a3bf43a4baf1f9ff8a9b62a840ce25fac  # of the wheel

has_sha256() { [ -s "$1" ] && echo "$2  $1" | sha256sum --check --status; }

# fetch_protos: leaves google/rpc/*.proto in $PROTOS; returns 1 when they cannot be had, and says why. The build goes
# without them then, and errors of the service carry no details.
fetch_protos() {
  if [ -s "$PROTOS/google/rpc/error_details.proto" ]; then
    echo "the protos are there"
    return 0
  fi
  local wheels=$ROOT/build/google_protos.part
  rm -rf "$wheels"
  mkdir -p "$wheels"
  if ! make_venv || ! pip download --no-deps --dest "$wheels" "$PROTOS_PACKAGE"; then
    echo "the Python package $PROTOS_PACKAGE could not be had from the package registry" >&2
    return 1
  fi
  if ! has_sha256 "$(echo "$wheels"/*.whl)" "$PROTOS_SHA256"; then
    echo "$PROTOS_PACKAGE is not the package that was checked (sha256 differs): it is not used" >&2
    return 1
  fi
  python3 - "$wheels"/*.whl "$wheels" <<'PYTHON' || return 1
import sys, zipfile
wheel, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in ("code", "status", "error_details"):
        archive.extract(f"google/rpc/{name}.proto", target)
PYTHON
  rm -rf "$PROTOS" "$wheels"/*.whl
  mv "$wheels" "$PROTOS"
  echo "the protos came out of $PROTOS_PACKAGE, sha256 checked"
}

# fetch_content: leaves tabular list and code list in $CONTENT; returns 1 when they cannot be had, and says why.
fetch_content() {
  if has_sha256 "$TABULAR" "$TABULAR_SHA256" && has_sha256 "$CODE_LIST" "$CODE_LIST_SHA256"; then
    echo "the tabular list is there"
    return 0
  fi
  mkdir -p "$CONTENT"
  if ! make_venv || ! pip download --no-deps --dest "$CONTENT" "$CONTENT_PACKAGE"; then
    echo "the Python package $CONTENT_PACKAGE could not be had from the package registry" >&2
    return 1
  fi
  local wheel
  for wheel in "$CONTENT"/*.whl; do
    python3 - "$wheel" "$TABULAR" "$CODE_LIST" <<'PYTHON' || return 1
import os, sys, zipfile
wheel, *targets = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for target in targets:
        with open(target + ".part", "wb") as out:
            out.write(archive.read("simple_icd_10_cm/data/" + os.path.basename(target)))
        os.replace(target + ".part", target)
PYTHON
    rm -f "$wheel"
  done
  if ! has_sha256 "$TABULAR" "$TABULAR_SHA256" || ! has_sha256 "$CODE_LIST" "$CODE_LIST_SHA256"; then
    echo "the files in $CONTENT_PACKAGE are not those that were checked (sha256 differs): they are not used" >&2
    rm -f "$TABULAR" "$CODE_LIST"
    return 1
  fi
  echo "the tabular list came out of $CONTENT_PACKAGE, sha256 checked"
}
