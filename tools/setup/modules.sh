# shellcheck shell=bash
# The npm modules: installed exactly as package-lock.json says, only when node_modules differs from it.
# Uses say, die, ensure_npm, quiet_npm, and:
: "${changes:?}"

ensure_modules() {
  .tools/node/bin/node tools/setup/modules-current.ts && return 0
  ensure_npm
  say 'installing npm modules (npm ci)'
  quiet_npm ci >/dev/null || die 'npm ci failed, see above'
  .tools/node/bin/node tools/setup/modules-current.ts || die 'npm ci ended well, yet node_modules is not what package-lock.json lists'
  changes=$((changes + 1))
}
