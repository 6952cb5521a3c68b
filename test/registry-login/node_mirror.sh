#!/bin/bash
# An image without Node, on a network where nothing answers but a mirror.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

check "the agent runs" registry-login --version
check "with the mirror's Node 24" bash -c '/usr/local/lib/registry-login/runtime/node --version | grep "^v24\."'
check "the option is no matter of the agent" bash -c '! grep -i mirror /usr/local/share/registry-login/options'

reportResults
