export interface Claim {
  readonly mailId: string;
  /** Tells this attempt from all others. */
  readonly token: string;
}

/** How many mails one mailbox gets in a span of time. */
export interface RecipientQuota {
  /** Counts a mail to the mailbox, once however often it is asked. */
  take(mailbox: string, mailId: string, now: Date): Promise<{ readonly taken: boolean }>;
}

/** What a claim comes to: `busy` when another attempt may be sending at this moment. */
export type Claimed = 'claimed' | 'sent' | 'busy';

/** Which mails were sent, so that a message that is delivered again sends no second one. All of it may be repeated. */
export interface MailRecords {
  claim(claim: Claim, now: Date): Promise<Claimed>;
  markSent(claim: Claim, now: Date): Promise<void>;
  /** Lets the next attempt begin at once. */
  release(claim: Claim): Promise<void>;
}
