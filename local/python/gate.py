"""Who may speak to the local cloud: the only place of that rule, for each of its listeners.

Any page that is open in the developer's browser can send requests to 127.0.0.1, and its owner can let a name of his
point there. So a listener serves requests that name it in `Host`, and of those that a browser sends for a page only
those of the cloud's own pages. What steers the cloud itself also takes the secret of this start.
"""

import functools
import hashlib
import hmac
import json
import os
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

SECRET_HEADER = "x-local-cloud-secret"
# A front door's own word for which port a request came to, and for which of the cloud's hosts.
DOOR_HEADER = "x-local-cloud-door"
TOKEN = "x-local-cloud-token"

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_BELOW_LOCALHOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.localhost")
_STEERING = ("/_local/", "/_ministack/", "/_localstack/")
# Nothing to learn or to change; or a path that cannot be guessed, handed to the one who shall answer there.
_NOT_STEERING = ("/_ministack/health", "/_ministack/ready", "/_localstack/health")
_CALLBACKS = ("/_ministack/cfn-response/", "/_ministack/cfn-signal/")


@dataclass(frozen=True)
class Listener:
    port: int
    # Serves names below `localhost` too, as buckets, APIs and distributions have them.
    virtual_hosts: bool = False
    # Serves every page of the cloud, not its own pages alone.
    pages_of_cloud: bool = False

    def names(self, host: str) -> bool:
        name, _, port = host.rpartition(":") if re.search(r":\d+$", host) else (host, "", "80")
        if port != str(self.port):
            return False
        return name in _LOOPBACK or (self.virtual_hosts and _BELOW_LOCALHOST.fullmatch(name) is not None)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    # Names in lower case; values of a header that came several times, joined by commas.
    headers: dict[str, str]
    query: str = ""


