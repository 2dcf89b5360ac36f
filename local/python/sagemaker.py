"""SageMaker's InvokeEndpoint in front of model servers that speak its container contract (`POST /invocations`)."""

import asyncio
import json
import re
import urllib.error
import urllib.request

# InvokeEndpoint gives a model 60 seconds.
_TIMEOUT_SECONDS = 60
_INVOCATION = re.compile(r"^/endpoints/([^/]+)/invocations$")
_PASSED_ON = ("content-type", "accept", "x-amzn-sagemaker-custom-attributes", "x-amzn-sagemaker-inference-id")
_servers: dict[str, str] = {}


def replace(servers: dict[str, str]) -> None:
    """Endpoint names with the address of the model server behind each."""
    _servers.clear()
    _servers.update(servers)


async def handle(emulator, method, path, headers, body, query_params, request_id):
    from ministack.core.responses import get_account_id, get_region

    match = _INVOCATION.match(path) if method == "POST" else None
    if match is None:
        return None
    name = match[1]
    arn = f"arn:aws:sagemaker:{get_region()}:{get_account_id()}:endpoint/{name.lower()}"
    denied = emulator._enforce_data_plane(
        "sagemaker", "sagemaker:InvokeEndpoint", headers, query_params, request_id, resource_arn=arn
    )
    if denied:
        return denied
    if name not in _servers:
        return _error(400, "ValidationError", f"Endpoint {name} of account {get_account_id()} not found.")
    sent = {header: headers[header] for header in _PASSED_ON if header in headers}
    return await asyncio.to_thread(_invoke, name, _servers[name], sent, body)


def _invoke(name: str, server: str, headers: dict, body: bytes):
    request = urllib.request.Request(f"{server}/invocations", data=body or b"", headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:
            content_type = response.headers.get("content-type", "application/octet-stream")
            answer = {"Content-Type": content_type, "x-Amzn-Invoked-Production-Variant": "AllTraffic"}
            return response.status, answer, response.read()
    except urllib.error.HTTPError as error:
        original = error.read().decode(errors="replace")
        message = f"Received server error ({error.code}) from primary with message \"{original}\"."
        return _error(424, "ModelError", message, OriginalStatusCode=error.code, OriginalMessage=original)
    except OSError as error:
        reason = f"Endpoint {name} did not answer within {_TIMEOUT_SECONDS} seconds ({error})"
        return _error(424, "ModelError", reason, OriginalStatusCode=0, OriginalMessage="")


def _error(status: int, code: str, message: str, **details):
    body = json.dumps({"message": message, "Message": message, **details}).encode()
    return status, {"Content-Type": "application/json", "x-amzn-errortype": code}, body
