/** The local cloud's own life: deploying, keeping state, front doors, its command line, and leaving nothing behind. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { LocalCloud } from '../src';
import { assembly, eventually, httpApi, inlineFunction, type Resources, ref } from './assemblies';

jest.setTimeout(180_000);

const parameter = (Value: unknown): Resources => ({
  Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value } },
});

describe('a cloud', () => {
  let cloud: LocalCloud;

  beforeAll(async () => {
    cloud = await LocalCloud.start();
  });

  afterAll(() => cloud?.stop());

  test('names the resource and the reason when a deployment fails, and deploys again afterwards', async () => {
    const broken = assembly('Broken', {
      Good: { Type: 'AWS::SQS::Queue' },
      Bad: {
        Type: 'AWS::Glue::Trigger',
        Properties: { Type: 'ON_DEMAND', Actions: [], WorkflowName: { 'Fn::GetAtt': ['Good', 'Nonsense'] } },
      },
    });
    await expect(cloud.deploy(broken)).rejects.toThrow(
      /stack Broken failed to deploy: Bad \(AWS::Glue::Trigger\): .*Nonsense/,
    );
    await expect(cloud.deploy(assembly('Broken', parameter('mended')))).resolves.toMatchObject({ name: 'Broken' });
  });

  test('updates a stack in place, and takes an unchanged one as it is', async () => {
    const first = await cloud.deploy(assembly('Same', parameter('one'), { Name: ref('Parameter') }));
    const second = await cloud.deploy(assembly('Same', parameter('two'), { Name: ref('Parameter') }));
    const third = await cloud.deploy(assembly('Same', parameter('two'), { Name: ref('Parameter') }));
    expect([second.outputs, third.outputs]).toEqual([first.outputs, first.outputs]);
    const { Parameter } = await new SSMClient(cloud.clientConfig).send(
      new GetParameterCommand({ Name: first.outputs.Name }),
    );
    expect(Parameter?.Value).toBe('two');
  });

  test('says which properties it accepts and does not act on', async () => {
    const resources = {
      ...inlineFunction('Function', 'exports.handler = async () => 1;'),
      ...httpApi('Api', 'Function'),
    };
    const stageProperties = resources.ApiStage.Properties as Record<string, unknown>;
    stageProperties.DefaultRouteSettings = { ThrottlingRateLimit: 5 };
    stageProperties.RouteSettings = { 'POST /': { ThrottlingRateLimit: 1 } };
    const functionProperties = resources.Function.Properties as Record<string, unknown>;
    functionProperties.VpcConfig = { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] };
    const { notEmulated } = await cloud.deploy(assembly('Ignored', resources));
    expect(notEmulated).toEqual([
      'AWS::ApiGatewayV2::Stage DefaultRouteSettings: no throttling (ApiStage)',
      'AWS::ApiGatewayV2::Stage RouteSettings: no throttling (ApiStage)',
      'AWS::Lambda::Function VpcConfig: runs outside any network and reaches what this machine reaches (Function)',
    ]);
  });

  test.each([
    ['no assembly', () => '/nonexistent/cdk.out', /not a synthesized CDK app/],
    ['an unknown stack', () => assembly('Known', parameter('x')), /no stack Missing .* it has Known/],
  ])('refuses %s with one clear line', async (_case, directory, message) => {
    await expect(cloud.deploy(directory(), { stackName: 'Missing' })).rejects.toThrow(message);
  });

  test('shows the mail that was sent, and lets nothing of it run', async () => {
    const ses = new SESv2Client(cloud.clientConfig);
    const Body = { Text: { Data: 'plain' }, Html: { Data: '<script>alert(1)</script>' } };
    await cloud.deploy(
      assembly('Mail', {
        Identity: { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: 'shop.example' } },
      }),
    );
    await ses.send(
      new SendEmailCommand({
        FromEmailAddress: 'a@shop.example',
        Destination: { ToAddresses: ['b@c.example'] },
        Content: { Simple: { Subject: { Data: '<b>订单</b>' }, Body } },
      }),
    );
    const [mail] = await cloud.mailbox().mails();
    expect(mail).toMatchObject({ from: 'a@shop.example', to: ['b@c.example'], subject: '<b>订单</b>', text: 'plain' });
    const doors = await cloud.openFrontDoors();
    const page = await (await fetch(`${doors.mail}/${mail.id}`)).text();
    expect(page).toContain('&lt;b&gt;订单&lt;/b&gt;');
    expect(page).toContain('<iframe sandbox srcdoc="&lt;script&gt;');
    expect(await (await fetch(`${doors.mail}/mails.json`)).json()).toHaveLength(1);
    expect((await fetch(`${doors.mail}/unknown`)).status).toBe(404);
  });
});

test('a port in use is told by its number, for the endpoint and for a front door', async () => {
  const taken = createServer();
  const port = await listen(taken);
  await expect(LocalCloud.start({ port })).rejects.toThrow(`port ${port} is in use`);
  const cloud = await LocalCloud.start();
  await expect(cloud.openFrontDoors({ port })).rejects.toThrow(`port ${port} is in use`);
  await cloud.stop();
  taken.close();
});

test('state is kept in its folder, for one cloud at a time', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'state-'));
  const first = await LocalCloud.start({ stateDir });
  await first.deploy(assembly('Kept', parameter('deployed'), { Name: ref('Parameter') }));
  await new SSMClient(first.clientConfig).send(
    new PutParameterCommand({ Name: '/kept', Value: 'yes', Type: 'String' }),
  );
  await expect(LocalCloud.start({ stateDir })).rejects.toThrow(
    `another local cloud (process ${process.pid}) uses ${stateDir}`,
  );
  await first.stop();

  const second = await LocalCloud.start({ stateDir });
  const { Parameter } = await new SSMClient(second.clientConfig).send(new GetParameterCommand({ Name: '/kept' }));
  expect(Parameter?.Value).toBe('yes');
  const again = await second.deploy(assembly('Kept', parameter('deployed'), { Name: ref('Parameter') }));
  expect(again.outputs.Name).toBeTruthy();
  await second.stop();
  rmSync(stateDir, { recursive: true });
});

describe('the command', () => {
  const resources = {
    ...inlineFunction('Function', 'exports.handler = async () => ({ statusCode: 200, body: String(process.pid) });'),
    ...httpApi('Api', 'Function'),
  };

  test.each([
    ['asked to stop', 'SIGTERM'],
    ['killed outright', 'SIGKILL'],
  ] as const)('answers on its ports and, %s, leaves no process behind', async (_case, signal) => {
    const port = await threeFreePorts();
    const { child, ready } = command([assembly('Command', resources), '--port', String(port), '--json']);
    const { urls } = await ready;
    expect(urls.apis.Api).toBe(`http://127.0.0.1:${port + 1}`);
    const functionProcess = Number(await (await fetch(urls.apis.Api)).text());
    expect(isRunning(functionProcess)).toBe(true);
    child.kill(signal);
    await eventually(
      async () => isRunning(functionProcess),
      (running) => !running,
    );
    await eventually(
      () =>
        fetch(`http://127.0.0.1:${port}`).then(
          () => true,
          () => false,
        ),
      (answers) => !answers,
    );
  });

  test.each([
    [['/nonexistent'], 'is not a synthesized CDK app'],
    [['--port', 'seven'], '--port takes a number'],
    [['--wrong'], "Unknown option '--wrong'"],
  ])('%j is one clear line', (args, message) => {
    const said = failure(args);
    expect(said).toContain(message);
    expect(said.trim().split('\n')).toHaveLength(1);
  });
});

function commandLine(args: string[]): string[] {
  const source = join(__dirname, '../src/cli.ts');
  return [
    '--no-deprecation',
    '--import',
    'tsx',
    '-e',
    `require(${JSON.stringify(source)}).main(process.argv.slice(1))`,
    '--',
    ...args,
  ];
}

function command(args: string[]) {
  const child: ChildProcess = spawn(process.execPath, commandLine(args), { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  const ready = new Promise<{ urls: { apis: Record<string, string> } }>((resolve, reject) => {
    child.stdout?.once('data', (line) => resolve(JSON.parse(String(line))));
    child.once('exit', () => reject(new Error(errors)));
  });
  return { child, ready };
}

function failure(args: string[]): string {
  try {
    execFileSync(process.execPath, commandLine(args), { stdio: 'pipe' });
    return '';
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr);
  }
}

function isRunning(pid: number): boolean {
  return (
    existsSync(`/proc/${pid}`) || execFileSync('ps', ['-A', '-o', 'pid=']).toString().split(/\s+/).includes(String(pid))
  );
}

function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** The first of three consecutive ports that are free. */
async function threeFreePorts(): Promise<number> {
  for (;;) {
    const servers = [createServer(), createServer(), createServer()];
    try {
      const port = await listen(servers[0]);
      await listen(servers[1], port + 1);
      await listen(servers[2], port + 2);
      return port;
    } catch {
      // One of the neighbours is taken: look elsewhere.
    } finally {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    }
  }
}
