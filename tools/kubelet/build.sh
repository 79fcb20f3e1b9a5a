#!/usr/bin/env bash
# build.sh [--find]
# Builds the kubelet of the Kubernetes release that tools/kube-apiserver/go.mod names, and the containerd that go.mod here names, once
# per machine: some ten minutes of two cores. Prints the folder they are in. With --find nothing is built. Exits 3, saying why, where they
# are not or could not run.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
release() { awk -v module="$1" '$1 == module { print $2 }' "$2/go.mod"; }
kubernetes=$(release k8s.io/kubernetes "$here/../kube-apiserver")
containerd=$(release github.com/containerd/containerd/v2 "$here")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/berth/kubelet
folder=$cache/$kubernetes-$containerd
programs=(kubelet containerd containerd-shim-runc-v2 ctr)
readonly here kubernetes containerd cache folder programs

say() { printf 'kubelet: %s\n' "$*" >&2; }

have_all() {
  local program
  for program in "${programs[@]}"; do [ -x "$folder/$program" ] || return 1; done
}

# Prints why the programs could not run here; nothing where they can.
unusable() {
  if [ "$(id -u)" -ne 0 ]; then echo 'a kubelet needs root'
  elif [ "$(stat -f -c %T /sys/fs/cgroup 2>/dev/null)" = cgroup2fs ]; then echo 'tried with cgroups of version 1 only, and these are of version 2'
  elif ! command -v runc >/dev/null || ! command -v busybox >/dev/null; then echo 'there is no runc or no busybox; make kubelet installs them'
  elif ldd "$(command -v busybox)" >/dev/null 2>&1; then echo 'busybox has to be static; on Debian that is busybox-static'
  fi
}

# Prints why this machine cannot build; nothing where it can.
obstacle() {
  local floor found
  floor=$(awk '$1 == "go" { print $2 }' "$here/go.mod")
  command -v go >/dev/null || { echo "there is no Go $floor or newer on this machine" && return; }
  found=$(GOTOOLCHAIN=local go env GOVERSION)
  found=${found#go}
  [ "$(printf '%s\n%s\n' "$floor" "${found%% *}" | sort -V | head -n 1)" = "$floor" ] || echo "Go $found is older than $floor"
}

# build MODULE FOLDER PACKAGE FLAGS...: the package's program.
build() {
  local module=$1 into=$2 package=$3
  shift 3
  (cd "$module" && GOTOOLCHAIN=local nice go build -trimpath "$@" -o "$into/${package##*/}" "$package")
}

build_all() {
  local number=${kubernetes#v} component=k8s.io/component-base/version name
  local version="-X $component.gitVersion=$kubernetes -X $component.gitMajor=${number%%.*}"
  number=${number#*.}
  version+=" -X $component.gitMinor=${number%%.*}"
  build "$here/../kube-apiserver" "$1" k8s.io/kubernetes/cmd/kubelet -ldflags "-s -w $version"
  local tags=urfave_cli_no_docs,no_btrfs,no_devmapper,no_zfs,no_tracing
  local source=github.com/containerd/containerd/v2
  for name in "${programs[@]:1}"; do
    build "$here" "$1" "$source/cmd/$name" -tags "$tags" -ldflags "-s -w -X $source/version.Version=$containerd"
  done
}

why=$(unusable)
[ -z "$why" ] || { say "$why"; exit 3; }
if have_all; then
  printf '%s\n' "$folder"
  exit 0
fi
[ "${1:-}" != --find ] || { say "not built on this machine; make kubelet builds it"; exit 3; }
why=$(obstacle)
[ -z "$why" ] || { say "cannot be built: $why"; exit 3; }

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if ! have_all; then
  work=$(mktemp -d "$cache/build-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  say "building kubelet $kubernetes and containerd $containerd, once for this machine"
  build_all "$work"
  rm -rf "$folder"
  chmod 755 "$work"
  mv "$work" "$folder"
  trap - EXIT
fi
printf '%s\n' "$folder"
