#!/bin/bash
# Sets up Nosograph on a Debian 12 machine and shows it at work.
#
#   deploy/quickstart.sh         install, build, import, start the service, resolve two codes; again is harmless
#   deploy/quickstart.sh stop    stop the service
#
# Environment: NOSOGRAPH_DATA (data folder, ~/.local/share/nosograph), NOSOGRAPH_GRPC (HOST:PORT, 127.0.0.1:50051).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DATA=${NOSOGRAPH_DATA:-$HOME/.local/share/nosograph}
GRPC=${NOSOGRAPH_GRPC:-127.0.0.1:50051}
PROGRAM=$ROOT/build/release/bin/nosograph
PID_FILE=$DATA/quickstart.pid
LOG=$DATA/quickstart.log

running() {
  [ -s "$PID_FILE" ] && [ "$(cat "/proc/$(cat "$PID_FILE")/comm" 2>/dev/null)" = nosograph ]
}

stop() {
  if ! running; then
    rm -f "$PID_FILE"
    echo "no service of quickstart is running"
    return
  fi
  local pid
  pid=$(cat "$PID_FILE")
  kill -TERM "$pid"
  for _ in $(seq 400); do
    if ! kill -0 "$pid" 2>/dev/null; then
      rm -f "$PID_FILE"
      echo "stopped"
      return
    fi
    sleep 0.1
  done
  fail "the service (process $pid) did not stop within 40 s; its log: $LOG"
}

# Whether program, active set or address have changed since the running service took them up.
outdated() {
  [ "$PROGRAM" -nt "$PID_FILE" ] || ! cmp -s "$DATA/active.json" "$DATA/quickstart.active.json" ||
    [ "$(cat "$DATA/quickstart.address" 2>/dev/null)" != "$GRPC" ]
}

start() {
  if running && outdated; then
    echo "program, catalogue or address have changed since the service was started"
    stop
  fi
  if running; then
    echo "the service is running already (process $(cat "$PID_FILE"))"
    return
  fi
  cp "$DATA/active.json" "$DATA/quickstart.active.json"
  echo "$GRPC" >"$DATA/quickstart.address"
  : >"$LOG"
  setsid nohup "$PROGRAM" serve --data "$DATA" --grpc "$GRPC" --call-log errors </dev/null >"$LOG" 2>&1 &
  local pid=$!
  echo "$pid" >"$PID_FILE"
  # The service says that it serves when it does, or ends.
  until grep -q '^serving gRPC on' "$LOG"; do
    if ! kill -0 "$pid" 2>/dev/null; then
      rm -f "$PID_FILE"
      cat "$LOG" >&2
      fail "the service did not start on $GRPC; choose another place with NOSOGRAPH_GRPC=HOST:PORT"
    fi
    sleep 0.05
  done
  echo "serving on $GRPC (process $pid, log $LOG)"
}

import_content() {
  if fetch_content; then
    "$PROGRAM" import icd10cm "$TABULAR" --version 2026-04-01 --activate --replace --data "$DATA"
  elif [ -s "$DATA/active.json" ]; then
    echo "NOTE: the whole ICD-10-CM is not at hand; what was imported before stays."
  else
    echo
    echo "NOTE: the whole ICD-10-CM is not at hand. The small starter content (L94 and S72.00) is used instead; run this"
    echo "      script again when the package registry can be reached."
    "$PROGRAM" import icd10cm "$ROOT/terminology/content/starter/icd10cm-tabular-2026-04-01-excerpt.xml" \
      --version 2026-04-01 --activate --replace --data "$DATA"
  fi
  "$PROGRAM" import extension "$ROOT/terminology/content/dermatology" --activate --replace --data "$DATA"
}

case ${1:-} in
  stop)
    stop
    exit
    ;;
  '') ;;
  -h | --help)
    sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit
    ;;
  *) fail "'$1' is not known; use: deploy/quickstart.sh [stop]" ;;
esac

step "1 of 5: packages"
install_packages "$ROOT/deploy/packages.txt"

step "2 of 5: build (build/release)"
cd "$ROOT"
mkdir -p build
fetch_protos || echo "the build goes without them" >&2
# A build that has the tests keeps them; the program alone is built here.
grep -qs '^NOSOGRAPH_BUILD_TESTS' build/release/CMakeCache.txt || TESTS_OFF=-DNOSOGRAPH_BUILD_TESTS=OFF
cmake --preset release ${TESTS_OFF:-} >build/release.configure.log || { cat build/release.configure.log; exit 1; }
cmake --build --preset release --target nosograph

step "3 of 5: content (into $DATA)"
mkdir -p "$DATA"
import_content

step "4 of 5: service"
start

step "5 of 5: two codes through gRPC"
"$PROGRAM" resolve L94.21 S72.001A --server "$GRPC"

cat <<END

The service goes on running on $GRPC. Ask it for any code:
  $PROGRAM resolve CODE --server $GRPC
Stop it:
  deploy/quickstart.sh stop
END
