import { randomUUID } from 'node:crypto';
import type { Mail, Mailer } from './mail';
import type { MailRecords } from './mail-records';

/**
 * Sends a mail unless it was sent before. Mail services know no idempotency key, so a crash between sending and
 * recording, or a lost answer, can send it twice; nothing else can.
 *
 * @returns whether this call sent it
 * @throws when another attempt may be sending it at this moment, or the mailer failed; the message comes again
 */
export async function sendOnce(mail: Mail, mailer: Mailer, records: MailRecords, now: () => Date): Promise<boolean> {
  const claim = { mailId: mail.id, token: randomUUID() };
  const state = await records.claim(claim, now());
  if (state === 'sent') return false;
  if (state === 'busy') throw new Error('Another attempt may be sending this mail at this moment.');
  try {
    await mailer.send(mail);
  } catch (error) {
    await records.release(claim);
    throw error;
  }
  await records.markSent(claim, now());
  return true;
}
