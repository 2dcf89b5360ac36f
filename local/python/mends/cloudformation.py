"""CloudFormation: what its provisioners drop, mis-case or refuse."""

import logging

from . import mends

PLACEHOLDER = "not-emulated-"
logger = logging.getLogger("cloudformation")


@mends("ministack.services.cloudformation.provisioners")
def mend(provisioners):
    provisioners._RESOURCE_HANDLERS = _WithPlaceholders(provisioners._RESOURCE_HANDLERS)


class _WithPlaceholders(dict):
    """A type without provisioner would reject the whole template: it becomes a placeholder, which the deployment lists."""

    def __contains__(self, resource_type):
        return super().__contains__(resource_type) or str(resource_type).startswith("AWS::")

    def get(self, resource_type, default=None):
        if super().__contains__(resource_type):
            return super().__getitem__(resource_type)
        return _PLACEHOLDER_HANDLER if str(resource_type).startswith("AWS::") else default


class _AnyAttribute(dict):
    def __init__(self, physical_id):
        super().__init__()
        self._physical_id = physical_id

    def __contains__(self, attribute):
        return True

    def __missing__(self, attribute):
        return f"{self._physical_id}-{attribute}"


def _create(logical_id, props, stack_name):
    physical_id = f"{PLACEHOLDER}{stack_name}-{logical_id}"
    return physical_id, _AnyAttribute(physical_id)


def _update(physical_id, old_props, new_props, stack_name):
    return physical_id, _AnyAttribute(physical_id)


_PLACEHOLDER_HANDLER = {"create": _create, "update": _update, "delete": lambda physical_id, props: None}
