# shellcheck shell=bash
# The machine's npm, which fetches, and packages fetched through it. Uses say, die, install_packages, and:
: "${root:?}"

ensure_npm() {
  command -v npm >/dev/null && return 0
  if command -v node >/dev/null; then install_packages npm ca-certificates; else install_packages nodejs npm ca-certificates; fi
  command -v npm >/dev/null || die 'npm was installed, yet is not found'
}

# fetch_package NAME VERSION SHA512 FOLDER
# Puts a package's files into a folder, which appears complete or not at all. SHA512 is as the registry lists it, base64.
fetch_package() {
  local name=$1 version=$2 checksum folder=$4 work
  ensure_npm
  mkdir -p "$root/.tools" "${folder%/*}"
  work=$(mktemp -d "$root/.tools/fetch-XXXXXX")
  # shellcheck disable=SC2064 # the name is wanted as it is now
  trap "rm -rf '$work'" EXIT
  (cd "$work" && npm pack --loglevel=error "$name@$version" </dev/null >/dev/null) || die "npm could not fetch $name@$version, see above"
  checksum=$(printf '%s' "$3" | base64 -d | od -An -v -tx1 | tr -d ' \n')
  printf '%s  %s\n' "$checksum" "$(find "$work" -maxdepth 1 -name '*.tgz')" | sha512sum --check --status ||
    die "$name@$version is not what is pinned in tools/setup"
  tar -xzf "$work"/*.tgz -C "$work" --no-same-owner
  rm -rf "$folder"
  mv "$work/package" "$folder"
  rm -rf "$work"
  trap - EXIT
}
