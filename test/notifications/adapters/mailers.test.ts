import { CustomMailer } from '../../../src/notifications/adapters/custom-mailer';
import { SesMailer } from '../../../src/notifications/adapters/ses-mailer';
import { type Mail, MailServiceBusy } from '../../../src/notifications/domain/mail';
import { AwsError } from '../../../src/runtime/aws/error';
import { Refusal } from '../../../src/runtime/refusal';
import { isPassing } from '../../../src/runtime/retry';

const MAIL: Mail = {
  id: '1',
  to: { name: 'Z', email: 'z@example.com' },
  subject: 's',
  text: 't',
  html: 'h',
  language: 'en',
};
const FROM = { name: 'Shop', email: 'shop@example.com' };

/** What a mailer makes of an error of its service. */
async function failureOf(send: Promise<void>): Promise<Error> {
  return send.then(
    () => {
      throw new Error('The mail was sent.');
    },
    (error) => error,
  );
}

describe('SES', () => {
  const answering = (name: string, status = 400) =>
    new SesMailer({ sendEmail: () => Promise.reject(new AwsError(name, 'about z@example.com', { status })) }, FROM);

  test.each(['TooManyRequestsException', 'ThrottlingException', 'LimitExceededException'])(
    '%s is waited for',
    async (name) => {
      expect(isPassing(await failureOf(answering(name).send(MAIL)))).toBe(true);
    },
  );

  test.each(['BadRequestException', 'MessageRejected'])('%s is for good, and tells no address', async (name) => {
    const failure = await failureOf(answering(name).send(MAIL));
    expect(failure).toEqual(new Refusal('mail_refused', `The mail service refused the mail: SES ${name}.`));
  });

  test.each(['AccountSuspendedException', 'SendingPausedException', 'AccessDeniedException'])(
    '%s is about the shop, whose mails come again',
    async (name) => {
      const failure = await failureOf(answering(name).send(MAIL));
      expect(failure).not.toBeInstanceOf(Refusal);
      expect(isPassing(failure)).toBe(false);
    },
  );

  test('an account that is not set up yet is about the shop too, by whatever name', async () => {
    const message = 'Email address is not verified. The following identities failed the check: z@example.com';
    const unverified = new AwsError('MessageRejected', message, { status: 400 });
    const mailer = new SesMailer({ sendEmail: () => Promise.reject(unverified) }, FROM);
    expect(await failureOf(mailer.send(MAIL))).toBe(unverified);
  });

  test('an address that is none is refused before SES is asked', async () => {
    const asked = jest.fn();
    const mailer = new SesMailer({ sendEmail: asked }, FROM);
    const failure = await failureOf(mailer.send({ ...MAIL, to: { name: 'Z', email: 'z' } }));
    expect(failure).toMatchObject({ code: 'invalid_address' });
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('a function of the user', () => {
  const failing = (payload: string) =>
    new CustomMailer(
      { invoke: async () => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload: Buffer.from(payload) }) },
      'mine',
      'Shop',
    );

  test.each([
    ['{"errorType":"MailServiceBusy","errorMessage":"z@example.com"}', MailServiceBusy],
    ['{"errorType":"MailRefused","errorMessage":"z@example.com"}', Refusal],
    ['{"errorType":"TypeError","errorMessage":"z@example.com"}', Error],
    ['not JSON', Error],
  ])('%s', async (payload, kind) => {
    const failure = await failureOf(failing(payload).send(MAIL));
    expect(failure.constructor).toBe(kind);
    expect(failure.message).not.toContain('z@example.com');
  });
});
