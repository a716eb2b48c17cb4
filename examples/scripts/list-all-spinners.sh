#!/usr/bin/env sh
# Prints every spinner of the company, one page of JSON a line, however many there are.
# usage: TOKEN=spin_… examples/scripts/list-all-spinners.sh
set -eu
api=${SPINTRACK_URL:-http://localhost:3000}/api/v1

# The token goes in through a pipe: what is an argument, everybody on the machine can read.
call() { printf 'Authorization: Bearer %s' "$TOKEN" | curl --silent --show-error --fail-with-body --header @- "$@"; }

cursor=
while :; do
  page=$(call --get --data limit=100 ${cursor:+--data-urlencode "cursor=$cursor"} "$api/spinners") || {
    printf '%s\n' "$page" >&2
    exit 1
  }
  printf '%s\n' "$page"
  cursor=$(printf '%s' "$page" | sed -n 's/.*"nextCursor":"\([^"]*\)".*/\1/p')
  [ -n "$cursor" ] || break
done
