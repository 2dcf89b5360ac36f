/** One word for one thing in the public API, whichever part it is of: see docs/decisions/vocabulary.md. */
import * as ts from 'typescript';
import { documentationOf, PUBLIC_CLASSES, PUBLIC_STRUCTS } from './public-api';

interface Member {
  readonly of: string;
  readonly name: string;
  readonly type: string;
  readonly documentation: string;
}

const PROPS: Member[] = PUBLIC_STRUCTS.flatMap(({ name, members }) =>
  members.filter(ts.isPropertySignature).map((member) => memberOf(name.text, member)),
);

const ATTRIBUTES: Member[] = PUBLIC_CLASSES.flatMap(({ name, members }) =>
  members
    .filter(ts.isPropertyDeclaration)
    .filter((member) => !isHidden(member))
    .map((member) => memberOf(name?.text ?? '', member)),
);

const METHODS: Member[] = PUBLIC_CLASSES.flatMap(({ name, members }) =>
  members
    .filter(ts.isMethodDeclaration)
    .filter((member) => !isHidden(member))
    .map((member) => memberOf(name?.text ?? '', member)),
);

function memberOf(of: string, member: ts.PropertySignature | ts.PropertyDeclaration | ts.MethodDeclaration): Member {
  const name = member.name.getText();
  return { of, name, type: member.type?.getText() ?? '', documentation: documentationOf(member) };
}

function isHidden(member: ts.ClassElement): boolean {
  const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.StaticKeyword);
}

const shown = ({ of, name, type }: Member) => `${of}.${name}: ${type}`;

/** Names that were given up, and what is said instead. */
const GIVEN_UP: Record<string, string> = {
  accessLogRetention: 'logRetention',
  attempts: 'maxRetries',
  limits: 'orderLimits',
  outputBucket: 'output: BucketLocation',
  resultsBucket: 'output: BucketLocation',
  retries: 'maxRetries',
  retryAttempts: 'maxRetries',
  sink: 'output: BucketLocation',
  storeName: 'shopName',
  title: 'apiName, shopName',
  tracing: 'tracingEnabled',
  url: 'shopUrl',
  worker: 'handler',
  workers: 'numberOfWorkers',
};

test('no prop is called by a name that was given up', () => {
  expect(PROPS.filter(({ name }) => name in GIVEN_UP).map(shown)).toEqual([]);
});

/** Words of which each place has a type of its own, since it says what is listed there, or adds to the common one. */
const OF_THEIR_PLACE: Record<string, string[]> = {
  // A model takes an image of one size, so that fits which leave the size open are none.
  fit: ['ImageFit', 'PhotoFit'],
  source: ['BucketLocation', 'AnalyticsSource'],
};

test('props of one name are of one type', () => {
  const types = new Map<string, Set<string>>();
  for (const { name, type } of PROPS) types.set(name, (types.get(name) ?? new Set()).add(type));
  const several = [...types]
    .filter(([name, found]) => found.size > 1 && [...found].some((type) => !OF_THEIR_PLACE[name]?.includes(type)))
    .map(([name]) => PROPS.filter((prop) => prop.name === name).map(shown));
  expect(several).toEqual([]);
});

test('a construct and its model have no `name`: what it is of stands before it', () => {
  expect(PROPS.filter(({ of, name }) => /(Props|Options)$/.test(of) && name === 'name').map(shown)).toEqual([]);
});

test('what a construct was given and what it shows of that have one name', () => {
  const given = new Map(PROPS.map(({ of, name, type }) => [`${of.replace(/Props$/, '')}.${name}`, type]));
  const other = ATTRIBUTES.filter(({ of, name, type }) => {
    const prop = given.get(`${of}.${name}`);
    return prop !== undefined && prop !== type;
  });
  expect(other.map(shown)).toEqual([]);
});

/** What permissions are called: what may be done, then to what. */
const GRANTS =
  /^grant(DeleteSource|Import|Invoke|KeepUploads|PutSource|Redrive|SendMessages|StartExecution|StartJobRun|Read([A-Z]\w+))$/;

test('permissions are called by what they allow, to what', () => {
  expect(METHODS.filter(({ name }) => name.startsWith('grant') && !GRANTS.test(name)).map(shown)).toEqual([]);
});

/** Of what ends so, the unit: how long something waits is told in seconds, what AWS measures under its own name as AWS does. */
const UNITS: [RegExp, RegExp][] = [
  [/IteratorAge$/, /in milliseconds/],
  [/Age$/, /in seconds/],
  [/(Duration|Latency)$/, /in milliseconds/],
  [/Rate$/, /in percent/],
];

test('metrics that are no counts tell their unit, which follows from their name', () => {
  const unitOf = (name: string) => UNITS.find(([ending]) => ending.test(name))?.[1];
  const metrics = METHODS.filter(({ name }) => name.startsWith('metric'));
  expect(metrics.length).toBeGreaterThan(20);
  const unclear = metrics.filter(({ name, documentation }) => {
    const unit = unitOf(name);
    return unit ? !unit.test(documentation) : /in (milli)?seconds|in percent/.test(documentation);
  });
  expect(unclear.map(shown)).toEqual([]);
});
