#!/bin/bash
# GITHUB_TOKEN serves ghcr.io and npm, and is written down nowhere.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

token=$GITHUB_TOKEN

check "clients are answered with the token of this moment" bash -c 'echo -n ghcr.io | GITHUB_TOKEN=ghs_newer docker-credential-registry-login get | grep ghs_newer'
check "npm finds it by reference" grep -F '//npm.pkg.github.com/:_authToken=${GITHUB_TOKEN}' ~/.npmrc
check "it is not on disk" bash -c '! grep -rF "$0" ~' "$token"
check "nor in memory" bash -c '! grep -rF "$0" /dev/shm' "$token"

reportResults
