#!/usr/bin/env bash
# build.sh
# Builds the helm that checks our chart, once per machine: some four minutes of two cores. Prints its path. Exits 3, saying
# why, where it cannot be built.
set -euo pipefail

readonly release=v4.3.2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/berth/helm
readonly cache
readonly program=$cache/$release/helm

if [ -x "$program" ]; then
  printf '%s\n' "$program"
  exit 0
fi
if ! command -v go >/dev/null; then
  echo 'helm: cannot be built: there is no Go on this machine' >&2
  exit 3
fi
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if [ ! -x "$program" ]; then
  work=$(mktemp -d "$cache/build-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  echo "helm: building helm $release, once for this machine" >&2
  # Its own go.mod says which Go it needs and pins what it is made of.
  if ! GOBIN=$work GOTOOLCHAIN=local nice go install -trimpath -ldflags '-s -w' "helm.sh/helm/v4/cmd/helm@$release"; then
    echo 'helm: cannot be built with this Go or without the modules; see above' >&2
    exit 3
  fi
  mkdir -p "$cache/$release"
  mv "$work/helm" "$program"
fi
printf '%s\n' "$program"
