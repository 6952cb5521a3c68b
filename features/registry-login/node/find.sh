# shellcheck shell=sh
# Sourced by install.sh: a Node that the image has already.

# Prints the real path of a Node that is new enough, that every user may run, and that stays as it is; or nothing. Says
# why it passes over the others.
find_node() {
  seen=
  for node in "$(command -v node || true)" "$(command -v nodejs || true)" /usr/local/bin/node /usr/bin/node /usr/bin/nodejs; do
    if [ -z "$node" ] || [ ! -x "$node" ]; then continue; fi
    # Behind a link, a shim or a wrapper stands the program that runs in the end.
    real=$("$node" -p process.execPath 2>/dev/null) || real=$node
    real=$(readlink -f "$real") || continue
    case "$seen " in *" $real "*) continue ;; esac
    seen="$seen $real"
    if [ "${real#"$LIB/"}" != "$real" ]; then continue; fi
    if [ "$(node_major "$real")" -lt "$MIN_NODE" ]; then
      pass_over "$real" "its version is $("$real" --version 2>&1 | head -n 1), and at least $MIN_NODE is needed"
    elif is_switchable "$real" || is_switchable "$(readlink -f "$node")"; then
      pass_over "$real" "it belongs to a version manager or a user, and may be switched or removed"
    elif ! is_open_to_all "$real"; then
      pass_over "$real" "not every user may run it"
    else
      echo "$real"
      return
    fi
  done
}

pass_over() { say "the Node $1 is not used: $2" >&2; }

# Is it kept where people, or their version managers, change what is there?
is_switchable() {
  case $1 in
    /root/* | /home/* | */nvm/* | */.nvm/* | */fnm/* | */.fnm/* | */volta/* | */.volta/* | */asdf/* | */.asdf/*) ;;
    */mise/* | */nodenv/* | */.nodenv/* | */nvs/* | */.nvs/* | */n/versions/*) ;;
    # The version manager n copies the Node of its choice to here.
    /usr/local/bin/node) [ -d /usr/local/n/versions ] ;;
    *) return 1 ;;
  esac
}

# May every user run this file? Each folder above it has to let them in.
is_open_to_all() {
  part=$1
  while [ "$part" != / ]; do
    case $(ls -ld "$part") in ?????????[xt]*) ;; *) return 1 ;; esac
    part=$(dirname "$part")
  done
}

# Prints the major version of a Node; 0 where it does not run.
node_major() {
  major=$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null) || major=0
  case $major in '' | *[!0-9]*) echo 0 ;; *) echo "$major" ;; esac
}
