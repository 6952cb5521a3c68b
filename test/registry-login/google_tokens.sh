#!/bin/bash
# googleTokens: true exchanges a key file of Google for tokens instead of handing it out.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

check "the key is exchanged" bash -c 'registry-login plan --json | grep "\"exchange\":\"google-key\""'
check "no client gets the key" bash -c 'echo europe-docker.pkg.dev | docker-credential-registry-login get | grep "credentials not found"'

reportResults
