/**
 * Works off an SQS queue: hands over one message after the other, or several at a time, and decides what becomes of
 * each. What is done goes away. What may succeed later comes again after a while that grows with each time. What never
 * will goes to the dead-letter queue at once, and what fails again and again goes there when the queue's
 * `maxReceiveCount` is reached.
 */
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { type BudgetLimits, withBudget } from './budget';
import { causeOf } from './cause';
import { type Clock, systemClock } from './clock';
import { QUEUE_ENV } from './contract';
import { logger, optionalSetting, sqs } from './entry';
import { Refusal } from './refusal';

/** What is known of a message beside its body. */
export interface Delivery {
  readonly messageId: string;
  /** How often the message was handed out, this time included. */
  readonly receives: number;
  readonly sentAt: Date;
  /** Message group, of a FIFO queue. */
  readonly group?: string;
}

/** What a handler returns that could not do its work yet, through no fault of the message. */
export class Later {
  constructor(
    /** Seconds after which the message may come again at the earliest. */
    readonly retryAfter: number,
    /** Why, for the log: nothing private. */
    readonly reason: string,
  ) {}
}

/** Does the work of a message; most have nothing to return. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is one of them
export type Handle<Body> = (body: Body, delivery: Delivery) => Promise<void | Later>;

export interface QueueHandlerOptions<Body> {
  /** Reads a message. When it throws, no repetition can help: the message goes to the dead-letter queue at once. */
  readonly parse: (body: string) => Body;
  /**
   * Does the work. It throws a `Refusal` without `retryAfter` when it never can; a `Later` that it returns, a `Refusal`
   * with `retryAfter` and any other error make the message come again.
   */
  readonly handle?: Handle<Body>;
  /**
   * In place of `handle`, for work that is cheaper done once for all messages of a call: it does the work, and what it
   * returns tells of one message after the other what became of it, as `handle` does.
   */
  readonly together?: (
    messages: readonly { readonly body: Body; readonly delivery: Delivery }[],
  ) => Promise<Handle<Body>>;
  /**
   * Messages worked on at one moment; of a message group never more than one.
   *
   * @default 1
   */
  readonly concurrency?: number;
  /**
   * Retries of all calls of a batch together.
   *
   * @default 100
   */
  readonly retries?: number;
  /**
   * Upper bounds of the time until a message comes again: after the first failure, and after many; twice as long each
   * time.
   *
   * @default 2 and 900
   */
  readonly backOff?: { readonly firstSeconds: number; readonly longestSeconds: number };
}

/** What a queue handler asks of Amazon SQS. */
export interface QueueService {
  changeMessageVisibility(input: {
    readonly QueueUrl: string;
    readonly ReceiptHandle: string;
    readonly VisibilityTimeout: number;
  }): Promise<unknown>;
  sendMessage(input: {
    readonly QueueUrl: string;
    readonly MessageBody: string;
    readonly MessageAttributes?: Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;
    readonly MessageGroupId?: string;
    readonly MessageDeduplicationId?: string;
  }): Promise<unknown>;
}

export interface QueueSurroundings {
  readonly service: QueueService;
  readonly clock: Clock;
  /** URLs of dead-letter queues by the ARN of the queue; without one, what is refused waits for the queue's own redrive. */
  readonly deadLetters: ReadonlyMap<string, string>;
  readonly log: Pick<typeof logger, 'warn' | 'error'>;
}

/** Kept for giving messages back, before the function's time is over. */
const RESERVE_MS = 2000;
/** For that alone, since the work may have used up all of its own. */
const OF_GIVING_BACK: BudgetLimits = { milliseconds: RESERVE_MS, retries: 10 };
/** With less time than this no message is begun. */
const SHORTEST_WORK_MS = 500;
/** Longest that a message may hide in all. */
const LONGEST_HIDING_SECONDS = 12 * 60 * 60 - 15 * 60;

type Outcome = 'done' | 'again';

/**
 * Makes a Lambda handler for a queue whose event source mapping reports batch item failures, as that of a QueueWorker
 * does.
 */
