#!/usr/bin/env bash
# Brings this checkout to the state in which demo, tests and bin/berth run: distribution packages, Node, npm modules.
# Each step looks first and does only what is missing; with nothing missing it changes nothing and needs no network.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly root
cd "$root"
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# Counts what the steps had to do.
changes=0

say() { printf 'setup: %s\n' "$*"; }
die() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

# shellcheck source=tools/setup/packages.sh
. tools/setup/packages.sh
# shellcheck source=tools/setup/npm.sh
. tools/setup/npm.sh
# shellcheck source=tools/setup/node.sh
. tools/setup/node.sh
# shellcheck source=tools/setup/modules.sh
. tools/setup/modules.sh

ensure_packages
ensure_node
ensure_modules

if [ "$changes" -eq 0 ]; then say 'everything is in place, nothing to do'; else say 'done'; fi
