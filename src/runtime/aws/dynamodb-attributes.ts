/**
 * Plain values as DynamoDB's attributes and back, in every place of a request or an answer that holds some; values
 * themselves are converted by the SDK's own functions.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { AwsErrorDetails, CancellationReason } from './error';

type Convert = (item: object) => object;

/** Members that are an item, or part of one. */
const ITEM_MEMBERS = [
  'Attributes',
  'ExclusiveStartKey',
  'ExpressionAttributeValues',
  'Item',
  'ItemCollectionKey',
  'Key',
  'LastEvaluatedKey',
];
const LIST_MEMBERS = ['Items', 'Keys'];

export function toAttributes({ RequestItems, TransactItems, ...input }: Requests): object {
  return {
    ...members(input, attributesOf),
    ...(RequestItems && { RequestItems: byTable(RequestItems, attributesOf) }),
    ...(TransactItems && {
      TransactItems: TransactItems.map((write) => values(write, (part) => members(part, attributesOf))),
    }),
  };
}

export function fromAttributes(answer: Answers): object {
  const { Responses, UnprocessedKeys, UnprocessedItems, ItemCollectionMetrics, ...output } = answer;
  return {
    ...members(output, plain),
    ...(Responses && { Responses: values(Responses, (items) => (items as object[]).map(plain)) }),
    ...(UnprocessedKeys && { UnprocessedKeys: byTable(UnprocessedKeys, plain) }),
    ...(UnprocessedItems && { UnprocessedItems: byTable(UnprocessedItems, plain) }),
    ...(ItemCollectionMetrics && { ItemCollectionMetrics: metrics(ItemCollectionMetrics) }),
  };
}

/** What the errors of conditional writes tell beside their message. */
export function errorDetails({ CancellationReasons, Item }: Record<string, unknown>): Partial<AwsErrorDetails> {
  return {
    cancellationReasons: (CancellationReasons as CancellationReason[] | undefined)?.map((reason) =>
      members(reason, plain),
    ),
    item: Item ? (plain(Item) as Record<string, unknown>) : undefined,
  };
}

interface Requests {
  readonly RequestItems?: Tables;
  readonly TransactItems?: readonly object[];
}

interface Answers {
  readonly Responses?: Tables;
  readonly UnprocessedKeys?: Tables;
  readonly UnprocessedItems?: Tables;
  readonly ItemCollectionMetrics?: object;
}

type Tables = Readonly<Record<string, object>>;

/** Keys to read, or writes, of each table. */
function byTable(tables: Tables, convert: Convert): object {
  return values(tables, (requests) =>
    Array.isArray(requests)
      ? requests.map((write) => values(write, (part) => members(part, convert)))
      : members(requests, convert),
  );
}

/** Of one write, or of each table's writes. */
function metrics(found: object): object {
  if ('ItemCollectionKey' in found) return members(found, plain);
  return values(found, (list) => (list as object[]).map((each) => members(each, plain)));
}

function members<T extends object>(structure: T, convert: Convert): T {
  const converted = Object.entries(structure).map(([name, value]) => {
    if (value === undefined || value === null) return [name, value];
    if (ITEM_MEMBERS.includes(name)) return [name, convert(value)];
    if (LIST_MEMBERS.includes(name)) return [name, value.map(convert)];
    return [name, value];
  });
  return Object.fromEntries(converted);
}

function values(record: object, convert: (value: object) => unknown): object {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, value && convert(value)]));
}

/** Each attribute by itself, as the document client has it, so that an item may be an object of any class. */
function attributesOf(item: object): Record<string, AttributeValue> {
  const attributes = Object.entries(item).filter(([, value]) => value !== undefined && typeof value !== 'function');
  return Object.fromEntries(
    attributes.map(([name, value]) => [
      name,
      marshall(value, { convertTopLevelContainer: true, removeUndefinedValues: true }) as unknown as AttributeValue,
    ]),
  );
}

function plain(item: object): object {
  return unmarshall(item as Record<string, AttributeValue>);
}
