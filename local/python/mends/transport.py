"""Nothing leaves this machine, so policies that ask for TLS get what they ask for: no one else can listen."""

from . import mends


@mends("ministack.core.iam_evaluator")
def loopback_is_secure(iam_evaluator):
    """AWS's clients speak plain http to the emulator; buckets and queues with `enforceSSL` denied every call."""
    pin_request_origin = iam_evaluator.pin_request_origin
    iam_evaluator.pin_request_origin = lambda source_ip, _: pin_request_origin(source_ip, True)
