export interface Claim {
  readonly mailId: string;
  /** Tells this attempt from all others. */
  readonly token: string;
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
