#!/bin/bash
# storage: disk keeps credentials below the home folder.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

basic=$BASIC_CONTAINER_REGISTRY_SERVER
unset "${!BASIC_@}"

check "skopeo reads a private image" skopeo inspect --tls-verify=false "docker://$basic/private/hello:1"
check "the credential is a file of its owner alone" bash -c 'test "$(stat -c %a ~/.local/state/registry-login/vault/discovered/*.json)" = 600'
check "nothing is in memory" bash -c '! ls -d /dev/shm/registry-login-*'

reportResults
