# The browser side behind nginx. Build from the checkout: docker build -f deploy/docker/frontend.Dockerfile -t monitorix-frontend .
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY tools tools
COPY web/package.json web/package-lock.json web/
RUN tools/dev/setup.sh web
COPY contract contract
COPY web web
RUN tools/dev/web_build.sh

FROM debian:bookworm-slim
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nginx-light \
 && rm -rf /var/lib/apt/lists/* /etc/nginx/sites-enabled/* \
 && useradd --no-log-init --no-user-group --gid nogroup --uid 10002 --no-create-home --shell /usr/sbin/nologin monitorix
COPY deploy/docker/nginx.conf /etc/nginx/nginx.conf
COPY deploy/proxy/security-headers.conf deploy/proxy/monitorix-locations.conf /etc/nginx/
COPY --from=build /src/web/dist /usr/share/monitorix/web
USER monitorix
EXPOSE 80
HEALTHCHECK --interval=15s --timeout=5s --start-period=5s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/80 && printf 'GET / HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["/usr/sbin/nginx", "-g", "daemon off;"]
