import { createHash } from 'node:crypto';
import type { Table } from './table';

/** So many in so long a time. */
export interface QuotaLimit {
  readonly most: number;
  readonly seconds: number;
}

/** Whether one more is allowed; if not, after how many seconds one will be. */
export type Taken = { readonly taken: true } | { readonly taken: false; readonly retryAfter: number };

/** Kept after its time is over, for whoever looks into it. The table may keep it for days longer. */
const KEPT_SECONDS = 24 * 60 * 60;

/**
 * Counts, in a table, what is done for each of many: as many in a span of time as are allowed. The spans follow each
 * other without a gap, so that twice as many may come around the end of one.
 *
 * Neither whom it counts for nor what it counts is stored, only hashes of them. That hides them from who looks on, not
 * from who tries out all that they could be.
 */
export class Quota {
  /** @param prefix of the items' partition keys */
  constructor(
    private readonly table: Pick<Table, 'update'>,
    private readonly prefix: string,
    private readonly limit: QuotaLimit,
  ) {}

  /** Takes one of what is allowed. However often it is asked for the same thing, that counts once. */
  async take(forWhom: string, what: string, now: Date): Promise<Taken> {
    const { most, seconds } = this.limit;
    const span = Math.floor(now.getTime() / 1000 / seconds);
    const end = (span + 1) * seconds;
    const one = hash(what, 8);
    const written = await this.table.update({
      key: { pk: this.prefix + hash(this.prefix + forWhom, 22), sk: String(span) },
      update: 'SET taken = list_append(if_not_exists(taken, :none), :more), #ttl = :ttl, #kind = :kind',
      condition: 'attribute_not_exists(taken) OR (size(taken) < :most AND NOT contains(taken, :one))',
      names: { '#ttl': 'ttl', '#kind': 'kind' },
      values: { ':none': [], ':more': [one], ':one': one, ':most': most, ':ttl': end + KEPT_SECONDS, ':kind': 'QUOTA' },
    });
    const isCounted = written.held || (written.found?.taken as string[] | undefined)?.includes(one);
    return isCounted ? { taken: true } : { taken: false, retryAfter: Math.max(1, end - now.getTime() / 1000) };
  }
}

function hash(text: string, length: number): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, length);
}
