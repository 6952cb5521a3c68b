#!/bin/bash
# The Feature twice: first with other options than the defaults, then with the defaults.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

value() { sed -n "s/^$1=//p" /usr/local/share/registry-login/options; }

check "the agent works" registry-login --version
check "the first installation's storage is kept" test "$(value storage)" = "${STORAGE:-memory}"
check "the first installation's timeout is kept" test "$(value timeout)" = "${TIMEOUT:-10}"
check "no option stands there twice" bash -c '! cut -d= -f1 /usr/local/share/registry-login/options | sort | uniq -d | grep .'

reportResults
