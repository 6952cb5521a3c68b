#!/bin/bash
# The Feature with its defaults, in a container that has no secrets.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

check "the agent is on the PATH" registry-login --version
check "the agent says the Feature's version" bash -c 'registry-login --version | grep -E "^[0-9]+\.[0-9]+\.[0-9]+$"'
check "clients find the helper" bash -c 'docker-credential-registry-login version | grep "^docker-credential-registry-login "'
check "an unknown host is not found" bash -c 'echo -n example.com | docker-credential-registry-login get | grep -x "credentials not found in native keychain"'
check "without secrets it says so" bash -c 'registry-login | grep "no registry secrets are set"'
check "without secrets nothing is written" bash -c '! test -e ~/.docker/config.json && ! test -e ~/.local/state/registry-login'
check "defaults are not written down" bash -c '! test -s /usr/local/share/registry-login/options'
check "no Node was put on the PATH" bash -c '! test -e /usr/local/lib/registry-login/runtime'

reportResults
