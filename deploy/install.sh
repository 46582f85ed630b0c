#!/bin/sh
# Installs the worker of registry-ha from its unpacked bundle, on the bootstrap node, as root. It needs no network, and can
# be repeated: what is there already stays. The worker runs as root, so no user is created.
#
#   install.sh               installs this version
#   install.sh --upgrade     installs this version beside the running one, and switches the link; then restart the worker
#   install.sh --uninstall   removes the program; keeps configuration, keys and journal
#   install.sh --uninstall --purge   removes these, too
#   --root DIR               for another root folder, such as an image; systemd is then left alone
set -eu
umask 022

say() { printf '%s\n' "$*"; }
fail() { say "install.sh: $*" >&2; exit 1; }

ROOT='' UPGRADE=no UNINSTALL=no PURGE=no
while [ $# -gt 0 ]; do
  case $1 in
    --root) [ $# -ge 2 ] || fail '--root needs a folder.'; ROOT=${2%/}; shift ;;
    --upgrade) UPGRADE=yes ;;
    --uninstall) UNINSTALL=yes ;;
    --purge) PURGE=yes ;;
    --help | -h) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'; exit 0 ;;
    *) fail "Unknown option $1. See install.sh --help." ;;
  esac
  shift
done
[ $PURGE = no ] || [ $UNINSTALL = yes ] || fail '--purge is only for --uninstall.'
[ -z "$ROOT" ] || [ -d "$ROOT" ] || fail "$ROOT is not a folder."
[ "$(id -u)" = 0 ] || fail 'Run it as root.'

HERE=$(cd "$(dirname "$0")" && pwd -P)
LINK=$ROOT/opt/registry-ha
BUILDS=$ROOT/opt/registry-ha.d
ETC=$ROOT/etc/registry-ha
STATE=$ROOT/var/lib/registry-ha
UNIT=$ROOT/etc/systemd/system/registry-ha-worker.service
BOT_UNIT=$ROOT/etc/systemd/system/registry-ha-bot.service
COMMAND=$ROOT/usr/local/bin/registry-ha
COMPLETION=$ROOT/etc/bash_completion.d/registry-ha
MAN=$ROOT/usr/local/share/man/man1/registry-ha.1

# systemd is asked only on the node itself, and only if it runs there.
has_systemd() { [ -z "$ROOT" ] && [ -d /run/systemd/system ]; }

