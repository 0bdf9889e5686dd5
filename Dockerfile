# docker build -t persistlint . && docker run --rm -v "$PWD:/src" persistlint check
FROM python:3.13-slim AS build
COPY . /persistlint
RUN pip install --no-cache-dir --prefix=/installed /persistlint

FROM python:3.13-slim
# git lists the files that are not ignored and tells what changed; what is mounted belongs to somebody else.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*'
COPY --from=build /installed /usr/local
RUN useradd --create-home persistlint
USER persistlint
WORKDIR /src
ENTRYPOINT ["persistlint"]
CMD ["check"]
