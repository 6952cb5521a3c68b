# shellcheck shell=sh
# Sourced by install.sh: a Node that the image has already.

# Prints the real path of a Node that is new enough, that every user may run, and that only root can replace; or nothing.
# Says why it passes over the others. None of them is run before it is clear that root alone can have put it there.
find_node() {
  seen=
  for node in "$(command -v node || true)" "$(command -v nodejs || true)" /usr/local/bin/node /usr/bin/node /usr/bin/nodejs; do
    if [ -z "$node" ] || [ ! -x "$node" ]; then continue; fi
    found=$(readlink -f "$node") || continue
    case "$seen " in *" $found "*) continue ;; esac
    seen="$seen $found"
    if ! is_safe "$found"; then continue; fi
    # Behind a shim or a wrapper is the program that runs in the end.
    real=$("$node" -p process.execPath 2>/dev/null) || real=$found
    real=$(readlink -f "$real") || continue
    if [ "$real" != "$found" ]; then
      case "$seen " in *" $real "*) continue ;; esac
      seen="$seen $real"
      if ! is_safe "$real"; then continue; fi
    fi
    if [ "${real#"$LIB/"}" != "$real" ]; then continue; fi
    if [ "$(node_major "$real")" -lt "$MIN_NODE" ]; then
      pass_over "$real" "its version is $("$real" --version 2>&1 | head -n 1), and at least $MIN_NODE is needed"
    elif ! is_open_to_all "$real"; then
      pass_over "$real" "not every user may run it"
    else
      echo "$real"
      return
    fi
  done
}

# Does this program stay as it is until root changes it?
is_safe() {
  if is_switchable "$1"; then
    pass_over "$1" "it belongs to a version manager or a user, and may be switched or removed"
  elif ! is_roots "$1"; then
    pass_over "$1" "another user than root can replace $part"
  else
    return 0
  fi
  return 1
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

# Has the group with this number a name, and nobody in it?
is_empty_group() { grep -q "^[^:]*:[^:]*:$1:\$" /etc/group && ! cut -d: -f4 /etc/passwd | grep -qx "$1"; }

# Are this real path and each folder above it root's, and not writable by others? Sets $part to the one that is not.
is_roots() {
  part=$1
  while :; do
    # The mode, the number of links, the owner's and the group's number.
    # shellcheck disable=SC2046
    set -- $(ls -ldn "$part" 2>/dev/null)
    [ "${3:-}" = 0 ] || return 1
    # In a sticky folder (t), others cannot rename what is root's. What a group without members may write is root's, as
    # Debian's /usr/local with the group staff.
    case $1 in
      ????????w[!tT]*) return 1 ;;
      ?????w*) [ "$4" = 0 ] || is_empty_group "$4" || case $1 in ?????????[tT]*) ;; *) return 1 ;; esac ;;
    esac
    if [ "$part" = / ]; then return 0; fi
    part=$(dirname "$part")
  done
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
