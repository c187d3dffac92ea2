FROM python:3.11-slim-bookworm

# CPU build of torch: pass --build-arg TORCH=… and --build-arg PIP_EXTRA_INDEX_URL=… to choose another (README, "CPU or GPU").
ARG TORCH=torch==2.13.0
ARG PIP_EXTRA_INDEX_URL=
ENV PIP_EXTRA_INDEX_URL=${PIP_EXTRA_INDEX_URL} PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUTF8=1

RUN useradd --create-home --uid 10001 parkbond && install -d -o parkbond /home/parkbond/cache && install -d -m 700 -o parkbond /home/parkbond/service
WORKDIR /app
COPY requirements.lock ./
RUN pip install "${TORCH}" && pip install -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY graph graph
COPY ingest ingest
COPY api api
RUN pip install --no-deps .

USER parkbond
WORKDIR /home/parkbond
EXPOSE 8000
ENTRYPOINT ["parkbond"]
CMD ["--help"]
