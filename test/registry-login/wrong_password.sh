#!/bin/bash
# A wrong password: the container is up all the same, and no client gets it.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

check "the login is refused" bash -c 'registry-login | grep -E "BASIC +rejected"'
check "it says what to check" bash -c 'registry-login | grep "check BASIC_CONTAINER_REGISTRY_USER and BASIC_CONTAINER_REGISTRY_PASSWORD"'
check "no client gets it" bash -c 'echo "$BASIC_CONTAINER_REGISTRY_SERVER" | docker-credential-registry-login get 2>/dev/null | grep "credentials not found"'
check "and the person is told why" bash -c 'echo "$BASIC_CONTAINER_REGISTRY_SERVER" | docker-credential-registry-login get 2>&1 >/dev/null | grep "registry-login: .*401"'

reportResults
