import { EventBridgeBus } from '../../src/building-blocks/adapters/event-bridge-bus';
import { OutboxTable } from '../../src/building-blocks/adapters/outbox-table';
import type { OutboxEvent } from '../../src/building-blocks/domain/outbox';
import { OutboxPublisher } from '../../src/building-blocks/domain/outbox-publisher';
import { sweep } from '../../src/building-blocks/domain/outbox-sweeper';
import { OUTBOX } from '../../src/runtime/contract';
import type { Patience } from '../../src/runtime/retry';
import type { Table } from '../../src/runtime/table';
import type { MemoryDynamoDb, Network } from '../simulation/memory-dynamo';
import { inProcess, Killed } from '../simulation/network';
import type { SimulatedTime } from '../simulation/simulated-time';

const PATIENCE: Patience = { attempts: 5, firstWaitMs: 100, longestWaitMs: 1000 };

/** The outbox of a shop, a bus that takes whatever reaches it, and who brings events from one to the other. */
export class SimulatedOutbox {
  /** Orders that listeners were told of. */
  private readonly told = new Set<string>();
  private readonly items: OutboxTable;
  private readonly publisher: OutboxPublisher;

  constructor(
    private readonly time: SimulatedTime,
    network: Network,
    private readonly db: MemoryDynamoDb,
    private readonly table: Table,
  ) {
    const putEvents = ({ Entries = [] }: { Entries?: readonly { Detail?: string }[] }) =>
      network('PutEvents', () => {
        for (const { Detail = '' } of Entries) this.told.add(JSON.parse(Detail).data.orderId);
        return { FailedEntryCount: 0, Entries: Entries.map(() => ({})) };
      });
    const bus = new EventBridgeBus({ putEvents }, { bus: 'bus', source: 'source', resource: 'shop' });
    this.items = new OutboxTable(table);
    this.publisher = new OutboxPublisher(bus, this.items, time);
  }

  /** Publishes what there is, now and then, as the reader of the table's stream does. */
  async publishUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const events = this.waiting();
      if (events.length > 0) await orDie(() => this.publisher.publish(events, PATIENCE));
      await this.time.sleep(500);
    }
  }

  async sweep(): Promise<void> {
    await this.time.sleep((OUTBOX.SWEEP_AFTER_MINUTES + 1) * 60_000);
    await sweep(this.items, this.publisher, this.time);
  }

  /** What of the orders was not told, or told though it never was. */
  mistakes(orders: readonly { readonly id: string }[]): string[] {
    const placed = new Set(orders.map(({ id }) => id));
    return [
      ...[...placed].filter((id) => !this.told.has(id)).map((id) => `nobody was told of the order ${id}`),
      ...[...this.told].filter((id) => !placed.has(id)).map((id) => `an order ${id} was told of that is not there`),
      ...this.waiting().map(({ sk }) => `the event ${sk} is still in the outbox`),
    ];
  }

  private waiting(): OutboxEvent[] {
    const { shards } = this.items;
    const items = this.db.table(this.table.name).items();
    return items.filter(({ pk }) => shards.includes(`${pk}`)) as readonly object[] as OutboxEvent[];
  }
}

async function orDie(work: () => Promise<unknown>): Promise<void> {
  try {
    await inProcess(work);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}
