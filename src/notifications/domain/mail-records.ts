import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { MAIL_LEASE, NOTIFICATIONS_ITEMS } from '../contract';

export interface Claim {
  readonly mailId: string;
  /** Tells this attempt from all others. */
  readonly token: string;
}

/** Which mails were sent, so that a message that is delivered again sends no second one. */
export interface MailRecords {
  /** `claimed` when this attempt may send, `busy` when another one may be sending at this moment. */
  claim(claim: Claim, now: Date): Promise<'claimed' | 'sent' | 'busy'>;
  markSent(claim: Claim, now: Date): Promise<void>;
  /** Lets the next attempt begin at once. */
  release(claim: Claim): Promise<void>;
}

/** Records in DynamoDB. They hold hashes only: a mail's id may contain an order's, and that is a secret. */
export class MailTable implements MailRecords {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  async claim({ mailId, token }: Claim, now: Date): Promise<'claimed' | 'sent' | 'busy'> {
    const seconds = Math.floor(now.getTime() / 1000);
    const written = await this.put(
      { ...this.recordOf(mailId, now), state: 'CLAIMED', claim: token, leaseUntil: seconds + MAIL_LEASE.SECONDS },
      'attribute_not_exists(pk) OR (#state = :claimed AND leaseUntil < :now)',
      { ':claimed': 'CLAIMED', ':now': seconds },
    );
    if (written) return 'claimed';
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.table, Key: keyOf(mailId), ConsistentRead: true }),
    );
    return Item?.state === 'SENT' ? 'sent' : 'busy';
  }

  async markSent({ mailId }: Claim, now: Date): Promise<void> {
    // Whoever holds the claim by now: the mail is out.
    await this.client.send(
      new PutCommand({
        TableName: this.table,
        Item: { ...this.recordOf(mailId, now), state: 'SENT', sentAt: now.toISOString() },
      }),
    );
  }

  async release({ mailId, token }: Claim): Promise<void> {
    try {
      await this.client.send(
        new DeleteCommand({
          TableName: this.table,
          Key: keyOf(mailId),
          ConditionExpression: 'claim = :token',
          ExpressionAttributeValues: { ':token': token },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  private recordOf(mailId: string, now: Date) {
    const ttl = Math.floor(now.getTime() / 1000) + MAIL_LEASE.RECORD_DAYS * 24 * 60 * 60;
    return { ...keyOf(mailId), schemaVersion: 1, ttl };
  }

  private async put(item: object, condition: string, values: Record<string, unknown>): Promise<boolean> {
    try {
      await this.client.send(
        new PutCommand({
          TableName: this.table,
          Item: { ...item },
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: values,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

function keyOf(mailId: string): { pk: string; sk: string } {
  const hash = createHash('sha256').update(mailId).digest('base64url');
  return { pk: `${NOTIFICATIONS_ITEMS.MAIL_PREFIX}${hash}`, sk: NOTIFICATIONS_ITEMS.MAIL };
}
