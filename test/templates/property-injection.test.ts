import { App, type InjectionContext, type IPropertyInjector, Stack } from 'aws-cdk-lib';
import { CONSTRUCTS } from './all-constructs';
import { PUBLIC_CLASSES } from './public-api';

class Listening implements IPropertyInjector {
  readonly heard: string[] = [];

  constructor(readonly constructUniqueId: string) {}

  inject(props: object, { id }: InjectionContext): object {
    this.heard.push(id);
    return props;
  }
}

test.each([...new Set(Object.keys(CONSTRUCTS).map((key) => key.split(' ')[0]))])(
  'a property injector is asked for %s',
  (name) => {
    const injector = new Listening(`cdk-serverless-shop.${name}`);
    const stack = new Stack(new App({ propertyInjectors: [injector] }), 'Stack');
    CONSTRUCTS[name](stack, 'It');
    expect(injector.heard).toContain('It');
  },
);

test('every public construct has the id of its own name', () => {
  const constructs = PUBLIC_CLASSES.filter(({ heritageClauses = [] }) =>
    heritageClauses.some((clause) => clause.getText().startsWith('extends Construct')),
  );
  expect(constructs.length).toBeGreaterThan(10);
  const without = constructs.filter(
    (it) => !it.getText().includes(`PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.${it.name?.text}';`),
  );
  expect(without.map(({ name }) => name?.text)).toEqual([]);
});
