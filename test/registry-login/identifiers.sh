#!/bin/bash
# The option identifiers limits which identifiers are used.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

check "a listed one is used" bash -c 'registry-login plan --json | grep "\"identifier\":\"TEAM\""'
check "another one is not" bash -c '! registry-login plan --json | grep STRANGER'

reportResults
