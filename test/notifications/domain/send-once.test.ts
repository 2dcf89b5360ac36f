import { MailTable } from '../../../src/notifications/adapters/mail-table';
import { MAIL_LEASE } from '../../../src/notifications/contract';
import { type Mail, type Mailer, MailServiceBusy, mailRefused } from '../../../src/notifications/domain/mail';
import { type Sending, sendOnce } from '../../../src/notifications/domain/send-once';
import { remainingMs, withBudget } from '../../../src/runtime/budget';
import { Quota } from '../../../src/runtime/quota';
import { Refusal } from '../../../src/runtime/refusal';
import { Table } from '../../../src/runtime/table';
import { MemoryDynamoDb } from '../../simulation/memory-dynamo';
import { type Fault, networkOf, type Weather, weather } from '../../simulation/network';
import { seeded } from '../../simulation/random';
import { SimulatedTime } from '../../simulation/simulated-time';

const MAIL: Mail = {
  id: '1',
  to: { name: 'Z', email: 'z@example.com' },
  subject: 's',
  text: 't',
  html: 'h',
  language: 'en',
};
const FINE: Weather = { attempts: 3, fault: () => undefined };

/** A mail service, and a table in the weather. */
function shop(its: Weather = FINE, time = new SimulatedTime()) {
  const table = new Table(new MemoryDynamoDb(networkOf(time, its)), 'mails', time);
  const records = new MailTable(table);
  const recipients = new Quota(table, 'RECIPIENT#', { most: 3, seconds: 86_400 });
  const sent: string[] = [];
  const mailer: Mailer = {
    send: async ({ id }) => {
      await time.sleep(100);
      sent.push(id);
    },
  };
  const send = (mail = MAIL, by = mailer) => sendOnce(mail, { mailer: by, records, recipients, clock: time });
  return { time, records, sent, send, run: <T>(work: () => Promise<T>) => time.run(work) };
}

/** A mailer that fails so often, each time with the next of the errors, before it sends. */
function failing(sent: string[], ...errors: Error[]): Mailer {
  return {
    send: async ({ id }) => {
      const error = errors.shift();
      if (error) throw error;
      sent.push(id);
    },
  };
}

const secondsSince = (time: SimulatedTime, start: Date) => (time.now().getTime() - start.getTime()) / 1000;

test('a message that comes again sends no second mail', async () => {
  const { run, send, sent } = shop();
  await run(async () => {
    expect(await send()).toBe('sent');
    expect(await send()).toBe('sent before');
    expect(await send({ ...MAIL, id: '2' })).toBe('sent');
  });
  expect(sent).toEqual(['1', '2']);
});

describe('a mailbox', () => {
  const to = (email: string) => (id: string) => ({ ...MAIL, id, to: { name: '', email } });

  test('gets so many mails in a day and no more; nobody else is held back, and the next day it gets more', async () => {
    const { run, send, sent, time } = shop();
    const victim = to('victim@example.com');
    await run(async () => {
      for (const id of ['1', '2', '3']) expect(await send(victim(id))).toBe('sent');
      expect(await send(to('Victim+tag@example.com')('4'))).toBe('withheld');
      expect(await send(victim('5'))).toBe('withheld');
      expect(await send(to('other@example.com')('6'))).toBe('sent');
      await time.sleep(86_400_000);
      expect(await send(victim('7'))).toBe('sent');
    });
    expect(sent).toEqual(['1', '2', '3', '6', '7']);
  });

  test('has a mail counted once, however often it comes and fails', async () => {
    const { run, send, sent } = shop();
    const victim = to('victim@example.com');
    await run(async () => {
      const down = failing(sent, ...Array.from({ length: 5 }, () => new Error('out of order')));
      for (let attempt = 0; attempt < 5; attempt++) await expect(send(victim('1'), down)).rejects.toThrow();
      for (const id of ['1', '2', '3']) expect(await send(victim(id))).toBe('sent');
      expect(await send(victim('1'))).toBe('sent before');
      expect(await send(victim('4'))).toBe('withheld');
    });
    expect(sent).toEqual(['1', '2', '3']);
  });
});

test('two deliveries at one moment: one sends, the other comes again', async () => {
  const { run, send, sent } = shop();
  await run(async () => {
    const results = await Promise.allSettled([send(), send()]);
    const [refused] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Refusal] : []));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(refused).toMatchObject({ code: 'being_sent', retryAfter: 1 });
    expect(await send()).toBe('sent before');
  });
  expect(sent).toEqual(['1']);
});

test('after a failure the next attempt sends at once', async () => {
  const { run, send, sent } = shop();
  await run(async () => {
    await expect(send(MAIL, failing(sent, new Error('out of order')))).rejects.toThrow('out of order');
    expect(await send()).toBe('sent');
  });
  expect(sent).toEqual(['1']);
});

test('what the mail service refuses stays refused, and can be sent after it was mended', async () => {
  const { run, send, sent } = shop();
  await run(async () => {
    await expect(send(MAIL, failing(sent, mailRefused('550')))).rejects.toEqual(mailRefused('550'));
    expect(await send()).toBe('sent');
  });
});

