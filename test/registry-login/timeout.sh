#!/bin/bash
# timeout: a server that accepts connections and never answers is given one second.
set -e
# shellcheck source=/dev/null
source dev-container-features-test-lib

/usr/local/lib/registry-login/node -e 'require("net").createServer(() => {}).listen(0, "127.0.0.1", function () { console.log(this.address().port) })' >/tmp/port &
silent=$!
until [ -s /tmp/port ]; do sleep 0.1; done

check "the other registry was in time" skopeo inspect --tls-verify=false "docker://$BASIC_CONTAINER_REGISTRY_SERVER/private/hello:1"
check "a silent server is unreachable after a second" bash -c \
  'SILENT_CONTAINER_REGISTRY_SERVER=http://localhost:$(cat /tmp/port) SILENT_CONTAINER_REGISTRY_USER=u SILENT_CONTAINER_REGISTRY_PASSWORD=pass-word registry-login | grep "no answer from localhost:[0-9]* within 1 s"'

kill $silent
reportResults
