#!/usr/bin/env sh
# Imports a CSV file of spins, however large, all of it or nothing, and says what was wrong with it.
# usage: TOKEN=spin_… examples/scripts/import-spins.sh spins.csv
set -eu
api=${SPINTRACK_URL:-http://localhost:3000}/api/v1

# The token goes in through a pipe: what is an argument, everybody on the machine can read.
call() { printf 'Authorization: Bearer %s' "$TOKEN" | curl --silent --show-error --fail-with-body --header @- "$@"; }

# The key is that of the contents: run again for a day, the same file is not added a second time.
report=$(call --request POST --upload-file "$1" --header 'Content-Type: text/csv' \
  --header "Idempotency-Key: $(cksum <"$1")" "$api/spins/import") || {
  printf '%s\n' "$report" >&2
  exit 1
}
printf '%s\n' "$report"
# The answer is 200 too where a line was wrong, and nothing was kept.
case $report in *'"rejected":0,'*) ;; *) exit 1 ;; esac