test('after a death the next attempt sends when the lease is over', async () => {
  const { run, records, send, sent, time } = shop();
  await run(async () => {
    await records.claim({ mailId: '1', token: 'the dead' }, time.now());
    await expect(send()).rejects.toMatchObject({ code: 'being_sent' });
    await time.sleep((MAIL_LEASE.SECONDS + 1) * 1000);
    expect(await send()).toBe('sent');
  });
  expect(sent).toEqual(['1']);
});

test('a claim whose reply was lost is still the own one', async () => {
  const faults: Fault[] = ['reply lost'];
  const { run, send, sent, time } = shop({ attempts: 3, fault: () => faults.shift() });
  const start = time.now();
  expect(await run(() => send())).toBe('sent');
  expect(sent).toEqual(['1']);
  expect(secondsSince(time, start)).toBeLessThan(5);
});

test('a service that throttles is waited for, and the mail goes out once', async () => {
  const { run, send, sent, time } = shop();
  const start = time.now();
  const throttled = failing(sent, ...Array.from({ length: 5 }, () => new MailServiceBusy('SMTP 451')));
  expect(await run(() => send(MAIL, throttled))).toBe('sent');
  expect(sent).toEqual(['1']);
  expect(secondsSince(time, start)).toBeGreaterThan(1);
});

test('a service that stays busy gives the mail back, for the next attempt to begin at once', async () => {
  const { run, send, sent } = shop();
  const throttled = failing(sent, ...Array.from({ length: 99 }, () => new MailServiceBusy('SMTP 451')));
  await run(async () => {
    const attempt = withBudget({ milliseconds: 30_000, retries: 8 }, () => send(MAIL, throttled));
    await expect(attempt).rejects.toEqual(new Refusal('mail_service_busy', 'The mail service stays busy.', {}, 1));
    expect(await send()).toBe('sent');
  });
  expect(sent).toEqual(['1']);
});

/** As a client does: it makes no call when no time is left. */
const WHILE_TIME_IS_LEFT: Weather = { attempts: 3, fault: () => (remainingMs() <= 0 ? 'request lost' : undefined) };

function useUpTheTime(): void {
  while (remainingMs() > 0);
}

test('a mail service that used up the time of the call gives the mail back, for the next attempt to begin at once', async () => {
  const { run, send, sent } = shop(WHILE_TIME_IS_LEFT);
  const slow: Mailer = {
    send: async () => {
      useUpTheTime();
      throw new MailServiceBusy('SMTP 451');
    },
  };
  await run(async () => {
    const attempt = withBudget({ milliseconds: 300, retries: 8 }, () => send(MAIL, slow));
    await expect(attempt).rejects.toMatchObject({ code: 'mail_service_busy' });
    expect(await send()).toBe('sent');
  });
  expect(sent).toEqual(['1']);
});

test('a mail that went out as the time was over is recorded all the same', async () => {
  const { run, send } = shop(WHILE_TIME_IS_LEFT);
  const slow: Mailer = { send: async () => useUpTheTime() };
  await run(async () => {
    expect(await withBudget({ milliseconds: 300, retries: 8 }, () => send(MAIL, slow))).toBe('sent');
    expect(await send()).toBe('sent before');
  });
});

test('a mail that cannot be recorded is out all the same, and its message does not come again', async () => {
  let broken = false;
  const { run, send, sent } = shop({ attempts: 3, fault: () => (broken ? 'throttle' : undefined) });
  const breaking: Mailer = {
    send: async ({ id }) => {
      sent.push(id);
      broken = true;
    },
  };
  const attempt = () => withBudget({ milliseconds: 30_000, retries: 8 }, () => send(MAIL, breaking));
  expect(await run(attempt)).toBe('sent, not recorded');
  expect(sent).toEqual(['1']);
});

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'whatever happens to replies, requests and throttled calls, a mail goes out exactly once (seed %i)',
  async (seed) => {
    const random = seeded(seed);
    const faults = { 'reply lost': 0.15, 'request lost': 0.1, late: 0.1, slow: 0.05, throttle: 0.1 };
    const { run, send, sent, time } = shop(weather(random, faults), new SimulatedTime(random));
    const busy = (): Mailer =>
      failing(sent, ...Array.from({ length: Math.floor(random() * 4) }, () => new MailServiceBusy('SMTP 451')));
    /** As the queue does: until it is done. */
    const deliver = async (): Promise<Sending> => {
      for (;;) {
        try {
          return await withBudget({ milliseconds: 30_000, retries: 100 }, () => send(MAIL, busy()));
        } catch (error) {
          await time.sleep(1000 * (1 + ((error as Refusal).retryAfter ?? 1)));
        }
      }
    };
    const results = await run(() => Promise.all([deliver(), deliver(), deliver()]));
    expect(sent).toEqual(['1']);
    expect(results.filter((result) => result !== 'sent before')).toHaveLength(1);
  },
);
