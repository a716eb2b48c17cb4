#!/usr/bin/env sh
# Logs in as a person, asks for the figures of a company of theirs, and logs out.
# usage: EMAIL=… PASSWORD=… COMPANY=its-slug examples/scripts/log-in.sh
set -eu
api=${SPINTRACK_URL:-http://localhost:3000}/api/v1
jar=$(mktemp)
trap 'rm -f "$jar"' EXIT

call() { curl --silent --show-error --fail-with-body --cookie "$jar" --cookie-jar "$jar" "$@"; }
quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g; s/.*/"&"/'; }

# The password goes in through a pipe: what is an argument, everybody on the machine can read.
printf '{"email": %s, "password": %s}' "$(quoted "$EMAIL")" "$(quoted "$PASSWORD")" |
  call --json @- --output /dev/null "$api/session"
call --header "X-Company: $COMPANY" "$api/statistics/summary"
echo
# Beside a cookie, what changes something must be JSON, even when it is nothing.
call --request DELETE --json '' "$api/session"
