/**
 * The command that becomes a lab's first process. Arguments: directory, text of {@link firstProcess}, `attached` or
 * `free`, then options of unshare(1). The lock on the directory is inherited by every process of the lab, so it is free
 * exactly when nothing of the lab is left. Exit codes: 75 locked, 76 the directory was replaced meanwhile.
 */
export const starter = `
dir=$1 text=$2 mode=$3
shift 3
exec {lock}<"$dir" || exit 76
flock --nonblock $lock || exit 75
[ "$dir" -ef /proc/self/fd/$lock ] || exit 76
rm -rf "$dir"/*
printf %s "$text" >"$dir/init.sh"
exec 2>"$dir/init.log"
exec unshare "$@" --net --mount --pid --fork --kill-child=KILL bash "$dir/init.sh" "$dir" "$mode"
`;

/**
 * Process 1 of a lab. It prints its outer process number and start time, then reads its standard input: its end before
 * the word \`ready\` ends the lab, and so does its end at any time when the lab is attached. Bash reaps what is orphaned.
 */
export const firstProcess = `
dir=$1 mode=$2
read -r line </proc/self/stat
set -e
exec {directory}<"$dir"
# Where ip-netns(8) was at work on this machine /run/netns is a mount, which container runtimes would find by its path under the new /run too.
# An ordinary user's lab cannot take it away, and has no container runtime.
while mountpoint -q /run/netns && umount --lazy /run/netns 2>/dev/null; do :; done
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p "$dir"
mount --no-canonicalize --bind /proc/self/fd/$directory "$dir"
exec {directory}<&-
mount -t proc proc /proc
mount -t sysfs sysfs /sys
ip link set lo up
ip netns attach central $$
mkfifo "$dir/hold"
set +e
set -- $line
echo "$1 \${22}"
while read -r word && [ "$word" != ready ]; do :; done
[ "$word" = ready ] || exit 1
exec >/dev/null
if [ "$mode" = attached ]; then
  while read -r word; do :; done
  exit 0
fi
exec {hold}<>"$dir/hold" </dev/null
while :; do read -r word <&$hold; done
`;
