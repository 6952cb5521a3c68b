# shellcheck shell=sh
# Sourced by install.sh: a download with whatever the image has.

# Downloads $ADDRESS to the file $1 with one program after the other, until one has brought the file of $SHA512.
download() {
  use_proxies
  if ! can_curl && ! can_wget && ! can_node && ! can_apt; then need curl; fi
  : >"$TEMP/logs"
  if try_all '' "$1"; then return; fi
  # The sha512, which came with the Feature, is what the content is trusted by. So where the server's certificate cannot
  # be checked, since the image has no CA bundle or a company's proxy signs with a certificate that the image does not
  # know, it need not be. Nothing secret is sent: the address holds no login.
  if grep -qi certif "$TEMP/logs" && try_all insecure "$1"; then
    say "the server's certificate could not be checked, but the sha512 of the file is correct"
    return
  fi
  fail "the download of Node failed
$(sort -u "$TEMP/tried")" "check the build's network and proxy (http_proxy, https_proxy), name a mirror in the option nodeMirror, or $INSTALL_NODE"
}

# With $1 not empty, certificates are not checked.
try_all() {
  for program in curl wget node apt; do
    if ! "can_$program"; then continue; fi
    if ! "fetch_$program" "$1" "$2" >"$TEMP/log" 2>&1; then
      cat "$TEMP/log" >>"$TEMP/logs"
      # apt's last line says no more than that it failed.
      why=$(grep -v -e '^$' -e '^E: Download Failed' "$TEMP/log" | tail -n 1)
    elif ! has_sha512 "$2"; then
      why="the server sent a different file (its sha512 differs)"
    else
      return 0
    fi
    echo "  tried $program: $why" >>"$TEMP/tried"
  done
  return 1
}

can_curl() { command -v curl >/dev/null 2>&1; }
fetch_curl() {
  curl ${1:+--insecure} --fail --silent --show-error --location --connect-timeout 15 --retry 2 --output "$2" "$ADDRESS"
}

can_wget() { command -v wget >/dev/null 2>&1; }
fetch_wget() {
  # GNU's tries twenty times if one lets it; busybox's never checks certificates, and may be built without a time limit.
  case $(wget --help 2>&1 || true) in
    *--tries=*) wget ${1:+--no-check-certificate} --no-verbose --tries=3 --timeout=60 --output-document="$2" "$ADDRESS" ;;
    *"-T SEC"*) wget -q -T 60 -O "$2" "$ADDRESS" ;;
    *) wget -q -O "$2" "$ADDRESS" ;;
  esac
}

# A Node that will not do for the agent, being too old or a version manager's, can fetch another one.
can_node() { any_node >/dev/null; }
fetch_node() { "$(any_node)" "$FEATURE/node/fetch.cjs" "$ADDRESS" "$2" "$1"; }
any_node() { command -v node || command -v nodejs || command -v /usr/local/share/nvm/current/bin/node; }

# Debian's and Ubuntu's package manager, in images that have nothing else.
APT_HELPER=/usr/lib/apt/apt-helper
can_apt() { [ -x "$APT_HELPER" ]; }
fetch_apt() {
  "$APT_HELPER" -o APT::Sandbox::User=root -o Acquire::Retries=1 ${1:+-o Acquire::https::Verify-Peer=false -o Acquire::https::Verify-Host=false} \
    download-file "$ADDRESS" "$2" "SHA512:$SHA512"
}

# Some programs read only one spelling of these variables.
use_proxies() {
  for name in http_proxy https_proxy no_proxy; do
    upper=$(echo "$name" | tr '[:lower:]' '[:upper:]')
    eval "value=\${$name:-\${$upper:-}}"
    # The value is that of $value, whatever it holds.
    # shellcheck disable=SC2154
    if [ -n "$value" ]; then export "$name=$value"; fi
  done
}
