#!/bin/bash
# The same for a remoteUser other than root.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

basic=$BASIC_CONTAINER_REGISTRY_SERVER
unset "${!BASIC_@}"

check "this is not root" test "$(id -u)" -ne 0
check "skopeo reads a private image" skopeo inspect --tls-verify=false "docker://$basic/private/hello:1"
check "the vault is this user's" bash -c 'test "$(stat -c %U:%a /dev/shm/registry-login-*)" = vscode:700'

reportResults
