# The Monitorix server. Build from the checkout: docker build -f deploy/docker/backend.Dockerfile -t monitorix-backend .
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY dev CMakeLists.txt CMakePresets.json ./
COPY tools tools
RUN tools/dev/setup.sh compile
COPY contract contract
COPY src src
RUN cmake --preset release -DMONITORIX_TESTS=OFF && cmake --build build/release --target monitorix && strip build/release/monitorix

FROM debian:bookworm-slim
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends tzdata \
      ca-certificates libcurl4 libssl3 libsqlite3-0 libpq5 libsodium23 libzstd1 zlib1g libsimdjson14 \
      libspdlog1.10 libfmt9 libcrypt1 libutf8proc2 libre2-9 libyaml-0-2 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --no-log-init --no-user-group --gid nogroup --uid 10001 --home-dir /var/lib/monitorix --shell /usr/sbin/nologin monitorix \
 && install -d -o monitorix -g nogroup -m 0700 /var/lib/monitorix
COPY --from=build /src/build/release/monitorix /usr/bin/monitorix
USER monitorix
ENV MONITORIX_DATA=/var/lib/monitorix MONITORIX_LISTEN=0.0.0.0:8000
VOLUME /var/lib/monitorix
EXPOSE 8000
# bash speaks enough HTTP for this; nothing else has to be in the image.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8000 && printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["/usr/bin/monitorix"]
CMD ["serve"]
