#!/bin/sh
# Makes the certificates of this folder, by OpenSSL 3: ./make.sh
# They hold for a hundred years, apart from the one that is to have expired; the keys protect nothing.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

key() { # folder, name
  openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -outform DER -out "$1/$2.key.der"
}

authority() { # name
  key "$work" "$1"
  openssl req -x509 -new -key "$work/$1.key.der" -keyform DER -subj "/CN=$1" -days 36500 -outform DER -out "$1.der" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign"
}

signed() { # name, issuer, last day
  key . "$1"
  openssl req -new -key "$1.key.der" -keyform DER -subj "/CN=$1" -out "$work/$1.csr"
  openssl x509 -in "$2.der" -inform DER -out "$work/$2.pem"
  openssl pkey -in "$work/$2.key.der" -inform DER -out "$work/$2.key.pem"
  : > "$work/index"
  printf '[a]\ndatabase = %s/index\nrand_serial = yes\ndefault_md = sha256\npolicy = p\nx509_extensions = x\nnew_certs_dir = %s\n' \
    "$work" "$work" > "$work/conf"
  printf '[p]\ncommonName = supplied\n[x]\nsubjectAltName = IP:127.0.0.1\n' >> "$work/conf"
  openssl ca -batch -notext -config "$work/conf" -name a -cert "$work/$2.pem" -keyfile "$work/$2.key.pem" \
    -in "$work/$1.csr" -startdate 20200101000000Z -enddate "$3" -out "$work/$1.pem"
  openssl x509 -in "$work/$1.pem" -outform DER -out "$1.der"
}

pem() { # name: the certificate, and its key
  openssl x509 -in "$1.der" -inform DER -out "$1.pem"
  openssl pkey -in "$1.key.der" -inform DER >> "$1.pem"
}

authority trusted
authority unknown
signed good trusted 21200101000000Z
signed expired trusted 20200102000000Z
signed stranger unknown 21200101000000Z
key . selfsigned
openssl req -x509 -new -key selfsigned.key.der -keyform DER -subj "/CN=selfsigned" -days 36500 -outform DER \
  -out selfsigned.der -addext "subjectAltName=IP:127.0.0.1"
# What scripts name is PEM.
authority members
signed client members 21200101000000Z
pem client
pem expired
openssl pkey -in client.key.der -inform DER -aes256 -passout pass:secret -out encrypted.pem
rm client.der client.key.der
for name in unknown selfsigned; do
  openssl x509 -in "$name.der" -inform DER -out "$name.pem"
done
