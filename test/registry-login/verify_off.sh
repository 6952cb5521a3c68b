#!/bin/bash
# verify: false registers without asking, here with a wrong password.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

check "the login is registered without a check" grep "\"$BASIC_CONTAINER_REGISTRY_SERVER\": \"registry-login\"" ~/.docker/config.json
check "asking shows that it is wrong" bash -c 'registry-login --verify | grep "rejected"'
check "and no client gets it" bash -c 'echo "$BASIC_CONTAINER_REGISTRY_SERVER" | docker-credential-registry-login get | grep "credentials not found"'

reportResults
