"""SES v2: sending is authorised on the identity that the mail comes from, as on AWS, not on `*`; the address that it
comes from is the condition key ses:FromAddress.
"""

import json
from contextvars import ContextVar
from email.utils import parseaddr

from . import mends

# The evaluator is asked right after the resource was named, but not told of the request.
_from_address: ContextVar[str] = ContextVar("from_address", default="")


@mends("ministack.core.iam_actions")
def sending_identity(iam_actions):
    resource_arn = iam_actions._ses_v2_resource_arn

    def arn(method, path, body, region, account_id):
        if method != "POST" or not path.rstrip("/").endswith("/outbound-emails"):
            return resource_arn(method, path, body, region, account_id)
        request = json.loads(body or b"{}")
        _from_address.set(parseaddr(request.get("FromEmailAddress", ""))[1])
        if request.get("FromEmailAddressIdentityArn"):
            return request["FromEmailAddressIdentityArn"]
        return f"arn:aws:ses:{region}:{account_id}:identity/{_identity(request.get('FromEmailAddress', ''))}"

    iam_actions._ses_v2_resource_arn = arn


@mends("ministack.core.iam_evaluator")
def from_address(iam_evaluator):
    enforce = iam_evaluator.enforce

    def with_from_address(access_key, action, *arguments, service_context=None, **options):
        if action == "ses:SendEmail":
            service_context = {**(service_context or {}), "ses:FromAddress": _from_address.get()}
        return enforce(access_key, action, *arguments, service_context=service_context, **options)

    iam_evaluator.enforce = with_from_address


def _identity(sender: str) -> str:
    """The verified address itself, else its domain or the nearest parent domain that is verified."""
    from ministack.services import ses_v2

    address = parseaddr(sender)[1]
    labels = address.rpartition("@")[2].split(".")
    domains = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    return next((name for name in [address, *domains] if name in ses_v2._identities), address)
