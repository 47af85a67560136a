# The server, with everything it can speak to.  Build: docker build -t runstone .
FROM node:22-slim AS web
WORKDIR /src/ui
COPY ui/package.json ui/package-lock.json ui/.npmrc ./
RUN npm ci
COPY ui .
RUN npm run build

FROM python:3.13-slim AS build
COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/uv
WORKDIR /src
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/opt/runstone
COPY pyproject.toml uv.lock hatch_build.py README.md LICENSE ./
RUN uv sync --frozen --no-dev --no-install-project --extra server --extra postgres --extra s3
COPY src src
COPY --from=web /src/src/runstone/server/web src/runstone/server/web
RUN uv sync --frozen --no-dev --no-editable --extra server --extra postgres --extra s3

FROM python:3.13-slim
RUN useradd --system --create-home --uid 10001 runstone && install -d -o runstone /data
COPY --from=build /opt/runstone /opt/runstone
ENV PATH=/opt/runstone/bin:$PATH PYTHONUNBUFFERED=1 RUNSTONE_TRACKING_URI=/data
USER runstone
WORKDIR /data
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:5000/ready', timeout=2)"]
ENTRYPOINT ["runstone"]
CMD ["server", "--host", "0.0.0.0", "--login"]
