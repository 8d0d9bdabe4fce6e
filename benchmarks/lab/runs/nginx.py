"""nginx as the edge of the shop: one server, one upstream per service."""

import signal
from collections.abc import Mapping

from lab.programs import Command
from lab.stage import Stage, rotate

ADDRESS, PORT = "10.20.0.10", 80

_CONF = """
user nobody nogroup;
worker_processes 1;
pid {root}/run/nginx.pid;
error_log {log}/error.log warn;
events {{ worker_connections 512; }}
http {{
  log_format timed '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" '
                   '"$http_user_agent" rt=$request_time uct="$upstream_connect_time" urt="$upstream_response_time" '
                   'us="$upstream_addr" rid=$request_id';
  access_log {log}/access.log {format};
  client_body_temp_path {root}/run/body; proxy_temp_path {root}/run/proxy; fastcgi_temp_path {root}/run/fastcgi;
  uwsgi_temp_path {root}/run/uwsgi; scgi_temp_path {root}/run/scgi;
  set_real_ip_from 10.20.0.0/16; set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;
  server_tokens off; keepalive_timeout 30s;
  proxy_set_header Host $host; proxy_set_header X-Request-ID $request_id; proxy_set_header X-Forwarded-For $remote_addr;
  proxy_connect_timeout 2s; proxy_read_timeout {read_timeout};
{upstreams}
  server {{
    listen {address}:{port};
    server_name shop.example;
{locations}
    location / {{ return 404; }}
  }}
}}
"""


def write_nginx(
    stage: Stage,
    upstreams: Mapping[str, tuple[str, ...]],
    locations: dict[str, str],
    log_format: str = "timed",
    read_timeout: str = "10s",
) -> None:
    """Writes the configuration.

    Args:
        stage: where it runs.
        upstreams: name → addresses with ports.
        locations: path prefix → upstream.
        log_format: `timed` (combined and times) or `combined`.
        read_timeout: how long nginx waits for an upstream.
    """
    log = stage.make_log_folder("nginx")
    blocks = [
        f"  upstream {name} {{ {' '.join(f'server {one};' for one in servers)} }}"
        for name, servers in upstreams.items()
    ]
    routes = [f"    location {path} {{ proxy_pass http://{name}; }}" for path, name in locations.items()]
    text = _CONF.format(
        root=stage.root,
        log=log,
        format=log_format,
        read_timeout=read_timeout,
        upstreams="\n".join(blocks),
        locations="\n".join(routes),
        address=ADDRESS,
        port=PORT,
    )
    (stage.root / "etc" / "nginx.conf").write_text(text)


def start_nginx(stage: Stage) -> None:
    """Starts nginx with the configuration written before."""
    conf = stage.root / "etc" / "nginx.conf"
    log = stage.log / "nginx" / "error.log"
    argv = ("nginx", "-e", str(log), "-c", str(conf), "-g", "daemon off;")
    stage.start(Command("nginx", argv, stage.root, user="root", group="root"), ADDRESS, PORT)


def reload_nginx(stage: Stage) -> None:
    """Lets nginx take up a changed configuration without dropping a request."""
    stage.send("nginx", signal.SIGHUP)


def rotate_nginx(stage: Stage) -> None:
    """Rotates the access log as logrotate and `nginx -s reopen` do."""
    rotate(stage.log / "nginx" / "access.log")
    stage.send("nginx", signal.SIGUSR1)
