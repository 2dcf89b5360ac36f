import type { Mail } from '../../../src/notifications/domain/mail';
import type { Claim, MailRecords } from '../../../src/notifications/domain/mail-records';
import { sendOnce } from '../../../src/notifications/domain/send-once';

const MAIL: Mail = {
  id: '1',
  to: { name: 'Z', email: 'z@example.com' },
  subject: 's',
  text: 't',
  html: 'h',
  language: 'en',
};
const LEASE_MS = 60_000;

class MemoryRecords implements MailRecords {
  private readonly records = new Map<string, { token?: string; until: number }>();

  async claim({ mailId, token }: Claim, now: Date) {
    const record = this.records.get(mailId);
    if (record && !record.token) return 'sent' as const;
    if (record && record.until > now.getTime()) return 'busy' as const;
    this.records.set(mailId, { token, until: now.getTime() + LEASE_MS });
    return 'claimed' as const;
  }

  async markSent({ mailId }: Claim) {
    this.records.set(mailId, { until: 0 });
  }

  async release({ mailId, token }: Claim) {
    if (this.records.get(mailId)?.token === token) this.records.delete(mailId);
  }
}

function outbox() {
  const sent: string[] = [];
  return {
    sent,
    mailer: {
      send: async ({ id }: Mail) => {
        await Promise.resolve();
        sent.push(id);
      },
    },
  };
}

const now = () => new Date(0);

test('a message that comes again sends no second mail', async () => {
  const { sent, mailer } = outbox();
  const records = new MemoryRecords();
  expect(await sendOnce(MAIL, mailer, records, now)).toBe(true);
  expect(await sendOnce(MAIL, mailer, records, now)).toBe(false);
  expect(await sendOnce({ ...MAIL, id: '2' }, mailer, records, now)).toBe(true);
  expect(sent).toEqual(['1', '2']);
});

test('two deliveries at one moment: one sends, the other comes again', async () => {
  const { sent, mailer } = outbox();
  const records = new MemoryRecords();
  const results = await Promise.allSettled([1, 2].map(() => sendOnce(MAIL, mailer, records, now)));
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(sent).toEqual(['1']);
  expect(await sendOnce(MAIL, mailer, records, now)).toBe(false);
});

test('after a failure the next attempt sends at once', async () => {
  const { sent, mailer } = outbox();
  const records = new MemoryRecords();
  const broken = { send: () => Promise.reject(new Error('refused')) };
  await expect(sendOnce(MAIL, broken, records, now)).rejects.toThrow('refused');
  expect(await sendOnce(MAIL, mailer, records, now)).toBe(true);
  expect(sent).toEqual(['1']);
});

test('after a death the next attempt sends when the lease is over', async () => {
  const { sent, mailer } = outbox();
  const records = new MemoryRecords();
  await records.claim({ mailId: '1', token: 'the dead' }, now());
  await expect(sendOnce(MAIL, mailer, records, now)).rejects.toThrow(/Another attempt/);
  expect(await sendOnce(MAIL, mailer, records, () => new Date(LEASE_MS))).toBe(true);
  expect(sent).toEqual(['1']);
});
