#!/usr/bin/env bash
# build.sh [--check]
# Builds kube-apiserver, etcd and kubectl of the release that go.mod names, once per machine: about ten minutes of two
# cores. Prints the folder they are in. With --check nothing is built: exits 3, saying why, where it could not be.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
release=$(awk '$1 == "k8s.io/kubernetes" { print $2 }' "$here/go.mod")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/berth/kube-apiserver
folder=$cache/$release
readonly here release cache folder

say() { printf 'kube-apiserver: %s\n' "$*" >&2; }

have_all() { [ -x "$1/kube-apiserver" ] && [ -x "$1/etcd" ]; }

# Prints why this machine cannot build; nothing where it can.
obstacle() {
  local floor found
  floor=$(awk '$1 == "go" { print $2 }' "$here/go.mod")
  if ! command -v go >/dev/null; then
    echo "there is no Go $floor or newer on this machine"
    return
  fi
  found=$(GOTOOLCHAIN=local go env GOVERSION)
  found=${found#go}
  if [ "$(printf '%s\n%s\n' "$floor" "${found%% *}" | sort -V | head -n 1)" != "$floor" ]; then
    echo "Go $found is older than $floor"
  fi
}

build() {
  local version="-X k8s.io/component-base/version.gitVersion=$release"
  local number=${release#v}
  version+=" -X k8s.io/component-base/version.gitMajor=${number%%.*}"
  number=${number#*.}
  version+=" -X k8s.io/component-base/version.gitMinor=${number%%.*}"
  (cd "$here" && GOTOOLCHAIN=local nice go build -trimpath -ldflags "-s -w $version" -o "$1/$2" "./$3")
}

if [ -n "${KUBEBUILDER_ASSETS:-}" ] && have_all "$KUBEBUILDER_ASSETS"; then
  printf '%s\n' "$KUBEBUILDER_ASSETS"
  exit 0
fi
if have_all "$folder"; then
  printf '%s\n' "$folder"
  exit 0
fi
why=$(obstacle)
if [ -n "$why" ]; then
  say "cannot be built: $why; install one, or set KUBEBUILDER_ASSETS to a folder with kube-apiserver and etcd"
  exit 3
fi
[ "${1:-}" != --check ] || { printf '%s\n' "$folder"; exit 0; }

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if ! have_all "$folder"; then
  work=$(mktemp -d "$cache/build-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  say "building Kubernetes $release, once for this machine"
  build "$work" etcd etcd
  build "$work" kubectl kubectl
  build "$work" kube-apiserver apiserver
  rm -rf "$folder"
  chmod 755 "$work"
  mv "$work" "$folder"
  trap - EXIT
fi
printf '%s\n' "$folder"
