import { createHash } from 'node:crypto';
import type { Item, Key, Table } from '../../runtime/table';
import { MAIL_LEASE, NOTIFICATIONS_ITEMS } from '../contract';
import type { Claim, Claimed, MailRecords } from '../domain/mail-records';

/** Records in DynamoDB. They hold hashes only: a mail's id may contain an order's, and that is a secret. */
export class MailTable implements MailRecords {
  constructor(private readonly table: Pick<Table, 'put' | 'remove'>) {}

  async claim({ mailId, token }: Claim, now: Date): Promise<Claimed> {
    const written = await this.table.put(
      { ...recordOf(mailId, now), state: 'CLAIMED', claim: token, leaseUntil: secondsOf(now) + MAIL_LEASE.SECONDS },
      {
        condition: 'attribute_not_exists(pk) OR (#state = :claimed AND leaseUntil < :now)',
        names: { '#state': 'state' },
        values: { ':claimed': 'CLAIMED', ':now': secondsOf(now) },
      },
    );
    return written.held ? 'claimed' : stateOf(written.found, token);
  }

  async markSent({ mailId }: Claim, now: Date): Promise<void> {
    // Whoever holds the claim by now: the mail is out.
    await this.table.put({ ...recordOf(mailId, now), state: 'SENT', sentAt: now.toISOString() });
  }

  async release({ mailId, token }: Claim): Promise<void> {
    await this.table.remove(keyOf(mailId), { condition: 'claim = :token', values: { ':token': token } });
  }
}

function stateOf(found: Item | undefined, token: string): Claimed {
  if (found?.state === 'SENT') return 'sent';
  // The write took effect and its reply was lost: the second one met the first.
  return found?.claim === token ? 'claimed' : 'busy';
}

function recordOf(mailId: string, now: Date): Item {
  const ttl = secondsOf(now) + MAIL_LEASE.RECORD_DAYS * 24 * 60 * 60;
  return { ...keyOf(mailId), schemaVersion: 1, ttl };
}

function keyOf(mailId: string): Key {
  const hash = createHash('sha256').update(mailId).digest('base64url');
  return { pk: `${NOTIFICATIONS_ITEMS.MAIL_PREFIX}${hash}`, sk: NOTIFICATIONS_ITEMS.MAIL };
}

function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
