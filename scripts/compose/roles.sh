#!/bin/sh
# Run once by the database's container on an empty volume.
# The site logs in as a role that owns nothing: it may only become the application role, to which row-level security applies.
set -eu
psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set base="$POSTGRES_DB" --set site="$SITE_ROLE" --set mot_de_passe="$SITE_MOT_DE_PASSE" --set applicatif="$ROLE_APPLICATIF" <<'SQL'
CREATE ROLE :"applicatif" NOLOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE :"site" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD :'mot_de_passe' IN ROLE :"applicatif";
GRANT CONNECT ON DATABASE :"base" TO :"site";
SQL
