"""Tables made by CloudFormation: what their handlers drop, and the items that an update of a GlobalTable lost."""

from . import mends


@mends("ministack.services.cloudformation.provisioners")
def table_settings(provisioners):
    create, update = provisioners._ddb_create, provisioners._ddb_update

    def create_table(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        _apply(provisioners._dynamodb, name, {}, props)
        return name, attributes

    def update_table(physical_id, old_props, new_props, stack_name, logical_id=None):
        name, attributes = update(physical_id, old_props, new_props, stack_name, logical_id)
        _apply(provisioners._dynamodb, name, old_props, new_props)
        return name, attributes

    def create_global_table(logical_id, props, stack_name):
        return create_table(logical_id, _as_table(props), stack_name)

    def update_global_table(physical_id, old_props, new_props, stack_name, logical_id=None):
        """Its own update leaves the logical id out: a second table under another name, without the items."""
        return update_table(physical_id, _as_table(old_props), _as_table(new_props), stack_name, logical_id)

    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::DynamoDB::Table"] |= {"create": create_table, "update": update_table}
    handlers["AWS::DynamoDB::GlobalTable"] |= {
        "create": create_global_table,
        "update": update_global_table,
        "update_with_logical_id": True,
    }


def _apply(dynamodb, name, old, new):
    ttl = new.get("TimeToLiveSpecification")
    if ttl and ttl != old.get("TimeToLiveSpecification"):
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": ttl})
    recovery = new.get("PointInTimeRecoverySpecification")
    if recovery and recovery != old.get("PointInTimeRecoverySpecification"):
        dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": recovery})


def _as_table(props):
    """A single-region GlobalTable in the words of AWS::DynamoDB::Table."""
    replica = (props.get("Replicas") or [{}])[0]
    table = {name: value for name, value in props.items() if name in _TABLE_PROPERTIES}
    return table | {name: replica[name] for name in _REPLICA_PROPERTIES if name in replica}


_TABLE_PROPERTIES = (
    "TableName AttributeDefinitions KeySchema BillingMode GlobalSecondaryIndexes LocalSecondaryIndexes "
    "StreamSpecification SSESpecification TimeToLiveSpecification"
).split()
_REPLICA_PROPERTIES = ("PointInTimeRecoverySpecification", "DeletionProtectionEnabled", "Tags", "TableClass")
