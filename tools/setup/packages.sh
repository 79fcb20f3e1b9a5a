# shellcheck shell=bash
# The distribution's packages: what is missing is told by program, so hand-built installations count too.
# Uses say and die of tools/setup.sh, and:
: "${root:?}" "${changes:?}"

readonly package_installer="$root/tools/setup/install-packages.sh"

# program, package that brings it, what it is for
needed_programs() {
  cat <<'TABLE'
ovsdb-server    openvswitch-switch  the lab's databases
ovsdb-tool      openvswitch-switch  the lab's databases
ovsdb-client    openvswitch-switch  the lab's databases
ovs-vswitchd    openvswitch-switch  the lab's data plane
ovs-vsctl       openvswitch-switch  a lab node's settings
ovs-ofctl       openvswitch-switch  a lab node's flows
ovn-northd      ovn-central         the lab's control plane
ovn-nbctl       ovn-central         looking into the lab
ovn-sbctl       ovn-central         looking into the lab
ovn-trace       ovn-central         looking into the lab
ovn-appctl      ovn-central         the lab's daemons
ovn-controller  ovn-host            the lab's nodes
ip              iproute2            interfaces and namespaces
bridge          iproute2            the lab's wires
ethtool         ethtool             offloads of virtual interfaces
ping            iputils-ping        looking for yourself
bird            bird2               next hops that speak BFD, in an example
unshare         util-linux          namespaces
nsenter         util-linux          namespaces
setpriv         util-linux          labs of ordinary users
flock           util-linux          one lab of a name
mount           mount               a lab's own /run
sysctl          procps              forwarding and addresses
openssl         openssl             certificates of a lab's API server
/usr/bin/python3 python3            the lab's prober
awk             mawk                start-up of the lab
TABLE
}

# Prints the packages of the programs that are not there, one a line.
missing_packages() {
  local program package purpose
  while read -r program package purpose; do
    command -v "$program" >/dev/null || printf '%s\n' "$package"
  done < <(needed_programs) | sort -u
}

# Prints a line for each of the packages given: its name and what is missed without it.
explain_packages() {
  local wanted program package purpose programs purposes
  for wanted in "$@"; do
    programs='' purposes=''
    while read -r program package purpose; do
      if [ "$package" != "$wanted" ] || command -v "$program" >/dev/null; then continue; fi
      programs="$programs${programs:+ }$program"
      case $purposes in *"$purpose"*) ;; *) purposes="$purposes${purposes:+, }$purpose" ;; esac
    done < <(needed_programs)
    printf '  %-20s %s\n' "$wanted" "${programs:+$programs: }${purposes:-to fetch Node and the JavaScript modules}"
  done
}

# Installs packages through apt-get, as root or through a sudo that asks nothing.
install_packages() {
  say "missing on this machine, to be installed with apt-get:"
  explain_packages "$@"
  if [ "$(id -u)" -eq 0 ]; then
    bash "$package_installer" "$@" </dev/null
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n bash "$package_installer" "$@" </dev/null
  else
    die "installing packages needs root, and sudo without a password is not available here. Run this once, then make setup again:
    sudo bash $package_installer $*"
  fi
  changes=$((changes + 1))
}

# An installation that was killed may have left our policy-rc.d; the installer puts the machine's own back.
repair_interrupted_install() {
  [ -e /usr/sbin/policy-rc.d.kept-by-berth-setup ] || grep -qs 'written by berth set-up' /usr/sbin/policy-rc.d || return 0
  [ "$(id -u)" -eq 0 ] || return 0
  bash "$package_installer" --repair
}

ensure_packages() {
  local missing
  repair_interrupted_install
  mapfile -t missing < <(missing_packages)
  [ "${#missing[@]}" -gt 0 ] || return 0
  install_packages "${missing[@]}"
  mapfile -t missing < <(missing_packages)
  [ "${#missing[@]}" -eq 0 ] || die "apt-get ended well, yet programs of these packages are still not found: ${missing[*]}"
}
