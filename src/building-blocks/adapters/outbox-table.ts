import { OUTBOX } from '../../runtime/contract';
import type { Table } from '../../runtime/table';
import type { OutboxEvent, OutboxItems } from '../domain/outbox';

const EVENTS_PER_PAGE = 100;

/** The events among the items of a context's table. */
export class OutboxTable implements OutboxItems {
  readonly shards = Array.from({ length: OUTBOX.SHARDS }, (_, shard) => `${OUTBOX.PREFIX}${shard}`);

  constructor(private readonly table: Pick<Table, 'query' | 'remove'>) {}

  async *waiting(shard: string, before: Date): AsyncGenerator<readonly OutboxEvent[]> {
    const values = { ':pk': shard, ':before': before.toISOString() };
    let startAt: Awaited<ReturnType<Table['query']>>['next'];
    do {
      const page = await this.table.query({
        where: 'pk = :pk AND sk < :before',
        values,
        limit: EVENTS_PER_PAGE,
        startAt,
      });
      if (page.items.length > 0) yield page.items as readonly object[] as readonly OutboxEvent[];
      startAt = page.next;
    } while (startAt);
  }

  async remove({ pk, sk }: OutboxEvent): Promise<void> {
    await this.table.remove({ pk, sk });
  }
}
