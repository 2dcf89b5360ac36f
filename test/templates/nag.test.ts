import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { CONSTRUCTS, stackOf } from './all-constructs';

/** Users' own functions in these stand for code that is not ours. */
const OF_OUR_OWN = Object.entries(CONSTRUCTS).filter(([name]) => !['QueueWorker', 'FunctionChain'].includes(name));

function synthesize(app: App): string {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  const lines: string[] = [];
  const print = jest.spyOn(console, 'error').mockImplementation((...line) => lines.push(line.join(' ')));
  const before = process.exitCode;
  try {
    app.synth();
  } catch (error) {
    lines.push(String(error));
  } finally {
    print.mockRestore();
    process.exitCode = before;
  }
  return lines.join('\n');
}

test.each(OF_OUR_OWN)('%s has no finding of cdk-nag without a reason', (_name, make) => {
  expect(synthesize(stackOf(make).app)).toBe('');
});
