#!/usr/bin/env sh
# Logs in, picks a spinner, records a spin with it, and asks for the company's figures.
# usage: EMAIL=… PASSWORD=… COMPANY=orbit-bearings examples/record-a-spin.sh
set -eu
api=${SPINTRACK_URL:-http://localhost:3000}/api/v1
jar=$(mktemp)
trap 'rm -f "$jar"' EXIT

call() { curl --silent --show-error --fail-with-body --cookie "$jar" --header "X-Company: $COMPANY" "$@"; }

curl --silent --show-error --fail-with-body --cookie-jar "$jar" --output /dev/null \
  --json "{\"email\": \"$EMAIL\", \"password\": \"$PASSWORD\"}" "$api/session"

spinner=$(call "$api/spinners?status=active&limit=1" | sed 's/.*"id":"\([^"]*\)".*/\1/')
call --json "{\"spinnerId\": \"$spinner\", \"durationMs\": 12400, \"note\": \"From a script\"}" "$api/spins"
echo
call "$api/statistics/summary"
echo
