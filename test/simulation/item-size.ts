import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

const KILOBYTE = 1024;

/** Bytes of an item by DynamoDB's rules for what is stored and paid for. */
export function itemSize(item: Readonly<Record<string, unknown>>): number {
  return sizeOfMap(marshall(item, { removeUndefinedValues: true }));
}

/** Write units of an item of so many bytes; one in a transaction counts twice. */
export function writeUnits(bytes: number, transactional = false): number {
  return Math.max(1, Math.ceil(bytes / KILOBYTE)) * (transactional ? 2 : 1);
}

function sizeOfMap(map: Readonly<Record<string, AttributeValue>>): number {
  return Object.entries(map).reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name) + sizeOf(value), 0);
}

function sizeOf(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  // About a byte for two significant digits, and one more.
  if (value.N !== undefined) return Math.ceil(value.N.replace(/^-|\.|0+$/g, '').length / 2) + (value.N < '0' ? 2 : 1);
  if (value.B !== undefined) return value.B.length;
  if (value.M) return 3 + Object.keys(value.M).length + sizeOfMap(value.M);
  if (value.L) return value.L.reduce((bytes, entry) => bytes + 1 + sizeOf(entry), 3);
  if (value.SS) return value.SS.reduce((bytes, entry) => bytes + Buffer.byteLength(entry), 0);
  return 1;
}
