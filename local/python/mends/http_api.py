"""HTTP APIs: the template's CORS configuration, where a request came from, and what a caller sees of a failed function."""

import json

from . import mends


@mends("ministack.services.cloudformation.provisioners")
def cors_configuration(provisioners):
    """The API keeps CORS in the lower camel case of its own protocol; the template's case made every preflight a 403."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    create, update = handlers["create"], handlers["update"]

    def create_api(logical_id, props, stack_name):
        return create(logical_id, _in_api_case(props), stack_name)

    def update_api(physical_id, old_props, new_props, stack_name, logical_id=None):
        return update(physical_id, _in_api_case(old_props), _in_api_case(new_props), stack_name, logical_id)

    handlers |= {"create": create_api, "update": update_api}


def _in_api_case(props):
    cors = props.get("CorsConfiguration")
    if not cors:
        return props
    return props | {"CorsConfiguration": {name[0].lower() + name[1:]: value for name, value in cors.items()}}


@mends("ministack.services.apigateway")
def source_address(apigateway):
    """A function is told who opened the connection; the emulator says of every caller that it is this machine."""
    from ministack.core.responses import get_request_client_ip

    run_reentrant = apigateway.run_reentrant

    async def run(function, *args, **kwargs):
        for event in args:
            if isinstance(event, dict) and "http" in event.get("requestContext", {}):
                address = get_request_client_ip()
                forwarded = event["headers"].get("x-forwarded-for")
                event["requestContext"]["http"]["sourceIp"] = address
                event["headers"]["x-forwarded-for"] = f"{forwarded}, {address}" if forwarded else address
        return await run_reentrant(function, *args, **kwargs)

    apigateway.run_reentrant = run


@mends("ministack.services.lambda_svc")
def failed_function(lambda_svc):
    """A failed or throttled function answers 500 and 503 with AWS's own message: its error never reaches the caller."""
    to_proxy_response = lambda_svc.lambda_execute_result_to_api_proxy_response

    def response(result):
        if result.get("throttle"):
            return _message(503, "Service Unavailable")
        if result.get("error"):
            timed_out = (result.get("body") or {}).get("errorType") == "Sandbox.Timedout"
            return _message(503, "Service Unavailable") if timed_out else _message(500, "Internal Server Error")
        return to_proxy_response(result)

    lambda_svc.lambda_execute_result_to_api_proxy_response = response


def _message(status, message):
    headers = {"Content-Type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps({"message": message})}, None
