import { TemplateSnapshot } from '../../src';
import { CONSTRUCTS, templateOf } from './all-constructs';

test.each(Object.keys(CONSTRUCTS))('the template of %s is the one known', (name) => {
  expect(TemplateSnapshot.normalize(templateOf(name))).toMatchSnapshot();
});
