#!/bin/bash
# An image without Node gets a private one.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

check "no Node is on the PATH" bash -c '! command -v node'
check "the agent runs" registry-login --version
check "with its own Node 24" bash -c '/usr/local/lib/registry-login/node --version | grep "^v24\."'
check "which every user may run" test "$(stat -c %a:%U /usr/local/lib/registry-login/runtime/node)" = 755:root

reportResults
