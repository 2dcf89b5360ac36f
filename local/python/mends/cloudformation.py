"""CloudFormation: what its provisioners drop, mis-case or refuse."""

from . import mends

PLACEHOLDER = "not-emulated-"


@mends("ministack.services.cloudformation.provisioners")
def mend(provisioners):
    handlers = _WithPlaceholders(provisioners._RESOURCE_HANDLERS)
    handlers["AWS::CloudWatch::Alarm"] = _placeholder_where(
        handlers["AWS::CloudWatch::Alarm"], lambda props: bool(props.get("Metrics"))
    )
    provisioners._RESOURCE_HANDLERS = handlers


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


def _placeholder_where(handlers, is_unknown):
    """Handlers of a type that the emulator refuses in part: what it refuses becomes a placeholder."""

    def create(logical_id, props, stack_name):
        return (_create if is_unknown(props) else handlers["create"])(logical_id, props, stack_name)

    def update(physical_id, old_props, new_props, stack_name, logical_id=None):
        was_placeholder = physical_id.startswith(PLACEHOLDER)
        if was_placeholder != is_unknown(new_props):
            return create(logical_id or physical_id, new_props, stack_name)
        if was_placeholder:
            return _update(physical_id, old_props, new_props, stack_name)
        rest = [logical_id] if handlers.get("update_with_logical_id") else []
        return handlers["update"](physical_id, old_props, new_props, stack_name, *rest)

    def delete(physical_id, props):
        if not physical_id.startswith(PLACEHOLDER):
            handlers["delete"](physical_id, props)

    return handlers | {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}
