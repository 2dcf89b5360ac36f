"""Who a caller is: root is who signs with the key pair of this start, and who does not sign is nobody.

The emulator takes `test`, every account number and a call to S3 without any signature for root, and checks no
signature of root.
"""

import os
from contextvars import ContextVar

from . import mends

# Served without a signature on AWS as well: what the request asks for decides, not who asks.
_open_to_all: ContextVar[bool] = ContextVar("open_to_all", default=False)


@mends("ministack.core.iam_evaluator")
def identity(iam_evaluator):
    root_key = os.environ["AWS_ACCESS_KEY_ID"]
    resolve_caller_identity = iam_evaluator.resolve_caller_identity
    resolve_principal, enforce = iam_evaluator.resolve_principal, iam_evaluator.enforce
    check_credentials = iam_evaluator.check_credentials

    def caller_identity(access_key_id):
        if access_key_id != root_key:
            return resolve_caller_identity(access_key_id)
        account = iam_evaluator.resolve_credential(root_key).account_id
        return {
            "accessKey": access_key_id,
            "accountId": account,
            "userArn": f"arn:aws:iam::{account}:root",
            "userId": account,
            "principalOrgId": iam_evaluator._principal_org_id(account),
            "session": None,
        }

    def principal(access_key_id, account_id, credential=None):
        if access_key_id or _open_to_all.get():
            return resolve_principal(access_key_id or root_key, account_id, credential)
        return iam_evaluator.PrincipalInfo("anonymous", "Anonymous", account_id, policies=[])

    def with_anonymous(access_key_id, action, service, *arguments, **options):
        is_open = not access_key_id and (
            action == "execute-api:Invoke" or iam_evaluator._served_unsigned(service, action)
        )
        token = _open_to_all.set(is_open)
        try:
            return enforce(access_key_id, action, service, *arguments, **options)
        finally:
            _open_to_all.reset(token)

    def signed_calls_only(access_key_id, service=None):
        if access_key_id:
            return check_credentials(access_key_id, service)
        return iam_evaluator.AuthError("MissingAuthenticationToken", "Missing Authentication Token")

    iam_evaluator.is_root_access_key = lambda access_key_id: access_key_id == root_key
    # Asked before a signature is looked at: nobody's stays unchecked.
    iam_evaluator._is_root_key = lambda access_key_id: False
    iam_evaluator.resolve_caller_identity = caller_identity
    iam_evaluator.resolve_principal = principal
    iam_evaluator.enforce = with_anonymous
    iam_evaluator.check_credentials = signed_calls_only
