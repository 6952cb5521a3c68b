#!/bin/bash
# Secrets for a Basic and a Bearer registry, and a shell that has none of them.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

basic=$BASIC_CONTAINER_REGISTRY_SERVER
bearer=$BEARER_CONTAINER_REGISTRY_SERVER
password=$BASIC_CONTAINER_REGISTRY_PASSWORD
unset "${!BASIC_@}" "${!BEARER_@}"

check "skopeo reads a private image of the Basic registry" skopeo inspect --tls-verify=false "docker://$basic/private/hello:1"
check "skopeo reads a private image of the Bearer registry" skopeo inspect --tls-verify=false "docker://$bearer/private/hello:1"
check "the helper is registered" grep "\"$basic\": \"registry-login\"" ~/.docker/config.json
check "no secret lies in the home folder" bash -c '! grep -rF "$0" ~' "$password"
check "secrets lie in memory, for their owner alone" bash -c 'test "$(stat -c %a /dev/shm/registry-login-*)" = 700'
check "a run without secrets keeps the logins" bash -c 'registry-login | grep "2 of 2 registries ready"'
check "docker logout does not break the login" bash -c 'docker logout "$0" && skopeo inspect --tls-verify=false "docker://$0/private/hello:1"' "$basic"

reportResults
