"""Batches of SQS are authorised as the action that they are batches of: there are no actions of their own on AWS."""

from . import mends


@mends("ministack.core.iam_actions")
def batches(iam_actions):
    extract = iam_actions.extract_iam_action

    def action(service, *request):
        name = extract(service, *request)
        return name.removesuffix("Batch") if service == "sqs" and name else name

    iam_actions.extract_iam_action = action
