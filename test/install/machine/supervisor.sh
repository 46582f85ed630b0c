# Makes, boots and switches off one Debian machine, as the words on its standard input say. At their end, also when the tests
# were killed, it kills the machine and removes its folder. It has its own mount namespace, so that no mount can be left behind.
# Arguments: the machine's name, its folder, which gets its root and a log, and a folder for downloaded packages.
set -u
name=$1 folder=$2 cache=$3
root=$folder/root log=$folder/log
group=/sys/fs/cgroup/$name
# Killed processes leave their groups a moment later. systemd does not boot into groups of a boot before.
emptied() {
  for _ in $(seq 100); do
    find "$group" -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null && return
    sleep 0.1
  done
  echo "$group is not empty." >&2
}
off() {
  echo 1 >"$group/cgroup.kill"
  wait
  emptied
}
end() {
  if [ -d "$group" ]; then
    off
    rmdir "$group"
  fi
  rm -rf --one-file-system "$folder" "/run/systemd/nspawn/propagate/$name"
}
# systemd needs the second version of control groups alone, and some computers mount the first.
trap end EXIT
umount -l /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && mkdir "$group" || exit 1
# Whatever takes long runs beside this loop, which sees the end of its input at once. Paths have no blanks.
# shellcheck disable=SC2086
while read -r word more; do
  case $word in
    make)
      (
        echo 0 >"$group/cgroup.procs"
        unshare --mount debootstrap --variant=minbase --cache-dir="$cache" $more "$root" http://deb.debian.org/debian \
          </dev/null >"$log" 2>&1
        echo "$?"
      ) &
      ;;
    boot)
      (
        echo 0 >"$group/cgroup.procs"
        exec systemd-nspawn --quiet --register=no --keep-unit --console=pipe -M "$name" -D "$root" $more --boot \
          </dev/null >>"$log" 2>&1
      ) &
      echo "$!"
      ;;
    off)
      off
      echo 0
      ;;
  esac
done
