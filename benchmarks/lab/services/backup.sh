#!/bin/bash
# Backs up a database and a folder beside it, every so many seconds: backup.sh EVERY_S DATABASE_URL FOLDER TARGET
every_s=$1 url=$2 folder=$3 target=$4

say() { printf '%s backup[%d]: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" $$ "$*"; }

run_step() { # NAME FILE COMMAND…: one step, its size and its time
  local name=$1 file=$2 began=$SECONDS
  shift 2
  if "$@"; then
    say "$name done: $(stat -c %s "$file") bytes in $((SECONDS - began)) s"
  else
    say "WARN $name failed with status $?"
  fi
}

dump() { pg_dump -Fc -f "$target/database.dump" "$url"; }

pack() { tar -cf - -C "$folder" . | dd of="$target/uploads.tar" bs=128M iflag=fullblock oflag=direct conv=fsync status=none; }

mkdir -p "$target"
while true; do
  began=$SECONDS
  say "job nightly-full started, target $target"
  run_step "database dump" "$target/database.dump" dump
  run_step "archive of uploads" "$target/uploads.tar" pack
  say "job nightly-full finished in $((SECONDS - began)) s, next run in $((every_s - SECONDS + began)) s"
  sleep $((every_s - SECONDS + began))
done
