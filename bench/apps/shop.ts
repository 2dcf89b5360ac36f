import { MailTransport, ServerlessShop } from '../../src';
import { timeSynth } from './time-synth';

timeSynth((stack) => new ServerlessShop(stack, 'Shop', { mail: MailTransport.ses({ from: 'shop@example.com' }) }));
