FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_PROGRESS_BAR=off PIP_ROOT_USER_ACTION=ignore
WORKDIR /src

# Every pinned package, checked by its hash; all that follows installs from these files alone.
COPY requirements.lock ./
RUN pip download --quiet --only-binary :all: --require-hashes --requirement requirements.lock --dest /packages

COPY pyproject.toml README.md ./
COPY optimiser ./optimiser
COPY api ./api
COPY scenarios ./scenarios
# The project has the version just built, and all it needs comes from the files of the lock.
# hadolint ignore=DL3013
RUN pip wheel --quiet --no-deps --no-index --find-links /packages --wheel-dir /wheel . \
    && python -m venv --without-pip /opt/investai \
    && pip --python /opt/investai/bin/python install --quiet --no-index --find-links /packages --find-links /wheel 'investai-optimiser[page,postgres,report,xlsx]'


FROM python:3.12-slim
ENV PATH=/opt/investai/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=build /opt/investai /opt/investai
RUN groupadd --gid 10001 investai \
    && useradd --uid 10001 --gid investai --no-create-home --shell /usr/sbin/nologin investai
USER 10001:10001
WORKDIR /tmp
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8000, timeout=2); c.request('GET', '/health/ready'); raise SystemExit(c.getresponse().status != 200)"]
# Who reaches the container is decided where its port is published; INVESTAI_TOKENS asks everybody for a token.
CMD ["investai", "serve", "--host", "0.0.0.0", "--port", "8000", "--allow-anyone"]
