#!/usr/bin/env sh
# Prints what happens in the company as it happens, one event in JSON a line, until it is stopped.
# usage: TOKEN=spin_… examples/scripts/follow-events.sh
set -eu
api=${SPINTRACK_URL:-http://localhost:3000}/api/v1

# The token goes in through a pipe: what is an argument, everybody on the machine can read.
call() { printf 'Authorization: Bearer %s' "$TOKEN" | curl --silent --show-error --fail-with-body --header @- "$@"; }

last=$(mktemp)
trap 'rm -f "$last"' EXIT
trap 'exit 1' INT TERM

# A stream that broke off is opened again after the event that came last.
while :; do
  id=$(cat "$last")
  call --no-buffer ${id:+--header "Last-Event-ID: $id"} "$api/events" | while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      'id: '*) printf '%s' "${line#id: }" >"$last" ;;
      'data: '*) printf '%s\n' "${line#data: }" ;;
      '{'*) printf '%s\n' "$line" >&2 && exit 1 ;;
    esac
  done || exit 1
  sleep 1
done
