"""Faults that the emulator never makes by itself, struck into the calls that functions make (never a tester's own)."""

import json
import random

# Carried out, then answered with an error: what the caller sees when a reply is lost.
REPLY_LOST = "ReplyLost"
_STATUS = {"InternalServerError": 500, "InternalFailure": 500, "ServiceUnavailable": 503, "SlowDown": 503}
_faults: list["Fault"] = []


class Fault:
    def __init__(self, spec: dict):
        self.service, self.operation, self.error = spec["service"], spec["operation"], spec["error"]
        self.probability = spec.get("probability", 1)
        self.left = spec.get("times")
        self.random = random.Random(spec.get("seed", 0))

    def hits(self, service: str, operation: str) -> bool:
        if (service, operation) != (self.service, self.operation) or self.left == 0:
            return False
        if self.random.random() >= self.probability:
            return False
        if self.left is not None:
            self.left -= 1
        return True


def inject(spec: dict) -> None:
    _faults.append(Fault(spec))


def clear() -> None:
    _faults.clear()


def armed() -> bool:
    return bool(_faults)


async def strike(method, path, headers, body, query_params, request_id, serve):
    """The answer of the first fault that hits this request, or None."""
    from ministack.core.iam_actions import access_denied_response, extract_iam_action
    from ministack.core.router import detect_service, extract_access_key_id

    if not extract_access_key_id(headers, query_params).startswith("ASIA"):
        return None
    service = detect_service(method, path, headers, query_params)
    action = extract_iam_action(service, method, path, headers, body, query_params)
    if not action:
        return None
    operation = action.split(":", 1)[1]
    fault = next((fault for fault in _faults if fault.hits(service, operation)), None)
    if fault is None:
        return None
    if fault.error == "TransactionConflict":
        return _transaction_conflict(body, fault.random)
    code = fault.error
    if fault.error == REPLY_LOST:
        status, *_ = answer = await serve()
        if status >= 400:
            return answer
        code = "InternalServerError"
    message = f"{code} injected into {action}"
    response = access_denied_response(service, action, "", request_id, error_code=code, message=message, headers=headers)
    return _STATUS.get(code, 400), response[1] | {"x-amzn-errortype": code}, response[2]


def _transaction_conflict(body: bytes, chance: random.Random):
    items = json.loads(body)["TransactItems"]
    reasons = [{"Code": "None"} for _ in items]
    reasons[chance.randrange(len(items))] = {
        "Code": "TransactionConflict",
        "Message": "Transaction is ongoing for the item",
    }
    codes = ", ".join(reason["Code"] for reason in reasons)
    answer = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        "CancellationReasons": reasons,
    }
    return 400, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(answer).encode()
