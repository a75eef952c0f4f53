#!/bin/sh
# Builds every artifact of a release into dist/, each with the licence and the notices in it.
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
export CARGO_TARGET_DIR=target
rm -rf dist
mkdir -p dist

cargo package --quiet --locked --offline --no-verify
cp "target/package/tally-$version.crate" dist/

cargo build --quiet --release --locked --offline
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/sdk/bin"
cp target/release/tally "$stage/sdk/bin/"
cp LICENSE THIRD_PARTY_NOTICES.md "$stage/sdk/"
tar -C "$stage/sdk" -czf "dist/tally_${version}_{platform}.tar.gz" bin LICENSE THIRD_PARTY_NOTICES.md

if [ -d bindings/python ]; then
  python3 bindings/python/backend.py dist
fi
if [ -d bindings/node ]; then
  mkdir -p "$stage/node"
  cp bindings/node/package.json bindings/node/tally.js LICENSE THIRD_PARTY_NOTICES.md "$stage/node/"
  npm pack --silent --pack-destination dist "$stage/node" >/dev/null
fi

cd dist
if command -v sha256sum >/dev/null; then sum=sha256sum; else sum="shasum -a 256"; fi
$sum -- * >"$stage/sums"
mv "$stage/sums" sha256sums.txt
cat sha256sums.txt
