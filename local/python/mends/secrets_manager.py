"""Secrets: `Ref` is the ARN, as policies and functions need it, and a generated value keeps to its character rules."""

import json

from . import mends


@mends("ministack.services.cloudformation.provisioners")
def secret(provisioners):
    handlers = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def name_of(arn):
        secrets = provisioners._sm._secrets.items()
        return next((name for name, record in secrets if record["ARN"] == arn), arn)

    def create_secret(logical_id, props, stack_name):
        _name, attributes = create(logical_id, props, stack_name)
        return attributes["Arn"], attributes

    def update_secret(physical_id, old_props, new_props, stack_name, logical_id=None):
        _name, attributes = update(name_of(physical_id), old_props, new_props, stack_name, logical_id)
        return attributes["Arn"], attributes

    handlers |= {
        "create": create_secret,
        "update": update_secret,
        "delete": lambda physical_id, props: delete(name_of(physical_id), props),
    }
    declared_value = provisioners._sm_secret_string

    def secret_string(props):
        rules = props.get("GenerateSecretString")
        if not rules or props.get("SecretString"):
            return declared_value(props)
        generated = json.loads(provisioners._sm._get_random_password(rules)[2])["RandomPassword"]
        if not rules.get("SecretStringTemplate"):
            return generated
        return json.dumps(json.loads(rules["SecretStringTemplate"]) | {rules["GenerateStringKey"]: generated})

    provisioners._sm_secret_string = secret_string
