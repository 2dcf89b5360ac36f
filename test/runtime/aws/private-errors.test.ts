import { inspect } from 'node:util';
import { AwsError } from '../../../src/runtime/aws/error';

test('what an error brings of a table stays out of whatever writes its members down', () => {
  const item = { email: 'ada@example.com' };
  const error = new AwsError('TransactionCanceledException', 'cancelled', {
    status: 400,
    item,
    cancellationReasons: [{ Code: 'ConditionalCheckFailed', Item: item }],
  });
  expect(error).toMatchObject({ item, cancellationReasons: [{ Item: item }] });
  expect(JSON.stringify({ ...error })).not.toContain('ada@');
  expect(inspect(error)).not.toContain('ada@');
});
