import { join } from 'node:path';
import { DemoError } from '../../demo/errors';
import { parseOptions, USAGE } from '../../demo/options';

const HERE = '/home/someone';

test('without options it is the small catalogue of the examples on port 4600, and nothing is kept', () => {
  expect(parseOptions([], HERE)).toEqual({
    port: 4600,
    catalogue: join(__dirname, '../../examples/catalogue/catalogue.yaml'),
    keep: undefined,
    json: false,
    allowedOrigins: [],
    help: false,
  });
});

test('a catalogue is looked for where the person is', () => {
  const given = ['--port', '5000', '--catalogue', '../mine.csv', '--keep', '--json'];
  expect(parseOptions(given, HERE)).toMatchObject({ port: 5000, catalogue: '/home/mine.csv', json: true });
  expect(parseOptions(['--keep'], HERE).keep).toMatch(/\.cache\/demo$/);
  expect(parseOptions(['--allow-origin', 'http://a:1', '--allow-origin', 'http://b:2'], HERE)).toMatchObject({
    allowedOrigins: ['http://a:1', 'http://b:2'],
  });
  expect(parseOptions(['--keep'], HERE, 'state').keep).toBe('/home/someone/state');
});

test.each([
  [['--colour'], "Unknown option '--colour'"],
  [['shop'], "Unexpected argument 'shop'"],
  [['--port'], "Option '--port <value>' argument missing"],
  [['--port', '0'], '--port is "0"; it must be a number from 1 to 65530'],
  [['--port', '65531'], '--port is "65531"; it must be a number from 1 to 65530'],
  [['--port', '46e2'], '--port is "46e2"; it must be a number from 1 to 65530'],
])('%j is refused in one line', (args, message) => {
  expect(() => parseOptions(args, HERE)).toThrow(DemoError);
  expect(() => parseOptions(args, HERE)).toThrow(message);
  expect(() => parseOptions(args, HERE)).not.toThrow('\n');
});

test('the usage names every option', () => {
  for (const option of ['--port N', '--catalogue FILE', '--keep', '--json', '--allow-origin URL', '--help'])
    expect(USAGE).toContain(option);
});
