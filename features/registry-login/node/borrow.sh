# shellcheck shell=sh
# Sourced by install.sh: programs that only the installation needs. Debian's, Alpine's and Arch's images have them all;
# the minimal ones of the distributions with rpm lack some.

BORROWED=

# Makes sure of the program $1, if need be with the package $2 (or $1), which give_back removes again.
need() {
  if command -v "$1" >/dev/null 2>&1; then return; fi
  borrow "${2:-$1}" || true
  command -v "$1" >/dev/null 2>&1 || fail "$1 is needed to install a private Node, and could not be installed temporarily" "install $1, or Node >= $MIN_NODE, in the image"
}

borrow() {
  MANAGER=
  for manager in dnf microdnf tdnf yum zypper; do
    if command -v "$manager" >/dev/null 2>&1; then MANAGER=$manager && break; fi
  done
  [ -n "$MANAGER" ] || return 1
  say "installing $1 temporarily with $MANAGER"
  rpm -qa >"$TEMP/packages"
  case $MANAGER in
    zypper) zypper --non-interactive install --no-recommends "$1" >&2 ;;
    *) "$MANAGER" install -y "$1" >&2 ;;
  esac || return 1
  BORROWED="$BORROWED $(rpm -qa | grep -vxFf "$TEMP/packages" | tr '\n' ' ')"
}

# Removes what was borrowed, with what came along, and the package lists that it took.
give_back() {
  [ -n "$BORROWED" ] || return 0
  say "removing the temporary packages:$BORROWED"
  # They are words on purpose.
  # shellcheck disable=SC2086
  rpm -e --nodeps $BORROWED
  case $MANAGER in
    zypper) zypper --non-interactive clean --all ;;
    *) "$MANAGER" clean all ;;
  esac >/dev/null 2>&1 || true
}
