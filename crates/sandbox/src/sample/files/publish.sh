#!/bin/sh
# Publishes what was built for a tag: publish.sh TAG DIST [REHEARSAL]. With REHEARSAL `true` it compares and stops.
set -eu
tag=$1 dist=$2 rehearsal=${3:-false}
cd "$(dirname "$0")/.."
git checkout --quiet --detach "refs/tags/$tag"
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
export CARGO_TARGET_DIR=target
(cd "$dist" && if command -v sha256sum >/dev/null; then sha256sum --quiet -c sha256sums.txt; else shasum -a 256 -c sha256sums.txt; fi)

# cargo packs again: only where that makes the very file that was built may it go out.
cargo package --quiet --locked --offline --no-verify
cmp "target/package/tally-$version.crate" "$dist/tally-$version.crate"
if [ "$rehearsal" = true ]; then
  echo "rehearsal: nothing is published"
  exit 0
fi

if ! cargo publish --locked --no-verify >target/publish.log 2>&1; then
  cat target/publish.log
  # Whoever asked for this compares what is there with what was built.
  grep -q "already exists" target/publish.log || exit 1
fi

tarball="$dist/tally-$version.tgz"
if [ -e "$tarball" ]; then
  if command -v sha1sum >/dev/null; then sum=sha1sum; else sum=shasum; fi
  built=$($sum "$tarball" | cut -d ' ' -f 1)
  there=$(npm view "tally@$version" dist.shasum 2>/dev/null || true)
  [ "$there" = "$built" ] || npm publish "$tarball"
fi

if [ -e "$dist/tally-$version.tar.gz" ]; then
  set -- "$dist/tally-$version.tar.gz" "$dist/tally-$version-py3-none-any.whl"
  if command -v twine >/dev/null; then
    twine upload --disable-progress-bar "$@"
  else
    python3 scripts/upload.py "$@"
  fi
fi
