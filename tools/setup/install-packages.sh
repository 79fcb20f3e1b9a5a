#!/usr/bin/env bash
# install-packages.sh PACKAGE... | --repair   (as root)
# Installs distribution packages so that no Open vSwitch or OVN service is started, now or at the next boot: a lab
# brings its own daemons. Services that were known before are not touched. --repair only undoes what a killed run left.
set -euo pipefail

readonly policy=/usr/sbin/policy-rc.d
readonly kept=/usr/sbin/policy-rc.d.kept-by-berth-setup
readonly mark='# written by berth set-up, removed at its end'

say() { printf 'setup: %s\n' "$*"; }
die() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

# The machine's own policy back where it was, or none where there was none. Also mends an interrupted earlier run.
restore_policy() {
  if [ -e "$kept" ] || [ -L "$kept" ]; then
    mv -f "$kept" "$policy"
  elif [ -f "$policy" ] && grep -qxF "$mark" "$policy"; then
    rm -f "$policy"
  fi
}

# invoke-rc.d(8): 101 forbids the action. Any other service is decided by the machine's own policy.
forbid_services() {
  local draft="$policy.draft-by-berth-setup"
  cat >"$draft" <<POLICY
#!/bin/sh
$mark
for word; do
  case \$word in
    -*) ;;
    openvswitch* | ovs* | ovn*) exit 101 ;;
    *) break ;;
  esac
done
[ ! -x $kept ] || exec $kept "\$@"
exit 0
POLICY
  chmod 755 "$draft"
  if [ -e "$policy" ] || [ -L "$policy" ]; then mv "$policy" "$kept"; fi
  mv "$draft" "$policy"
}

known_units() {
  find /lib/systemd/system /usr/lib/systemd/system -maxdepth 1 \
    \( -name 'ovs*.service' -o -name 'ovn*.service' -o -name 'openvswitch*.service' \) -printf '%f\n' 2>/dev/null | sort -u
}

# Units that this installation brought neither run now nor start at boot.
quiet_new_units() {
  local unit
  command -v systemctl >/dev/null || return 0
  comm -13 <(printf '%s\n' "$units_before") <(known_units) | while read -r unit; do
    case $unit in '' | *@.service) continue ;; esac
    systemctl disable "$unit" >/dev/null 2>&1 || true
    if [ -d /run/systemd/system ]; then systemctl stop "$unit" >/dev/null 2>&1 || true; fi
    say "$unit: not started, and off at boot"
  done
}

# apt-get, asking nobody; what it prints is shown only if it fails.
apt() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 LC_ALL=C.UTF-8 \
    apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" \
    </dev/null >"$log" 2>&1 9>&- || {
    cat "$log" >&2
    return 1
  }
}

have_candidates() {
  local package policy_text
  for package; do
    policy_text=$(LC_ALL=C apt-cache policy "$package")
    case $policy_text in *'Candidate: '[!\(]*) ;; *) return 1 ;; esac
  done
}

# Installs the packages and tells every package that came with them.
install() {
  apt install -y --no-install-recommends "$@" || return 1
  awk '/^Setting up / { gsub(/[()]/, "", $4); printf "  %s %s\n", $3, $4 }' "$log" | report_installed
}

report_installed() {
  local lines
  mapfile -t lines
  [ "${#lines[@]}" -gt 0 ] || return 0
  say "installed ${#lines[@]} packages, those they depend on included:"
  if [ "${#lines[@]}" -le 40 ]; then printf '%s\n' "${lines[@]}"; else printf '%s\n' "${lines[@]:0:40}" "  and $((${#lines[@]} - 40)) more, see /var/log/apt/history.log"; fi
}

[ "$#" -gt 0 ] || die 'no package named'
[ "$(id -u)" -eq 0 ] || die 'installing packages needs root'
command -v apt-get >/dev/null || die "this machine has no apt-get; install what brings these Debian packages' programs: $*"

exec 9>/run/berth-setup.lock
flock 9
log=$(mktemp /tmp/berth-setup-XXXXXX)
units_before=$(known_units)
finish() {
  quiet_new_units
  restore_policy
  rm -f "$log"
}
trap finish EXIT
trap 'exit 130' HUP INT TERM

restore_policy
[ "$1" != --repair ] || exit 0

updated=no
if ! have_candidates "$@"; then
  say 'the package lists do not know all of them: apt-get update'
  apt update
  updated=yes
fi
forbid_services
if ! install "$@"; then
  [ "$updated" = no ] || die 'apt-get could not install them, see above'
  say 'once more, with fresh package lists'
  apt update
  install "$@" || die 'apt-get could not install them, see above'
fi
