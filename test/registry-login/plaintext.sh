#!/bin/bash
# storage: plaintext does what docker login does.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

basic=$BASIC_CONTAINER_REGISTRY_SERVER
unset "${!BASIC_@}"

check "skopeo reads a private image" skopeo inspect --tls-verify=false "docker://$basic/private/hello:1"
check "docker's config.json holds the login" grep '"auth":' ~/.docker/config.json
check "and no helper" bash -c '! grep credHelpers ~/.docker/config.json'

reportResults
