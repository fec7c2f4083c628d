#!/bin/bash
# What is installed is what a user builds with: a consumer in C by pkg-config, one in C++ by find_package, the Debian
# packages, and the ABI against the kept dump.
#
#   install_test.sh BUILD_FOLDER
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
BUILD=$1
PROGRAM=${NOSOGRAPH_PROGRAM:?}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$PROGRAM" import icd10cm terminology/content/starter/icd10cm-tabular-2026-04-01-excerpt.xml --version 2026-04-01 \
  --data "$work/data" --quiet >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
expect() {
  local said
  said=$("$1" "snapshot:$work/data" L94.2) || { echo "$1 failed"; exit 1; }
  [ "$said" = "Calcinosis cutis" ] || { echo "$1 said: $said"; exit 1; }
}

# As a user installs it, somewhere of their own, which is then moved.
for component in library development; do
  cmake --install "$BUILD" --prefix "$work/first" --component "$component" >"$work/log"
done
mv "$work/first" "$work/prefix"
libraries=$(dirname "$(find "$work/prefix" -name libnosograph.so)")

export PKG_CONFIG_PATH=$libraries/pkgconfig
# shellcheck disable=SC2046  # flags are words
cc -std=c99 -Wall -Wextra -Wpedantic -Werror tests/plugin/consumer/consumer.c $(pkg-config --cflags --libs nosograph) -o "$work/consumer_c"
LD_LIBRARY_PATH=$libraries expect "$work/consumer_c"

cmake -S tests/plugin/consumer -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/log"
cmake --build "$work/build" >"$work/log" || { cat "$work/log"; exit 1; }
expect "$work/build/consumer"

# The library brings no network into a process, nor a database, and shows nothing but its own names.
needed=$(readelf -d "$libraries/libnosograph.so" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p')
if grep -E 'grpc|protobuf|sqlite|pugixml|boost|pthread' <<<"$needed"; then
  echo "libnosograph.so needs what it should not"
  exit 1
fi
if nm -D --defined-only "$libraries/libnosograph.so" | awk '{print $3}' | grep -vE '^(noso_|NOSOGRAPH_1$)'; then
  echo "libnosograph.so shows names that are not its own"
  exit 1
fi

# The remote back end has the lite runtime, which two of in one process are no harm, and stays in memory.
remote=$(readelf -d "$libraries/libnosograph_remote.so.1")
if grep -q 'libprotobuf\.so' <<<"$remote" || ! grep -q NODELETE <<<"$remote"; then
  echo "libnosograph_remote.so.1 needs the full protobuf runtime, or could be unloaded"
  exit 1
fi

if command -v dpkg-shlibdeps >/dev/null; then
  cpack --config "$BUILD/CPackConfig.cmake" -G DEB -B "$work/packages" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  mkdir "$work/root"
  for package in nosograph libnosograph1 libnosograph-dev; do
    deb=$(echo "$work/packages/${package}"_*.deb)
    [ -f "$deb" ] || { echo "no package $package"; exit 1; }
    dpkg-deb --extract "$deb" "$work/root"
  done
  dpkg-deb --field "$work/packages"/libnosograph1_*.deb Depends | grep -q 'libabsl20220623' ||
    { echo "libnosograph1 does not name the packages that it needs"; exit 1; }
  for file in usr/bin/nosograph usr/share/man/man1/nosograph.1 usr/include/nosograph.h usr/lib/libnosograph_remote.so.1; do
    [ -e "$work/root/$file" ] || { echo "the packages lack $file"; exit 1; }
  done
  "$work/root/usr/bin/nosograph" version >/dev/null
  LD_LIBRARY_PATH=$work/root/usr/lib expect "$work/consumer_c"
else
  echo "dpkg-dev is not installed: the Debian packages are not tried"
fi

# Whoever changes the ABI on purpose writes the dump anew: tests/plugin/write_abi_dump.sh
if command -v abidiff >/dev/null; then
  abidiff --headers-dir2 plugin/include --drop-private-types --no-added-syms --fail-no-debug-info \
    tests/plugin/libnosograph.so.1.abi "$libraries/libnosograph.so" ||
    { echo "the ABI is not that of the kept dump (abidiff)"; exit 1; }
else
  echo "abigail-tools is not installed: the ABI is not compared"
fi