export function queueHandler<Body>(
  options: QueueHandlerOptions<Body>,
  surroundings?: QueueSurroundings,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const loop = new MessageLoop(options, surroundings ?? surroundingsOfFunction());
  return async ({ Records }, context) => {
    const milliseconds = context.getRemainingTimeInMillis() - RESERVE_MS;
    const again = await withBudget({ milliseconds, retries: options.retries ?? 100 }, async () =>
      loop.work(Records, await handleOf(options, Records), performance.now() + milliseconds),
    );
    return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

/** What does the work of a message of this call. */
async function handleOf<Body>(
  { parse, handle, together }: QueueHandlerOptions<Body>,
  records: readonly SQSRecord[],
): Promise<Handle<Body>> {
  if (handle) return handle;
  // One that cannot be read is refused when its turn comes.
  const readable = records.flatMap((record) => {
    try {
      return [{ body: parse(record.body), delivery: deliveryOf(record) }];
    } catch {
      return [];
    }
  });
  try {
    if (together) return await together(readable);
    throw new Error('A queue handler needs `handle` or `together`.');
  } catch (error) {
    return () => Promise.reject(error);
  }
}

class MessageLoop<Body> {
  constructor(
    private readonly options: QueueHandlerOptions<Body>,
    private readonly surroundings: QueueSurroundings,
  ) {}

  /** Returns the messages that must come again. */
  async work(records: readonly SQSRecord[], handle: Handle<Body>, end: number): Promise<SQSRecord[]> {
    const lanes = lanesOf(records).values();
    const again: SQSRecord[] = [];
    const worker = async () => {
      for (const lane of lanes) again.push(...(await this.workLane(lane, handle, end)));
    };
    await Promise.all(Array.from({ length: this.options.concurrency ?? 1 }, worker));
    return again;
  }

  /** One message, or those of one message group in their order: from the first that must come again, all do. */
  private async workLane(lane: readonly SQSRecord[], handle: Handle<Body>, end: number): Promise<SQSRecord[]> {
    for (const [index, record] of lane.entries()) {
      const rest = lane.slice(index);
      if (performance.now() + SHORTEST_WORK_MS > end) {
        await this.hide(rest, 0);
        return rest;
      }
      if ((await this.workOne(record, handle, rest)) === 'again') return rest;
    }
    return [];
  }

  private async workOne(record: SQSRecord, handle: Handle<Body>, rest: readonly SQSRecord[]): Promise<Outcome> {
    const delivery = deliveryOf(record);
    try {
      const later = await handle(this.parse(record.body), delivery);
      return later ? this.postpone(rest, delivery, later) : 'done';
    } catch (error) {
      if (!(error instanceof Refusal)) return this.fail(rest, delivery, error);
      if (error.retryAfter !== undefined) return this.postpone(rest, delivery, new Later(error.retryAfter, error.code));
      return this.refuse(record, rest, delivery, error);
    }
  }

  private parse(body: string): Body {
    try {
      return this.options.parse(body);
    } catch (error) {
      // What is wrong with a body is often told by repeating it.
      const { name } = error as Error;
      throw error instanceof Refusal
        ? error
        : new Refusal('unreadable_message', `The message cannot be read: ${name}.`);
    }
  }

  private async postpone(rest: readonly SQSRecord[], delivery: Delivery, later: Later): Promise<Outcome> {
    const seconds = Math.ceil(later.retryAfter) + this.backOffSeconds(delivery.receives);
    this.surroundings.log.warn('A message comes again later', { ...told(delivery), reason: later.reason, seconds });
    await this.hide(rest, seconds);
    return 'again';
  }

  private async fail(rest: readonly SQSRecord[], delivery: Delivery, error: unknown): Promise<Outcome> {
    const seconds = this.backOffSeconds(delivery.receives);
    this.surroundings.log.error('A message failed and comes again', {
      ...told(delivery),
      cause: causeOf(error),
      seconds,
    });
    await this.hide(rest, seconds);
    return 'again';
  }

  private async refuse(
    record: SQSRecord,
    rest: readonly SQSRecord[],
    delivery: Delivery,
    refusal: Refusal,
  ): Promise<Outcome> {
    const { service, deadLetters, log } = this.surroundings;
    const QueueUrl = deadLetters.get(record.eventSourceARN);
    if (QueueUrl === undefined) return this.fail(rest, delivery, refusal);
    const letter = {
      QueueUrl,
      MessageBody: record.body,
      MessageAttributes: { Reason: { DataType: 'String', StringValue: refusal.code } },
      ...(delivery.group && { MessageGroupId: delivery.group, MessageDeduplicationId: record.messageId }),
    };
    try {
      await withBudget(OF_GIVING_BACK, () => service.sendMessage(letter));
    } catch (error) {
      return this.fail(rest, delivery, error);
    }
    log.error('A message was refused and is in the dead-letter queue', { ...told(delivery), cause: causeOf(refusal) });
    return 'done';
  }

  /** From half the bound to the bound, so that messages that failed together do not come again together. */
  private backOffSeconds(receives: number): number {
    const { firstSeconds, longestSeconds } = this.options.backOff ?? { firstSeconds: 2, longestSeconds: 900 };
    const bound = Math.min(longestSeconds, firstSeconds * 2 ** (receives - 1));
    return Math.ceil((bound * (1 + this.surroundings.clock.random())) / 2);
  }

  /** All of a group come again together: as long as one of them is hidden, SQS hands out none of the others. */
  private async hide(records: readonly SQSRecord[], seconds: number): Promise<void> {
    const { service, log } = this.surroundings;
    const VisibilityTimeout = Math.min(seconds, LONGEST_HIDING_SECONDS);
    const hideOne = async ({ receiptHandle: ReceiptHandle, eventSourceARN, messageId }: SQSRecord) => {
      try {
        const QueueUrl = queueUrl(eventSourceARN);
        await service.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout });
      } catch (error) {
        log.warn('A message waits for the whole visibility time-out', { messageId, cause: causeOf(error) });
      }
    };
    await withBudget(OF_GIVING_BACK, () => Promise.all(records.map(hideOne)));
  }
}

