#!/bin/bash
# The option registries supplies the server where the secret is missing.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

check "user and password come from the secrets, the host from the option" bash -c \
  'registry-login plan --json | grep "{\"identifier\":\"TEAM\",\"source\":\"option\",\"host\":\"ghcr.io\",\"kind\":\"ghcr\",\"user\":\"team-user\""'
check "an identifier without secrets is skipped" bash -c \
  'registry-login plan --json | grep "{\"identifier\":\"OTHER\",\"missing\":\[\"USER\",\"PASSWORD\"\]"'
check "a flag comes before the option" bash -c 'registry-login plan --json --registries "TEAM=quay.io" | grep "\"host\":\"quay.io\""'

reportResults
