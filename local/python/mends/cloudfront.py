"""CloudFront: an origin that is an API of this cloud is answered here, not looked up on the Internet.

The API sees the address of a server of CloudFront; that of the viewer stands in `X-Forwarded-For`.
"""

import re
from urllib.parse import parse_qs, unquote

from . import mends

EDGE_SERVER = "64.252.64.1"
_API_HOST = re.compile(r"^([a-z0-9]+)\.execute-api\.")


@mends("ministack.services.cloudfront")
def api_origin(cloudfront):
    fetch = cloudfront._fetch_from_origin

    async def fetch_from_origin(origin, method, uri, query, headers, body, viewer_is_https, client_ip, forwarded, arn):
        match = _API_HOST.match(origin["domain_name"])
        if match is None:
            return await fetch(origin, method, uri, query, headers, body, viewer_is_https, client_ip, forwarded, arn)
        from ministack import app
        from ministack.core import responses

        raw_path = (origin.get("origin_path") or "") + uri
        host = f"{match[1]}.execute-api.localhost"
        sent = cloudfront._origin_request_headers(origin, headers, client_ip, forwarded)
        responses.set_request_client_ip(EDGE_SERVER)
        try:
            status, answer, data = await app._handle_execute_api_request(
                host,
                unquote(raw_path),
                method,
                {name.lower(): value for name, value in sent.items()} | {"host": host, "x-forwarded-proto": "https"},
                body or b"",
                parse_qs(query, keep_blank_values=True),
                raw_path=raw_path,
                raw_query_string=query,
            )
        finally:
            responses.set_request_client_ip(client_ip)
        return status, "", cloudfront._multidict_from_pairs(_pairs(answer)), data

    cloudfront._fetch_from_origin = fetch_from_origin


def _pairs(headers):
    for name, values in headers.items():
        for value in values if isinstance(values, list) else [values]:
            yield name, value
