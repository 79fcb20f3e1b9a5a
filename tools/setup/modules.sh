# shellcheck shell=bash
# The npm modules: installed exactly as package-lock.json says, only when node_modules differs from it.
# Uses say, die, fetch_package, node_is_new_enough, and:
: "${changes:?}"

readonly npm_release=11.19.1
readonly npm_sha512='ztsxKxt/kkIaAs+2i0GU6I+DRmUdrNasxTZKJe9TCdSjKxlhah/4r/hl5ygMD6XAg1qZ9c2TNomR4qgOydp10g=='
readonly own_npm=.tools/npm/bin/npm-cli.js

modules_are_current() { .tools/node/bin/node tools/setup/modules-current.ts; }

# npm must run on the Node that will run the modules: it leaves out builds that do not fit its own Node. The npm of an
# older Node is replaced by a pinned one, which .tools/node runs.
choose_npm() {
  local machine_node
  machine_node=$(command -v node || true)
  if [ -f "$own_npm" ]; then return 0; fi
  if [ -n "$machine_node" ] && node_is_new_enough "$machine_node" && command -v npm >/dev/null; then return 0; fi
  say "installing npm $npm_release into .tools/npm, to go with .tools/node"
  fetch_package npm "$npm_release" "$npm_sha512" .tools/npm
}

# npm as chosen, asking nobody and saying little. The pinned one follows the machine's npm: its settings for all users
# (registry, proxy, certificates) and the system's certificate store.
quiet_npm() {
  local settings=(--no-audit --no-fund --no-update-notifier --loglevel=error)
  if [ -f "$own_npm" ]; then
    NODE_USE_SYSTEM_CA=1 PATH="$PWD/.tools/node/bin:$PATH" npm_config_globalconfig=$(npm config get globalconfig 2>/dev/null || true) \
      .tools/node/bin/node "$own_npm" "${settings[@]}" "$@" </dev/null
  else
    npm "${settings[@]}" "$@" </dev/null
  fi
}

# `npm ci` refuses (EUSAGE) where the registry lacks an optional build for some other platform, which then is not in the
# lock file either. `npm install` takes that; what it installed is compared with the lock file all the same.
install_modules() {
  local report
  report=$(quiet_npm ci 2>&1) && return 0
  case $report in
    *EUSAGE*) report=$(quiet_npm install --no-save 2>&1) && return 0 ;;
  esac
  printf '%s\n' "$report" | head -n 20 >&2
  return 1
}

ensure_modules() {
  modules_are_current && return 0
  choose_npm
  say 'installing npm modules as package-lock.json lists them'
  install_modules || die 'npm could not install the modules, see above'
  modules_are_current || die 'node_modules is not what package-lock.json lists; if you changed a package.json, run npm install and commit what changes'
  changes=$((changes + 1))
}
