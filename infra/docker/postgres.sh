#!/bin/sh
# Starts PostgreSQL with the files of infra/postgres. The image's own entrypoint cannot be used: it initializes
# through a local socket, and these files allow nobody to connect by it.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  umask 077
  printf '%s' "$POSTGRES_PASSWORD" > /tmp/password
  initdb -D "$PGDATA" --username=postgres --pwfile=/tmp/password --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8
  rm /tmp/password
fi
exec postgres -D "$PGDATA" -c config_file=/etc/shopflow/postgresql.conf -c hba_file=/etc/shopflow/pg_hba.conf \
  -c listen_addresses='*' -c port="$SHOPFLOW_POSTGRES_PORT"
