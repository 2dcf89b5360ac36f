import { normalizeTemplate } from '../../src';
import { CONSTRUCTS, templateOf } from './all-constructs';

test.each(Object.keys(CONSTRUCTS))('the template of %s is the one known', (name) => {
  expect(normalizeTemplate(templateOf(name))).toMatchSnapshot();
});
