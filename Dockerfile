# Three stages: the phone app, the Python packages, and an image that runs as nobody in particular (docs/operations.md).

FROM node:22-bookworm-slim AS client
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts/build_client.mjs scripts/
COPY field/client field/client
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /venv
COPY requirements/base.txt /tmp/base.txt
RUN /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/base.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SCRUTIN_VAR=/var/lib/scrutin \
    SCRUTIN_FONTS=/app/fonts
RUN useradd --uid 10001 --user-group --home-dir /var/lib/scrutin --create-home scrutin
WORKDIR /app
COPY --from=packages /venv /venv
COPY --from=client /app/node_modules/@expo-google-fonts /app/fonts
COPY . .
COPY --from=client /app/build /app/build
# The key is needed to load the settings and is not kept; the database is never opened.
RUN python scripts/messages.py compile \
 && SCRUTIN_VAR=/tmp/build SCRUTIN_SECRET_KEY=only-while-building python manage.py prepare --only static \
 && rm -rf /tmp/build
USER scrutin
VOLUME /var/lib/scrutin
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "config.wsgi:application", "--no-control-socket", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--timeout", "120", "--graceful-timeout", "10"]
