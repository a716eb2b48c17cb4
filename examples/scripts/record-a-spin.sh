#!/usr/bin/env sh
# Picks a spinner, records a spin with it, and asks for the company's figures.
# usage: TOKEN=spin_… examples/scripts/record-a-spin.sh
set -eu
api=${SPINTRACK_URL:-http://localhost:3000}/api/v1

# The token goes in through a pipe: what is an argument, everybody on the machine can read.
call() { printf 'Authorization: Bearer %s' "$TOKEN" | curl --silent --show-error --fail-with-body --header @- "$@"; }

spinner=$(call "$api/spinners?status=active&limit=1" | sed 's/.*"id":"\([^"]*\)".*/\1/')
call --json "{\"spinnerId\": \"$spinner\", \"durationMs\": 12400, \"note\": \"From a script\"}" "$api/spins"
echo
call "$api/statistics/summary"
echo
