import { Template } from 'aws-cdk-lib/assertions';
import { normalizeTemplate } from '../../src';
import { CONSTRUCTS, stackOf } from './all-constructs';

test.each(Object.entries(CONSTRUCTS))('the template of %s is the one known', (_name, make) => {
  const { stack } = stackOf(make);
  expect(normalizeTemplate(Template.fromStack(stack).toJSON())).toMatchSnapshot();
});
