#!/bin/bash
# strict: the container is up, so its login succeeded; a login that fails ends with 1.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

check "a good login ends with 0" registry-login
check "a bad one does not replace the good one" env BASIC_CONTAINER_REGISTRY_PASSWORD=wrong registry-login
registry-login logout --all
check "a bad one alone ends with 1" bash -c 'BASIC_CONTAINER_REGISTRY_PASSWORD=wrong registry-login; test $? -eq 1'
check "unless the command line says otherwise" env BASIC_CONTAINER_REGISTRY_PASSWORD=wrong registry-login --no-strict

reportResults
