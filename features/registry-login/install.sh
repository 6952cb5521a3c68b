#!/bin/sh
# Installs the login agent under /usr/local for all users, with a Node to run it. POSIX sh: there may be no bash.
set -eu
# What is installed is for all users, whatever the image's own umask is.
umask 022

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
INSTALL_NODE="install Node >= $MIN_NODE in the image"

# shellcheck source=node/find.sh
. "$FEATURE/node/find.sh"
# shellcheck source=node/get.sh
. "$FEATURE/node/get.sh"
# shellcheck source=node/download.sh
. "$FEATURE/node/download.sh"
# shellcheck source=node/borrow.sh
. "$FEATURE/node/borrow.sh"

# Some images give /usr/local to their user, who could replace what is installed there.
check_owner() {
  for folder in "$LIB" "$SHARE" /usr/local/bin; do
    if is_roots "$(readlink -f "$folder")"; then continue; fi
    folders="/usr/local /usr/local/bin /usr/local/lib /usr/local/share"
    case " $folders " in *" $part "*) ;; *) folders="$part $folders" ;; esac
    if [ "${ROOT:-false}" = true ] || grep -qx root=true "$SHARE/options" 2>/dev/null; then
      fail "with the option root, this program runs as root, and another user than root could replace it: $part is not root's alone" \
        "run chown root:root $folders && chmod go-w $folders in the image, or leave the option root out"
    fi
    say "note: another user than root can replace this program, because $part is not root's alone"
    return
  done
}

# Makes the options file anew: what is there may be a symlink, or another user's.
renew_options() {
  rm -rf "$SHARE/options.new"
  : >"$SHARE/options.new"
  if [ -f "$SHARE/options" ] && [ ! -L "$SHARE/options" ]; then cat "$SHARE/options" >"$SHARE/options.new"; fi
  rm -rf "$SHARE/options"
  mv "$SHARE/options.new" "$SHARE/options"
}

# Hooks do not receive options, so they go into a file. Only what is not the default is written: a second installation
# of this Feature with defaults must not erase the first one's values.
# write_option NAME VALUE DEFAULT
write_option() {
  if [ "$2" = "$3" ]; then return; fi
  grep -v "^$1=" "$SHARE/options" >"$SHARE/options.new" || true
  printf '%s=%s\n' "$1" "$(printf '%s' "$2" | tr '\n' ' ')" >>"$SHARE/options.new"
  mv "$SHARE/options.new" "$SHARE/options"
}

# options: made by npm run docs
write_options() {
  write_option registries "${REGISTRIES:-}" ''
  write_option storage "${STORAGE:-memory}" 'memory'
  write_option verify "${VERIFY:-true}" 'true'
  write_option strict "${STRICT:-false}" 'false'
  write_option timeout "${TIMEOUT:-10}" '10'
  write_option identifiers "${IDENTIFIERS:-}" ''
  write_option githubToken "${GITHUBTOKEN:-auto}" 'auto'
  write_option googleTokens "${GOOGLETOKENS:-false}" 'false'
  write_option npm "${NPM:-false}" 'false'
  write_option root "${ROOT:-false}" 'false'
}
# end of options

[ "$(id -u)" -eq 0 ] || fail "install.sh must run as root" "add the Feature to devcontainer.json instead of running install.sh by hand"
case ${NODEMIRROR:-} in
  *://*@*) fail "the option nodeMirror contains a login, and options are stored in the image" "use a mirror that needs no login" ;;
  '' | http://* | https://*) ;;
  *) fail "the option nodeMirror must be an http or https address" "write it like https://mirror.example.com/npm" ;;
esac
# What the build's environment says to Node is not meant for the agent.
unset NODE_OPTIONS NODE_PATH NODE_TLS_REJECT_UNAUTHORIZED NODE_DEBUG NODE_CHANNEL_FD OPENSSL_CONF OPENSSL_MODULES DEBUG

say "installing version $(sed -n 's/.*"version": "\([^"]*\)".*/\1/p' "$FEATURE/devcontainer-feature.json")"
# Nothing is written through a symlink that is there already: it may lead to a file that is not ours.
for folder in "$LIB" "$SHARE"; do
  if [ -L "$folder" ]; then rm "$folder"; fi
done
mkdir -p "$LIB" "$SHARE" /usr/local/bin
check_owner
# One that an earlier installation of this Feature left.
node=$LIB/runtime/node
if ! is_roots "$node" || [ "$(node_major "$node")" -lt "$MIN_NODE" ]; then node=$(find_node); fi
if [ -z "$node" ]; then get_node; fi
ln -sfn "$node" "$LIB/node"
rm -rf "$LIB/agent"
"$node" "$FEATURE/unpack.mjs" "$FEATURE/agent.json.br" "$LIB/agent"
for launcher in registry-login docker-credential-registry-login; do
  rm -rf "/usr/local/bin/$launcher"
  cp "$FEATURE/bin/$launcher" /usr/local/bin/
  chmod 755 "/usr/local/bin/$launcher"
done
renew_options
write_options
# Completion, where the image has a shell that looks for it there.
completion() {
  if [ ! -d "$2" ]; then return; fi
  rm -rf "${2:?}/$3"
  /usr/local/bin/registry-login completion "$1" >"$2/$3"
}
completion bash /usr/share/bash-completion/completions registry-login
completion zsh /usr/share/zsh/vendor-completions _registry-login
completion zsh /usr/share/zsh/site-functions _registry-login
completion fish /usr/share/fish/vendor_completions.d registry-login.fish

# The agent checks its own options: a mistake there should show now, not when a pull fails.
/usr/local/bin/registry-login plan >/dev/null || fail "the agent does not start with these options" "fix what the message above says"
say "installed, with $node ($("$node" --version)); it logs in when the container starts"

# What it was installed from is of no use any more, and a build without BuildKit would leave it in the image, twice.
case $FEATURE in /tmp/dev-container-features/?*) rm -rf "$FEATURE" ;; esac