# Whether a word of a unit names something that --uninstall removes.
is_removed() {
  WORD=$1
  while :; do case $WORD in [-@:+!\"\']*) WORD=${WORD#?} ;; path=* | 'argv[]='*) WORD=${WORD#*=} ;; *) break ;; esac; done
  case $WORD in /*) WORD=${WORD%[\"\']} ;; *) return 1 ;; esac
  [ "$ROOT$WORD" != "$COMMAND" ] || return 0
  case $ROOT$WORD/ in "$BUILDS"/*) return 0 ;; "$LINK"/*) [ ! -L "$LINK" ] || return 0 ;; esac
  case $(readlink -f "$ROOT$WORD" 2>/dev/null)/ in "$(readlink -f "$BUILDS" || :)"/*) return 0 ;; esac
  return 1
}

# What the files of the bot's unit run; nothing if they do not say. An empty ExecStart= takes back those before it.
bot_commands() {
  FOUND=''
  for FILE in "$BOT_UNIT" "$BOT_UNIT".d/*.conf; do
    [ -f "$FILE" ] || continue
    # Without -r: a backslash joins two lines.
    # shellcheck disable=SC2162
    while IFS=' 	' read LINE || [ -n "$LINE" ]; do
      case $LINE in
        ExecStart=* | ExecStart[\ ]*=*) [ -n "${LINE#*=}" ] && FOUND="$FOUND ${LINE#*=}" || FOUND='' ;;
        WorkingDirectory=*) FOUND="$FOUND ${LINE#*=}" ;;
      esac
    done <"$FILE"
  done
  say "$FOUND"
}

# The bot of this computer may run another program: a checkout, or a bundle elsewhere.
refuse_under_bot() {
  REMOVE='systemctl disable --now registry-ha-bot && rm'
  RUNS=''
  [ ! -f "$BOT_UNIT" ] || RUNS=$(bot_commands)
  if [ -f "$BOT_UNIT" ] && [ -z "${RUNS# }" ]; then
    fail "$BOT_UNIT does not say what the bot of this computer runs. If it is this program, remove the bot first: $REMOVE $BOT_UNIT. If not, correct ExecStart there."
  fi
  if has_systemd; then
    RUNS="$RUNS $(systemctl show -p ExecStart --value registry-ha-bot 2>/dev/null || :)"
    PID=$(systemctl show -p MainPID --value registry-ha-bot 2>/dev/null || :)
    RUNS="$RUNS $(readlink "/proc/${PID:-0}/exe" 2>/dev/null || :)"
  fi
  set -f
  for RUN in $RUNS; do
    ! is_removed "$RUN" ||
      fail "The bot of this computer runs the same program ($WORD). Remove it first: $REMOVE $BOT_UNIT. Or name another program in its ExecStart, then: systemctl daemon-reload && systemctl restart registry-ha-bot"
  done
  set +f
  [ $PURGE = no ] || [ ! -f "$BOT_UNIT" ] || [ ! -e "$ETC/bot.yaml" ] ||
    fail "The bot of this computer has its configuration and key in $ETC, too. Run it without --purge, or remove the bot first: $REMOVE $BOT_UNIT"
}

uninstall() {
  refuse_under_bot
  if has_systemd && [ -e "$UNIT" ]; then systemctl disable --now registry-ha-worker; fi
  rm -f "$UNIT" "$COMMAND" "$COMPLETION" "$MAN"
  [ ! -L "$LINK" ] || rm -f "$LINK"
  rm -rf "$BUILDS"
  if has_systemd; then systemctl daemon-reload; fi
  if [ $PURGE = yes ]; then
    rm -rf "$ETC" "$STATE"
    say "registry-ha is removed, with its configuration, keys and journal."
  else
    say "registry-ha is removed. Its configuration and keys stay in $ETC, its journal in $STATE."
    say "To remove them for good: install.sh --uninstall --purge"
  fi
}
if [ $UNINSTALL = yes ]; then uninstall; exit 0; fi

case $(uname -sm) in
  'Linux x86_64') ;;
  *) fail "This bundle is for Linux x86_64, and this is $(uname -sm)." ;;
esac
BUILD=$(cat "$HERE/BUILD" 2>/dev/null) || fail "$HERE is not an unpacked bundle."
case $BUILD in *[!A-Za-z0-9.-]* | '' | .*) fail "$HERE/BUILD is damaged. Unpack the bundle again." ;; esac
(cd "$HERE" && sha256sum --quiet -c SHA256SUMS) || fail "$HERE is damaged. Unpack the bundle again."

TARGET=$BUILDS/$BUILD
BEFORE=''
if [ -L "$LINK" ]; then
  BEFORE=$(readlink "$LINK")
  BEFORE=${BEFORE##*/}
elif [ -e "$LINK" ]; then
  fail "$LINK is a folder of an installation by hand. Stop the worker, move that folder away, then run this again."
fi
if [ -n "$BEFORE" ] && [ "$BEFORE" != "$BUILD" ] && [ $UPGRADE = no ]; then
  fail "$BEFORE is installed. To replace it by $BUILD, run install.sh --upgrade."
fi
[ -n "$BEFORE" ] || [ $UPGRADE = no ] || fail 'Nothing is installed. Run install.sh without --upgrade.'

# A whole build appears at once, and is never changed: a running worker keeps the one that it has begun with.
mkdir -p "$BUILDS"
chown 0:0 "$BUILDS"
chmod 0755 "$BUILDS"
if [ -d "$TARGET" ] && ! (cd "$TARGET" && sha256sum --quiet -c SHA256SUMS >/dev/null 2>&1); then
  fail "$TARGET was changed after its installation. Remove it, then run this again."
fi
if [ ! -d "$TARGET" ]; then
  rm -rf "$BUILDS"/.new-*
  NEW=$BUILDS/.new-$$
  cp -R "$HERE" "$NEW"
  # Whoever has unpacked the bundle: root alone may change what root runs.
  chown -R 0:0 "$NEW"
  chmod -R u=rwX,go=rX "$NEW"
  mv "$NEW" "$TARGET"
fi
registry_ha() { "$TARGET/node/bin/node" "$TARGET/dist/cli.js" "$@"; }
# Node needs glibc 2.28. A build that does not run here takes nobody's place.
if ! registry_ha --version >/dev/null; then
  [ "$BEFORE" = "$BUILD" ] || rm -rf "$TARGET"
  fail "$BUILD does not run on this system; the reason is above. Nothing was changed."
fi
if [ "$BEFORE" != "$BUILD" ]; then
  ln -s "registry-ha.d/$BUILD" "$LINK.new-$$"
  chown -h 0:0 "$LINK.new-$$"
  mv -T "$LINK.new-$$" "$LINK"
fi

place() { # MODE FROM TO: a file of root's, in one step
  mkdir -p "$(dirname "$3")"
  cp "$2" "$3.new-$$"
  chown 0:0 "$3.new-$$"
  chmod "$1" "$3.new-$$"
  mv "$3.new-$$" "$3"
}
generate() { # WORD TO
  mkdir -p "$(dirname "$2")"
  registry_ha "$1" >"$2.new-$$"
  chown 0:0 "$2.new-$$"
  chmod 0644 "$2.new-$$"
  mv "$2.new-$$" "$2"
}
place 0755 "$TARGET/deploy/registry-ha" "$COMMAND"
place 0644 "$TARGET/deploy/registry-ha-worker.service" "$UNIT"
generate completion "$COMPLETION"
generate man "$MAN"

mkdir -p "$ETC" "$STATE"
chown 0:0 "$ETC" "$STATE"
chmod 0755 "$ETC"
chmod 0700 "$STATE"
# The private key is made on this node, and never leaves it.
[ -e "$ETC/worker.key" ] || registry_ha keys new --for worker --folder "$ETC" >/dev/null
if has_systemd; then systemctl daemon-reload; fi

say "Installed: $BUILD"
say ''
say 'The public key of this worker. The bot needs it as a file in /etc/registry-ha/workers/CLUSTER:'
say ''
cat "$ETC/worker.pub"
say ''
if [ -n "$BEFORE" ] && [ "$BEFORE" != "$BUILD" ]; then
  # The build before stays for a way back; older ones go.
  for OLD in "$BUILDS"/*; do
    case ${OLD##*/} in "$BUILD" | "$BEFORE") ;; *) rm -rf "$OLD" ;; esac
  done
  say "A running worker still is $BEFORE. To change it now: systemctl restart registry-ha-worker"
  say "It resumes a change at the same step. To go back: $BUILDS/$BEFORE/install.sh --upgrade"
elif [ ! -e "$ETC/worker.yaml" ]; then
  say 'Next: registry-ha init worker'
else
  say 'Next: systemctl enable --now registry-ha-worker'
fi
say 'To check everything: registry-ha doctor worker'
