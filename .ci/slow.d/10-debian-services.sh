#!/usr/bin/env bash
# Migrations and the tests marked `services` against Debian's PostgreSQL 15 and Redis 7, each in a folder of its own.
set -euo pipefail
folder=$(mktemp -d /tmp/portal-ci-XXXXXX)
bin=/usr/lib/postgresql/15/bin
user=$(id -un)
as_user=()
if [ "$(id -u)" -eq 0 ]; then # PostgreSQL refuses to run as root
    user=nobody
    as_user=(setpriv --reuid nobody --regid nogroup --clear-groups)
    chown nobody "$folder"
fi

cleanup() {
    [ ! -f "$folder/data/postmaster.pid" ] || (cd / && "${as_user[@]}" $bin/pg_ctl -D "$folder/data" -m fast stop >/dev/null)
    [ ! -f "$folder/redis.pid" ] || kill "$(cat "$folder/redis.pid")" || true
    rm -rf "$folder"
}
trap cleanup EXIT

(
    cd /
    "${as_user[@]}" $bin/initdb -D "$folder/data" -U portal --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    "${as_user[@]}" $bin/pg_ctl -D "$folder/data" -w -l "$folder/postgres.log" \
        -o "-k $folder -c listen_addresses= -c fsync=off -c full_page_writes=off" start >/dev/null
    "${as_user[@]}" $bin/createdb -h "$folder" -U portal portal
    "${as_user[@]}" redis-server --daemonize yes --port 0 --unixsocket "$folder/redis.sock" \
        --pidfile "$folder/redis.pid" --dir "$folder" --save '' >/dev/null
)
"${as_user[@]}" $bin/postgres --version
redis-server --version | cut -d' ' -f1-3

export DATABASE_URL="postgresql://portal@/portal?host=$folder" REDIS_URL="redis+socket://$folder/redis.sock"
./portal manage migrate --verbosity 0
./portal manage migrate --check && echo "every migration applied"
./portal test -q -m services
