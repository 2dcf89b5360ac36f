import { optionalSetting, ses } from '../../runtime/entry';
import { SesMailer } from '../adapters/ses-mailer';
import { MAIL_ENV } from '../contract';
import { mailWorker, sender } from './mail-worker';

export const handler = mailWorker(
  new SesMailer(ses({ maxAttempts: 1 }), sender(), optionalSetting(MAIL_ENV.CONFIGURATION_SET)),
);
