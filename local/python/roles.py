"""Credentials and clients of the roles that a template gives its functions and jobs."""

import hashlib
import hmac
import os


def role_session(role_arn: str, session_name: str) -> dict[str, str]:
    """Environment variables with a session of the role, as AWS hands them to what runs under it."""
    from ministack.services import sts

    def derive(use: str) -> str:
        """The same for every environment of a function, and unknown to who knows no more than its name."""
        secret = os.environ["AWS_SECRET_ACCESS_KEY"].encode()
        return hmac.new(secret, f"{use}:{session_name}:{role_arn}".encode(), hashlib.sha256).hexdigest()

    access_key, secret_key, token = f"ASIA{derive('id')[:16].upper()}", derive("secret"), derive("token")
    account = role_arn.split(":")[4]
    role_name = role_arn.rsplit("/", 1)[-1]
    sts.register_session(
        access_key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{session_name[:64]}",
            "UserId": f"{role_name}:{session_name[:64]}",
            "SecretAccessKey": secret_key,
            "SessionToken": token,
        },
    )
    return {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key, "AWS_SESSION_TOKEN": token}


def role_client(service: str, role_arn: str, session_name: str):
    """A client with that role's credentials: what the role may not do fails here as on AWS."""
    import boto3
    from botocore.config import Config

    session = role_session(role_arn, session_name)
    return boto3.client(
        service,
        aws_access_key_id=session["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=session["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=session["AWS_SESSION_TOKEN"],
        config=Config(s3={"addressing_style": "path"}),
    )
