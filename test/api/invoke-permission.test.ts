import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ServiceApi } from '../../src';

// The local cloud lets API Gateway call every function, so the template is looked at.
test('each function may be called by this API and by nobody else, however many routes lead to it', () => {
  const stack = new Stack(new App(), 'Stack');
  const api = new ServiceApi(stack, 'Api');
  const make = (id: string) =>
    new lambda.Function(stack, id, {
      runtime: lambda.Runtime.NODEJS_LATEST,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => ({})'),
    });
  const [reader, writer] = [make('Reader'), make('Writer')];
  api.addRoutes(
    [
      { method: 'GET', path: '/notes', operationId: 'listNotes' },
      { method: 'GET', path: '/notes/{id}', operationId: 'readNote' },
    ],
    reader,
  );
  api.addRoutes([{ method: 'PUT', path: '/notes/{id}', operationId: 'writeNote' }], writer);

  const permissions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Permission'));
  const source = stack.resolve(api.httpApi.arnForExecuteApi('*', '/*', '*'));
  const expected = [reader, writer, api.defaultFunction].map((target) => ({
    Action: 'lambda:InvokeFunction',
    FunctionName: stack.resolve(target.functionArn),
    Principal: 'apigateway.amazonaws.com',
    SourceArn: source,
  }));
  expect(permissions).toHaveLength(expected.length);
  expect(permissions.map(({ Properties }) => Properties)).toEqual(expect.arrayContaining(expected));
});
