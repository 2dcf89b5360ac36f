import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { TABLE_INDEXES, TABLE_KEYS } from './contract';
import { dataRemovalPolicy } from './data-removal';
import { Mistakes } from './validation';

export interface ContextTableProps {
  /** The user's own table. It needs keys pk and sk, GSI1 to GSI3 as this one declares them, and ttl. */
  readonly table?: dynamodb.ITableV2;
  readonly encryptionKey?: kms.IKey;
  readonly removalPolicy?: RemovalPolicy;
  /** @default - true, unless the table goes with its stack */
  readonly deletionProtection?: boolean;
}

/** Users' own tables, and the part that uses each. */
const USED = new WeakMap<dynamodb.ITableV2, string>();

/**
 * The one table of a bounded context, or the user's own in its place.
 *
 * Keys and indexes are generic and all there from the start: CloudFormation adds one index per update, and neither a
 * table's keys nor what an index holds can ever change after the first deployment.
 */
export class ContextTable extends Construct {
  readonly table: dynamodb.ITableV2;

  constructor(scope: Construct, id: string, props: ContextTableProps = {}) {
    super(scope, id);
    const mistakes = new Mistakes(this);
    const keyWithoutRegion = mistakes.when(
      props.encryptionKey !== undefined && !props.table && Token.isUnresolved(Stack.of(this).region),
      'encryptionKey needs to know the region of the table. Give the stack one: new Stack(app, id, { env: { region } }).',
    );
    const other = props.table && USED.get(props.table);
    mistakes.when(
      other !== undefined,
      `table is used by ${other} already; each part needs a table of its own, in which nothing else is.`,
    );
    if (props.table) USED.set(props.table, scope.node.path);
    this.table = props.table ?? this.create(keyWithoutRegion ? { ...props, encryptionKey: undefined } : props);
  }

  private create(props: ContextTableProps): dynamodb.TableV2 {
    const removalPolicy = dataRemovalPolicy(this, props.removalPolicy);
    const string = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });
    return new dynamodb.TableV2(this, 'Table', {
      partitionKey: string(TABLE_KEYS.PARTITION),
      sortKey: string(TABLE_KEYS.SORT),
      globalSecondaryIndexes: TABLE_INDEXES.map(({ NAME, PARTITION, SORT, ATTRIBUTES }) => ({
        indexName: NAME,
        partitionKey: string(PARTITION),
        sortKey: string(SORT),
        ...(ATTRIBUTES.length > 0
          ? { projectionType: dynamodb.ProjectionType.INCLUDE, nonKeyAttributes: [...ATTRIBUTES] }
          : { projectionType: dynamodb.ProjectionType.KEYS_ONLY }),
      })),
      timeToLiveAttribute: TABLE_KEYS.TIME_TO_LIVE,
      dynamoStream: dynamodb.StreamViewType.NEW_IMAGE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: props.encryptionKey
        ? dynamodb.TableEncryptionV2.customerManagedKey(props.encryptionKey)
        : dynamodb.TableEncryptionV2.dynamoOwnedKey(),
      removalPolicy,
      deletionProtection: props.deletionProtection ?? removalPolicy !== RemovalPolicy.DESTROY,
    });
  }
}
