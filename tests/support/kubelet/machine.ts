/**
 * A machine for a kubelet within a lab: what runs in the lab's mount and PID namespaces and this script's own mount and cgroup
 * namespaces. The words: the name of its cgroups, a file for its process number. cgroups of version 1 only.
 *
 * The lab has a /sys of its own without cgroups, so they are mounted here, first from their roots to make those of this machine, then
 * as its own. /var/lib and /var/log are empty and end with it. kubelet sets kernel.* and vm.*, which are
 * those of the whole real machine: here it gets copies.
 */
export const machineScript = `
set -e
cgroups() {
  mount -t tmpfs tmpfs /sys/fs/cgroup
  while IFS=: read -r _ controllers _; do
    [ -n "$controllers" ] || continue
    mkdir "/sys/fs/cgroup/\${controllers#name=}"
    case $controllers in name=*) controllers=none,$controllers ;; esac
    mount -t cgroup -o "$controllers" cgroup "/sys/fs/cgroup/\${controllers#*name=}"
  done </proc/self/cgroup
}
if [ "$1" != inside ]; then
  cgroups
  for each in /sys/fs/cgroup/*; do
    mkdir -p "$each/$1"
    for file in cpus mems; do
      [ ! -e "$each/cpuset.$file" ] || cat "$each/cpuset.$file" >"$each/$1/cpuset.$file"
    done
    echo $$ >"$each/$1/cgroup.procs"
  done
  exec unshare --cgroup --mount --propagation unchanged bash -c "$2" machine inside "$2" "$3"
fi
umount -R /sys/fs/cgroup
cgroups
mount -t tmpfs tmpfs /var/lib
mount -t tmpfs tmpfs /var/log
mkdir /var/lib/sysctl
for each in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  copy=/var/lib/sysctl/\${each##*/}
  cat "/proc/sys/$each" >"$copy"
  mount --bind "$copy" "/proc/sys/$each"
done
echo $$ >"$3.new"
mv "$3.new" "$3"
exec sleep infinity
`;

/** Starts a program of the machine, in its cgroups, and prints its number. The words: a log, the program and its own. */
export const startScript = `
for each in /sys/fs/cgroup/*/cgroup.procs; do echo $$ >"$each"; done
log=$1
shift
setsid "$@" </dev/null >>"$log" 2>&1 &
echo $!
`;
