"""What the local cloud adds in front of the emulator: control paths under /_local/, injected faults, SageMaker."""

import json

import faults
import sagemaker
from gate import Gate, Listener, Request


def install(emulator, gate: Gate) -> None:
    """Takes every request before the emulator routes it to a service."""
    route = emulator._handle_special_data_plane_request

    async def front(method, path, headers, body, query_params, request_id, **rest):
        if path.startswith("/_local/"):
            return _control(emulator, gate, method, path, json.loads(body or b"null"))
        if answer := await sagemaker.handle(emulator, method, path, headers, body, query_params, request_id):
            return answer

        async def serve():
            return await route(method, path, headers, body, query_params, request_id, **rest)

        if not faults.armed():
            return await serve()

        async def serve_fully():
            return await serve() or await emulator._dispatch_service_request(
                method, path, headers, body, query_params, request_id
            )

        return await faults.strike(method, path, headers, body, query_params, request_id, serve_fully) or await serve()

    emulator._handle_special_data_plane_request = front


def _control(emulator, gate: Gate, method: str, path: str, body):
    if path == "/_local/refusal":
        request = Request(body["method"], body["path"], body["headers"])
        return _json(200, {"reason": gate.refusal(Listener(body["port"]), request)})
    if path == "/_local/pages":
        gate.admit_pages(body)
        return 204, {}, b""
    if path == "/_local/faults":
        faults.inject(body) if body else faults.clear()
        return 204, {}, b""
    if path == "/_local/sagemaker":
        sagemaker.replace(body)
        return 204, {}, b""
    if path == "/_local/distributions":
        distributions = emulator._get_module("cloudfront")._distributions.values()
        return _json(200, {distribution["Id"]: distribution["DomainName"] for distribution in distributions})
    return _json(404, {"message": f"no control path {method} {path}"})


def _json(status: int, body: dict):
    # The emulator adds the length to the headers it is given: they must not be those of the answer before.
    return status, {"Content-Type": "application/json"}, json.dumps(body).encode()
