#!/bin/bash
# Certificates to try mutual TLS with, and to test with. Not for production: the CA's key lies beside what it signs.
#
#   development_pki.sh make FOLDER [NAME...]    a CA, a server's certificate, a reader's and a releaser's. The server's
#                                               holds for localhost, 127.0.0.1, ::1 and each NAME (host name or address)
#   development_pki.sh ca FOLDER                the CA alone: ca.pem, ca-key.pem
#   development_pki.sh issue FOLDER NAME SANS [DAYS]
#                                               NAME.pem and NAME-key.pem, signed by the CA of FOLDER. SANS is such as
#                                               DNS:localhost,IP:127.0.0.1 or URI:spiffe://nosograph.example/reader;
#                                               DAYS below zero makes one that has expired
#
# Then:
#   nosograph serve --tls-certificate F/server.pem --tls-key F/server-key.pem --tls-client-ca F/ca.pem \
#     --reader spiffe://nosograph.example/reader --releaser spiffe://nosograph.example/releaser
#   nosograph resolve L94.21 --server localhost:50051 --tls-ca F/ca.pem --tls-certificate F/reader.pem --tls-key F/reader-key.pem
set -euo pipefail

usage() {
  sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit "$1"
}

umask 077
DAYS=365
# quietly COMMAND...: what it prints is told only when it fails.
quietly() {
  local output
  output=$("$@" 2>&1) || {
    printf '%s\n' "$output" >&2
    exit 1
  }
}

new_key() { quietly openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

# wrong MESSAGE
wrong() {
  echo "error: $1" >&2
  exit 2
}

make_ca() {
  [ ! -e "$1/ca.pem" ] || wrong "$1/ca.pem is there already; give another folder"
  mkdir -p "$1"
  new_key "$1/ca-key.pem"
  quietly openssl req -x509 -new -key "$1/ca-key.pem" -days "$DAYS" -subj "/CN=Nosograph development CA" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -out "$1/ca.pem"
}

# issue FOLDER NAME SANS DAYS
issue() {
  local folder=$1 name=$2 sans=$3 days=$4
  [ -e "$folder/ca.pem" ] || wrong "there is no $folder/ca.pem; make it with: development_pki.sh ca $folder"
  [[ $days =~ ^-?[0-9]+$ ]] || wrong "'$days' is no number of days"
  [[ $sans =~ ^(DNS|IP|URI|email):[^,]+(,(DNS|IP|URI|email):[^,]+)*$ ]] ||
    wrong "'$sans' are no names; give such as DNS:localhost,IP:127.0.0.1"
  new_key "$folder/$name-key.pem"
  quietly openssl req -new -key "$folder/$name-key.pem" -subj "/CN=$name" -out "$folder/$name.request"
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$sans" >"$folder/$name.extensions"
  quietly openssl x509 -req -in "$folder/$name.request" -CA "$folder/ca.pem" -CAkey "$folder/ca-key.pem" \
    -set_serial "0x$(openssl rand -hex 16)" -days "$days" -extfile "$folder/$name.extensions" -out "$folder/$name.pem"
  rm "$folder/$name.request" "$folder/$name.extensions"
}

case ${1:-} in
  make)
    [ $# -ge 2 ] || usage 2
    folder=$2
    sans=DNS:localhost,IP:127.0.0.1,IP:::1
    for name in "${@:3}"; do
      if [[ $name =~ ^[0-9.]+$ || $name == *:* ]]; then sans+=,IP:$name; else sans+=,DNS:$name; fi
    done
    make_ca "$folder"
    issue "$folder" server "$sans" "$DAYS"
    issue "$folder" reader URI:spiffe://nosograph.example/reader "$DAYS"
    issue "$folder" releaser URI:spiffe://nosograph.example/releaser "$DAYS"
    echo "made in $folder: ca.pem, server.pem, reader.pem, releaser.pem, each with its key in NAME-key.pem"
    ;;
  ca) [ $# -eq 2 ] || usage 2; make_ca "$2" ;;
  issue) [ $# -eq 4 ] || [ $# -eq 5 ] || usage 2; issue "$2" "$3" "$4" "${5:-$DAYS}" ;;
  -h | --help) usage 0 ;;
  *) usage 2 ;;
esac
