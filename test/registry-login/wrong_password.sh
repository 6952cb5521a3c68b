#!/bin/bash
# A wrong password: the container is up all the same, and nothing of it is registered.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

check "the login is refused" bash -c 'registry-login | grep -E "BASIC +refused"'
check "it says what to check" bash -c 'registry-login | grep "check BASIC_CONTAINER_REGISTRY_USER and _PASSWORD"'
check "nothing is registered" bash -c '! grep -s registry-login ~/.docker/config.json'

reportResults
