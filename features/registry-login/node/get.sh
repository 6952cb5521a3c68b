# shellcheck shell=sh
# Sourced by install.sh: a Node for an image that has none which will do.

# Sets $node. In this order: one that travels inside the Feature, the distribution's own on musl, where no other runs, and
# the pinned download.
get_node() {
  say "the image has no Node >= $MIN_NODE that every user may run and that no version manager switches"
  if is_musl; then
    get_packaged_node
    return
  fi
  name_runtime
  TEMP=$(mktemp -d)
  trap 'rm -rf "$TEMP"' EXIT
  trap 'exit 1' HUP INT TERM
  need sha512sum coreutils
  archive=$FEATURE/runtime/${ADDRESS##*/}
  if [ -f "$archive" ]; then
    say "unpacking the Node inside this Feature"
    has_sha512 "$archive" || fail "the Node inside this Feature is damaged (sha512 differs)" "publish the Feature again"
  else
    archive=$TEMP/node.tgz
    say "downloading a private Node from $ADDRESS"
    download "$archive"
  fi
  unpack_node "$archive"
  give_back
  rm -rf "$TEMP"
  trap - EXIT HUP INT TERM
}

# glibc, where it is, knows its own version; musl's loader may be installed too.
is_musl() { ls /lib/ld-musl-* >/dev/null 2>&1 && ! getconf GNU_LIBC_VERSION >/dev/null 2>&1; }

get_packaged_node() {
  command -v apk >/dev/null 2>&1 || fail "no Node can be downloaded for musl, and there is no apk to install one" "$INSTALL_NODE"
  say "installing the distribution's Node: apk add nodejs"
  apk add --no-cache nodejs || fail "apk add nodejs failed" "check the build's network and proxy (http_proxy, https_proxy), or $INSTALL_NODE"
  node=$(find_node)
  [ -n "$node" ] || fail "the distribution's Node is too old" "use a newer Alpine: 3.19 is the first with Node >= $MIN_NODE"
}

# Sets $ADDRESS and $SHA512 of the pinned Node. They were written into runtime.txt when this Feature was built; a line is
# "<processor> <address> <sha512>". A mirror has the same path below its own address.
name_runtime() {
  case $(uname -m) in
    x86_64 | amd64) processor=x64 ;;
    aarch64 | arm64) processor=arm64 ;;
    *) fail "no Node can be downloaded for the processor $(uname -m)" "$INSTALL_NODE" ;;
  esac
  line=$(grep "^$processor " "$FEATURE/runtime.txt") || fail "this copy of the Feature names no Node for $processor" "$INSTALL_NODE"
  # The line is split on purpose.
  # shellcheck disable=SC2086
  set -- $line
  ADDRESS=$2
  SHA512=$3
  if [ -n "${NODEMIRROR:-}" ]; then ADDRESS=${NODEMIRROR%/}/node-linux-$processor/-/${2##*/}; fi
}

has_sha512() { echo "$SHA512  $1" | sha512sum -c - >/dev/null 2>&1; }

unpack_node() {
  need gzip
  need tar
  tar -xzf "$1" -C "$TEMP" package/bin/node || fail "the private Node could not be unpacked" "check the free disk space of the build"
  node=$LIB/runtime/node
  rm -rf "$LIB/runtime"
  mkdir "$LIB/runtime"
  mv "$TEMP/package/bin/node" "$node"
  chown 0:0 "$node"
  chmod 755 "$node"
  [ "$(node_major "$node")" -ge "$MIN_NODE" ] && return
  why=$("$node" --version 2>&1 | head -n 1) || true
  rm -rf "$LIB/runtime"
  fail "the private Node does not run here (it needs glibc >= 2.28 and libstdc++): $why" "install what is missing, or Node >= $MIN_NODE, in the image"
}
