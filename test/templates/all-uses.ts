import { App, Stack } from 'aws-cdk-lib';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as kms from 'aws-cdk-lib/aws-kms';
import { FunctionChain, GlueAnalyticsJob, ImagePipeline, MailTransport, ServerlessShop, ServiceApi } from '../../src';
import { CONSTRUCTS, stackOf, usersFunction } from './all-constructs';

/** A key can be used with a table only where its region is known. */
export const REGION = { env: { region: 'eu-west-1' } };

const mail = MailTransport.ses({ from: 'shop@example.com' });

/** Apps of each construct with its defaults, and of those whose props change what is permitted, encrypted or watched. */
export const USES: Record<string, () => App> = {
  ...Object.fromEntries(Object.entries(CONSTRUCTS).map(([name, make]) => [name, () => stackOf(make).app])),
  'a shop with a key, alarms and an authorizer': () => {
    const app = new App();
    const stack = new Stack(app, 'Stack', REGION);
    const encryptionKey = new kms.Key(stack, 'Key', { enableKeyRotation: true });
    const common = { encryptionKey, alarms: {} };
    const api = new ServiceApi(stack, 'Api', { authorizer: new HttpIamAuthorizer(), logEncryptionKey: encryptionKey });
    const images = new ImagePipeline(stack, 'Images', { ...common, api });
    new ServerlessShop(stack, 'It', { ...common, mail, api, images });
    const steps = [{ name: 'Only', handler: usersFunction(stack, 'ItFunction') }];
    new FunctionChain(stack, 'Chain', { ...common, steps, tracingEnabled: false });
    new GlueAnalyticsJob(stack, 'Job');
    return app;
  },
  'an untraced shop behind a firewall, of which parts are in another stack': () => {
    const app = new App();
    const functions = { tracingEnabled: false };
    const images = new ImagePipeline(new Stack(app, 'Images', REGION), 'Images', { functions });
    const webAclArn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/1';
    new ServerlessShop(new Stack(app, 'Stack', REGION), 'It', { mail, functions, images, webAclArn });
    return app;
  },
};
