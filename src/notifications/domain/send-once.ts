import { randomUUID } from 'node:crypto';
import { type BudgetLimits, withBudget } from '../../runtime/budget';
import type { Clock } from '../../runtime/clock';
import { Busy, Refusal } from '../../runtime/refusal';
import { type Patience, retry } from '../../runtime/retry';
import type { Mail, Mailer } from './mail';
import type { Claim, MailRecords, RecipientQuota } from './mail-records';
import { mailboxOf } from './recipient';

export interface SendOnceParts {
  readonly mailer: Mailer;
  readonly records: MailRecords;
  /** Without one, a mailbox gets as many mails as there are. */
  readonly recipients?: RecipientQuota;
  readonly clock: Clock;
}

/**
 * What became of a mail. One is withheld when its mailbox got so many that more would be a nuisance. Of one that is sent and not recorded another message might send a second copy, which is less
 * than this message would do if it came again.
 */
export type Sending = 'sent' | 'sent before' | 'sent, not recorded' | 'withheld';

/** A mail service that throttles says so often; the invocation's budget ends the waiting. */
const OF_A_MAIL: Patience = { attempts: 1000, firstWaitMs: 250, longestWaitMs: 4000 };

/** Of a word in the records about a mail, on which all of the invocation's may have been spent. */
const OF_A_RECORD: BudgetLimits = { milliseconds: 1000, retries: 3 };

/**
 * Sends a mail unless it was sent before, waiting for a service that is busy as long as there is time. Mail services
 * know no idempotency key, so a crash between sending and recording, or a lost answer, can send it twice; nothing else
 * can.
 *
 * @throws Refusal with `retryAfter` when another attempt may be sending it, or the service stays busy, without it when
 * the service refused the mail; whatever else the mailer throws. Then nothing hinders the next attempt.
 */
export async function sendOnce(mail: Mail, { mailer, records, recipients, clock }: SendOnceParts): Promise<Sending> {
  const claim = { mailId: mail.id, token: randomUUID() };
  const claimed = await records.claim(claim, clock.now());
  if (claimed === 'sent') return 'sent before';
  if (claimed === 'busy') {
    throw new Refusal('being_sent', 'Another attempt may be sending this mail at this moment.', {}, 1);
  }
  try {
    const quota = await recipients?.take(mailboxOf(mail.to.email), mail.id, clock.now());
    if (quota?.taken === false) {
      await letGo(records, claim);
      return 'withheld';
    }
    await retry(clock, () => mailer.send(mail), OF_A_MAIL);
  } catch (error) {
    await letGo(records, claim);
    throw error instanceof Busy ? new Refusal('mail_service_busy', 'The mail service stays busy.', {}, 1) : error;
  }
  return record(records, claim, clock);
}

/** When even that fails, the claim ends by itself. */
async function letGo(records: MailRecords, claim: Claim): Promise<void> {
  await withBudget(OF_A_RECORD, () => records.release(claim)).catch(() => undefined);
}

async function record(records: MailRecords, claim: Claim, clock: Clock): Promise<Sending> {
  try {
    await withBudget(OF_A_RECORD, () => retry(clock, () => records.markSent(claim, clock.now())));
    return 'sent';
  } catch {
    return 'sent, not recorded';
  }
}
