"""A server that gives access tokens for client credentials and lets them through, by Debian's python3-oauthlib, over TLS."""
import base64
import http.server
import json
import ssl
import threading
import urllib.parse

from oauthlib.oauth2 import BackendApplicationServer, RequestValidator


class Clients(RequestValidator):
    """Who may have a token, and which were given."""

    def __init__(self, clients):
        self.clients, self.tokens = clients, set()

    def authenticate_client(self, request, *args, **kwargs):
        name, secret = request.client_id, request.client_secret
        kind, _, rest = request.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            name, _, secret = (urllib.parse.unquote_plus(part) for part in base64.b64decode(rest).decode().partition(":"))
        if self.clients.get(name) != secret:
            return False
        request.client = type("Client", (), {"client_id": name})()
        return True

    def validate_grant_type(self, client_id, grant_type, client, request, *args, **kwargs):
        return grant_type == "client_credentials"

    def get_default_scopes(self, client_id, request, *args, **kwargs):
        return ["read"]

    def validate_scopes(self, client_id, scopes, client, request, *args, **kwargs):
        return set(scopes) <= {"read", "write"}

    def save_bearer_token(self, token, request, *args, **kwargs):
        self.tokens.add(token["access_token"])

    def validate_bearer_token(self, token, scopes, request):
        return token in self.tokens


class SignInServer:
    """`/token` gives tokens, all else wants one."""

    def __init__(self, key, certificate, clients):
        self.clients = Clients(clients)
        server = BackendApplicationServer(self.clients)

        class Handler(http.server.BaseHTTPRequestHandler):
            def say(self, status, body, headers=()):
                self.send_response(status)
                for name, value in dict(headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers, body, status = server.create_token_response(f"https://localhost{self.path}", "POST", form, dict(self.headers))
                self.say(status, body.encode(), headers)

            def do_GET(self):
                knows, _ = server.verify_request(f"https://localhost{self.path}", "GET", None, dict(self.headers), ["read"])
                self.say(200 if knows else 401, json.dumps({"state": "fine" if knows else "who are you"}).encode())

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
