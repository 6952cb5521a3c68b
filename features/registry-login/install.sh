#!/bin/sh
# Installs the login agent under /usr/local for all users, with a Node to run it. POSIX sh: there may be no bash.
set -eu

FEATURE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
LIB=/usr/local/lib/registry-login
SHARE=/usr/local/share/registry-login
MIN_NODE=20

say() { echo "registry-login: $*"; }
fail() {
  echo "registry-login: $1" >&2
  echo "  -> $2" >&2
  exit 1
}

# Prints the real path of a Node that is new enough and that every user may run, or nothing. One that a user's version
# manager owns may change or go at any time.
find_node() {
  for node in "$(command -v node 2>/dev/null || true)" /usr/local/bin/node /usr/bin/node; do
    if [ -z "$node" ] || [ ! -x "$node" ]; then continue; fi
    node=$(readlink -f "$node")
    case $node in
      "$LIB"/* | /root/* | /home/* | */nvm/* | */.nvm/* | */.fnm/* | */fnm/* | */.volta/* | */.asdf/* | */mise/*) continue ;;
    esac
    [ "$(node_major "$node")" -ge "$MIN_NODE" ] || continue
    open_to_all "$node" || continue
    echo "$node"
    return
  done
}

# May every user run this file? Each folder above it has to let them in.
open_to_all() {
  part=$1
  while [ "$part" != / ]; do
    case $(ls -ld "$part") in ?????????[xt]*) ;; *) return 1 ;; esac
    part=$(dirname "$part")
  done
}

node_major() {
  major=$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null) || major=0
  case $major in '' | *[!0-9]*) echo 0 ;; *) echo "$major" ;; esac
}

# Puts a private Node into $LIB/runtime. Its address and sha512 were written into runtime.txt when this Feature was
# built; a line is "<processor> <address> <sha512>".
download_node() {
  case $(uname -m) in
    x86_64 | amd64) processor=x64 ;;
    aarch64 | arm64) processor=arm64 ;;
    *) fail "there is no Node >= $MIN_NODE here, and none to download for the processor $(uname -m)" "install Node >= $MIN_NODE in the image" ;;
  esac
  line=$(grep "^$processor " "$FEATURE/runtime.txt") || fail "this copy of the Feature names no Node for $processor" "install Node >= $MIN_NODE in the image"
  # The line is split on purpose.
  # shellcheck disable=SC2086
  set -- $line
  for tool in tar gzip sha512sum; do
    command -v "$tool" >/dev/null 2>&1 || fail "there is no $tool to unpack and check a Node with" "install $tool, or Node >= $MIN_NODE, in the image"
  done
  say "there is no Node >= $MIN_NODE for all users here; downloading a private one from $2"
  TEMP=$(mktemp -d)
  trap 'rm -rf "$TEMP"' EXIT
  fetch "$2" "$TEMP/node.tgz" || fail "the download of Node failed" "check the build's network and proxy (http_proxy, https_proxy), or install Node >= $MIN_NODE in the image"
  echo "$3  $TEMP/node.tgz" | sha512sum -c - >/dev/null 2>&1 || fail "the downloaded Node is not the expected one (sha512 differs)" "check the proxy or mirror that delivered $2"
  tar -xzf "$TEMP/node.tgz" -C "$TEMP" package/bin/node || fail "the downloaded Node cannot be unpacked" "check the free space of the build"
  mkdir -p "$LIB/runtime"
  mv "$TEMP/package/bin/node" "$LIB/runtime/node"
  chown 0:0 "$LIB/runtime/node"
  chmod 755 "$LIB/runtime/node"
  rm -rf "$TEMP"
  trap - EXIT
  [ "$(node_major "$LIB/runtime/node")" -ge "$MIN_NODE" ] || fail "the downloaded Node does not run here (it needs glibc >= 2.28)" "install Node >= $MIN_NODE in the image, on Alpine with: apk add nodejs"
}

fetch() {
  if command -v curl >/dev/null 2>&1; then
    curl --fail --silent --show-error --location --retry 3 --output "$2" "$1"
  elif command -v wget >/dev/null 2>&1; then
    wget -q -O "$2" "$1"
  else
    fail "there is neither curl nor wget to download Node with" "install one of them, or Node >= $MIN_NODE, in the image"
  fi
}

# Hooks do not receive options, so they go into a file. Only what is not the default is written: a second installation
# of this Feature with defaults must not erase the first one's values.
write_options() {
  options=$SHARE/options
  touch "$options"
  for pair in "registries=${REGISTRIES:-}" "storage=${STORAGE:-memory}" "verify=${VERIFY:-true}" "strict=${STRICT:-false}" "timeout=${TIMEOUT:-10}" "identifiers=${IDENTIFIERS:-}" "githubToken=${GITHUBTOKEN:-auto}" "npm=${NPM:-false}" "root=${ROOT:-false}"; do
    case $pair in registries= | storage=memory | verify=true | strict=false | timeout=10 | identifiers= | githubToken=auto | npm=false | root=false) continue ;; esac
    grep -v "^${pair%%=*}=" "$options" >"$options.new" || true
    printf '%s\n' "$(printf '%s' "$pair" | tr '\n' ' ')" >>"$options.new"
    mv "$options.new" "$options"
  done
  chmod 644 "$options"
}

[ "$(id -u)" -eq 0 ] || fail "install.sh must run as root" "add the Feature to devcontainer.json instead of running this by hand"

say "installing version $(sed -n 's/.*"version": "\([^"]*\)".*/\1/p' "$FEATURE/devcontainer-feature.json")"
mkdir -p "$LIB" "$SHARE" /usr/local/bin
node=$(find_node)
if [ -z "$node" ]; then
  [ "$(node_major "$LIB/runtime/node")" -ge "$MIN_NODE" ] || download_node
  node=$LIB/runtime/node
fi
ln -sfn "$node" "$LIB/node"
rm -rf "$LIB/agent"
"$node" "$FEATURE/unpack.mjs" "$FEATURE/agent.json.gz" "$LIB/agent"
cp "$FEATURE/bin/registry-login" "$FEATURE/bin/docker-credential-registry-login" /usr/local/bin/
chmod 755 /usr/local/bin/registry-login /usr/local/bin/docker-credential-registry-login
chmod -R u=rwX,go=rX "$LIB" "$SHARE"
write_options

# The agent checks its own options: a mistake there should show now, not when a pull fails.
/usr/local/bin/registry-login plan >/dev/null || fail "the agent does not start with these options" "see the message above"
say "installed, with $node ($("$node" --version)); it logs in when the container starts"