function surroundingsOfFunction(): QueueSurroundings {
  return {
    service: sqs(),
    clock: systemClock,
    deadLetters: deadLetterQueues(optionalSetting(QUEUE_ENV.DEAD_LETTERS)),
    log: logger,
  };
}

function deadLetterQueues(setting = ''): ReadonlyMap<string, string> {
  const pairs = setting.split(' ').map((pair) => pair.split('='));
  return new Map(pairs.map(([queue, deadLetters]): [string, string] => [queue, deadLetters]));
}

/** Messages of one group, which must stay in their order, in one lane; each other message in a lane of its own. */
function lanesOf(records: readonly SQSRecord[]): SQSRecord[][] {
  const lanes = new Map<string, SQSRecord[]>();
  for (const record of records) {
    const { MessageGroupId: group } = record.attributes;
    const lane = isFifo(record) && group !== undefined ? `group ${group}` : `message ${record.messageId}`;
    lanes.set(lane, [...(lanes.get(lane) ?? []), record]);
  }
  return [...lanes.values()];
}

/** A queue that is not FIFO may have message groups as well (fair queues); they say nothing of an order. */
function isFifo({ eventSourceARN }: SQSRecord): boolean {
  return eventSourceARN.endsWith('.fifo');
}

function deliveryOf(record: SQSRecord): Delivery {
  const { ApproximateReceiveCount, SentTimestamp, MessageGroupId } = record.attributes;
  return {
    messageId: record.messageId,
    receives: Number(ApproximateReceiveCount),
    sentAt: new Date(Number(SentTimestamp)),
    group: isFifo(record) ? MessageGroupId : undefined,
  };
}

function told({ messageId, receives }: Delivery) {
  return { messageId, receives };
}

/** SQS finds a queue by account and name; the host is the client's own endpoint. */
function queueUrl(arn: string): string {
  const [, partition, , region, account, name] = arn.split(':');
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://sqs.${region}.${domain}/${account}/${name}`;
}
