#!/bin/sh
# Django's deployment checks under the production settings, with values that exist for this check only.
set -eu
cd "$(dirname "$0")/.."
DJANGO_SETTINGS_MODULE=config.settings.production \
SECRET_KEY="verification-seulement-kZ8v3qX1mB7wT5nR9cL2sD6hF4gJ0pYa" \
DATABASE_URL="${DATABASE_URL:-sqlite:///:memory:}" \
REDIS_URL="redis://127.0.0.1:6379/0" \
EMAIL_URL="smtp://127.0.0.1:25" \
ALLOWED_HOSTS="guichet.example.org" \
SITE_URL="https://guichet.example.org" \
exec "$1" manage.py check --deploy --fail-level WARNING
