import { App, Stack } from 'aws-cdk-lib';
import { CONSTRUCTS } from './all-constructs';

test("all constructs together pass the CDK's own validation of templates", () => {
  process.env.CDK_VALIDATION = 'true';
  const app = new App({
    context: {
      '@aws-cdk/core:validateAgainstDefaultRules': true,
      '@aws-cdk/core:strictCfnValidateErrors': true,
    },
  });
  for (const [name, make] of Object.entries(CONSTRUCTS)) {
    make(new Stack(app, name.replace(/[^A-Za-z]/g, '')), 'It');
  }
  const lines: string[] = [];
  const print = jest.spyOn(console, 'error').mockImplementation((...line) => lines.push(line.join(' ')));
  try {
    app.synth();
  } finally {
    print.mockRestore();
    process.env.CDK_VALIDATION = 'false';
  }
  expect(lines.filter((line) => /error/i.test(line))).toEqual([]);
}, 120_000);
