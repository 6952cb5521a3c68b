#!/bin/bash
# The option root registers root's configuration too.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

basic=$BASIC_CONTAINER_REGISTRY_SERVER
unset "${!BASIC_@}"
image=docker://$basic/private/hello:1

check "this is not root" test "$(id -u)" -ne 0
check "skopeo reads a private image" skopeo inspect --tls-verify=false "$image"
check "and so it does with sudo" sudo skopeo inspect --tls-verify=false "$image"
check "root's vault is root's own" bash -c 'test "$(stat -c %U:%a /dev/shm/registry-login-* | sort | tr "\n" " ")" = "root:700 vscode:700 "'

reportResults