class Gate:
    def __init__(self, port: int, secret: str, allowed_origins: list[str]):
        if not secret:
            raise ValueError("a gate needs a secret")
        self.endpoint = Listener(port, virtual_hosts=True, pages_of_cloud=True)
        self._secret = secret
        self._allowed_origins = allowed_origins
        self.admit_pages([])

    def admit_pages(self, ports: list[int]) -> None:
        """From now on pages on these ports of this machine are the cloud's own."""
        local = (f"http://{name}:{port}" for port in ports for name in _LOOPBACK)
        self._pages = frozenset([*local, *self._allowed_origins])

    def refusal(self, listener: Listener, request: Request) -> str | None:
        """Why the request is not served, in words that say what would be; None when it is served."""
        host = request.headers.get("host", "").lower()
        if not listener.names(host):
            below = f", or a name below it such as bucket.localhost:{listener.port}" if listener.virtual_hosts else ""
            return (
                f'Host is "{host}", which is no name of this listener: '
                f"use 127.0.0.1:{listener.port} or localhost:{listener.port}{below}."
            )
        if hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret.encode()):
            return None
        page = self._foreign_page(listener, request, host)
        if page is not None:
            return (
                f"The local cloud does not serve {page}, but only pages of its own. "
                "If that is your development server, start the cloud with its origin in --allow-origin "
                "(in code: allowedOrigins)."
                if listener.pages_of_cloud
                else f"This address does not serve {page}, but only its own pages."
            )
        if _steers(request.path) and not self._has_token(request):
            return (
                f"{request.path} is the local cloud's own: send the secret access key, which it told when it started, "
                f"in the header {SECRET_HEADER}."
            )
        return None

    def token(self, path: str) -> str:
        """Opens one path to who has its address, as AWS's signed addresses do."""
        return hmac.new(self._secret.encode(), path.encode(), hashlib.sha256).hexdigest()

    def guarded(self, app):
        """The ASGI application behind this gate; requests that front doors pass on are held to the door's own names."""

        async def gate(scope, receive, send):
            if scope["type"] not in ("http", "websocket"):
                return await app(scope, receive, send)
            headers = _joined(scope["headers"])
            listener, host = self.endpoint, None
            if DOOR_HEADER in headers:
                secret, port, host = (headers[DOOR_HEADER].split(" ") + ["", ""])[:3]
                if not hmac.compare_digest(secret.encode(), self._secret.encode()):
                    return await _refuse(scope, receive, send, f"{DOOR_HEADER} is for the cloud's own front doors.")
                listener = Listener(int(port), pages_of_cloud=True)
            request = Request(scope.get("method", "GET"), scope["path"], headers, scope["query_string"].decode("latin-1"))
            if reason := self.refusal(listener, request):
                return await _refuse(scope, receive, send, reason)
            return await app({**scope, "headers": _passed_on(scope["headers"], host, self.endpoint.port)}, receive, send)

        return gate

    def guarded_handler(self, handler):
        """An `http.server` handler class behind this gate, for callers that are no browsers."""
        gate = self

        class Guarded(handler):
            def parse_request(self):
                if not super().parse_request():
                    return False
                headers = _joined((name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items())
                request = Request(self.command, urlsplit(self.path).path, headers)
                reason = gate.refusal(Listener(self.server.server_address[1]), request)
                if reason:
                    self.close_connection = True
                    self.send_error(403, explain=reason)
                return reason is None

        return Guarded

    def _foreign_page(self, listener: Listener, request: Request, host: str) -> str | None:
        """Whose page a browser sends this for when it is none of ours; None for programs and for our pages."""
        headers = request.headers
        origin = headers.get("origin")
        if origin is not None:
            if self._is_own(listener, origin, host):
                return None
            return "a page without an origin (a file, or a sandboxed frame)" if origin == "null" else f"the page {origin}"
        if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
            return None
        # A link that leads here, or its address typed in: the page that it stood on sees nothing of the answer.
        if (
            request.method in ("GET", "HEAD")
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest") == "document"
        ):
            return None
        # A browser names no origin when it gets pictures, scripts and frames for a page.
        referer = urlsplit(headers.get("referer", ""))
        origin = f"{referer.scheme}://{referer.netloc}"
        if self._is_own(listener, origin, host):
            return None
        return f"the page {origin}" if referer.netloc else "a page of another site"

    def _is_own(self, listener: Listener, origin: str, host: str) -> bool:
        if origin == f"http://{host}":
            return True
        if not listener.pages_of_cloud:
            return False
        return origin in self._pages or (
            origin.startswith("http://") and self.endpoint.names(origin.removeprefix("http://"))
        )

    def _has_token(self, request: Request) -> bool:
        given = parse_qs(request.query).get(TOKEN, [""])[0]
        return hmac.compare_digest(given.encode(), self.token(request.path).encode())


@functools.cache
def gate_of_this_cloud() -> Gate:
    environment = os.environ
    return Gate(
        int(environment["GATEWAY_PORT"]),
        environment["AWS_SECRET_ACCESS_KEY"],
        environment["LOCAL_ALLOWED_ORIGINS"].split(),
    )


def _steers(path: str) -> bool:
    return path.startswith(_STEERING) and path not in _NOT_STEERING and not path.startswith(_CALLBACKS)


def _joined(headers) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    return joined


def _passed_on(headers, host: str | None, port: int) -> list:
    """Without what is for the gate alone. Over plain http CloudFront would redirect what came to a front door to https,
    and policies on aws:SecureTransport would deny it.
    """
    own = {SECRET_HEADER.encode(), DOOR_HEADER.encode()}
    if host is None:
        return [(name, value) for name, value in headers if name.lower() not in own]
    own |= {b"host", b"x-forwarded-proto"}
    kept = [(name, value) for name, value in headers if name.lower() not in own]
    return [(b"host", f"{host}:{port}".encode()), (b"x-forwarded-proto", b"https"), *kept]


async def _refuse(scope, receive, send, reason: str) -> None:
    body = json.dumps({"__type": "AccessDenied", "message": reason}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-amzn-errortype", b"AccessDenied"),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
    ]
    # A client that is still sending would see a broken connection and not the reason.
    while (await receive()).get("more_body"):
        pass
    kind = "http.response" if scope["type"] == "http" else "websocket.http.response"
    await send({"type": f"{kind}.start", "status": 403, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})
