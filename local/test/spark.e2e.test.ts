/** Glue's Spark jobs on real Spark, under their role, with states and errors that the script earns. */
import { GetJobRunCommand, GlueClient, StartJobRunCommand } from '@aws-sdk/client-glue';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { LocalCloud, prepareSpark } from '../src';
import { allow, assembly, att, eventually, joined, ref, trust } from './assemblies';

jest.setTimeout(600_000);

const SCRIPT = `
import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--source")
parser.add_argument("--output")
parser.add_argument("--JOB_NAME")
arguments, _ = parser.parse_known_args()
spark = SparkSession.builder.getOrCreate()
lines = spark.read.option("header", True).csv(arguments.source)
if lines.where("n < 0").count():
    raise ValueError(f"{arguments.JOB_NAME}: negative numbers")
lines.groupBy("country").agg({"n": "sum"}).orderBy("country").repartition(1).write.json(arguments.output)
`;

let cloud: LocalCloud;
let glue: GlueClient;
let s3: S3Client;
let outputs: Record<string, string>;

beforeAll(async () => {
  await prepareSpark(() => undefined);
  cloud = await LocalCloud.start();
  glue = new GlueClient(cloud.clientConfig);
  s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
  const statements = [
    allow('s3:ListBucket', att('Data')),
    allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], joined(att('Data'), '/*')),
  ];
  const stack = await cloud.deploy(
    assembly(
      'Spark',
      {
        Data: { Type: 'AWS::S3::Bucket' },
        Secret: { Type: 'AWS::S3::Bucket' },
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: trust({ Service: 'glue.amazonaws.com' }),
            Policies: [{ PolicyName: 'data', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
          },
        },
        Job: {
          Type: 'AWS::Glue::Job',
          Properties: {
            Role: att('Role'),
            GlueVersion: '5.0',
            Command: { Name: 'glueetl', ScriptLocation: joined('s3://', ref('Data'), '/job.py') },
            DefaultArguments: { '--source': joined('s3://', ref('Data'), '/in/') },
          },
        },
      },
      { Data: ref('Data'), Secret: ref('Secret'), Job: ref('Job') },
    ),
  );
  outputs = stack.outputs;
  await put('job.py', SCRIPT);
});

afterAll(() => cloud?.stop());

const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: outputs.Data, Key, Body }));

async function run(args: Record<string, string>) {
  const start = new StartJobRunCommand({ JobName: outputs.Job, Arguments: args });
  const { JobRunId } = await glue.send(start);
  return eventually(
    async () => (await glue.send(new GetJobRunCommand({ JobName: outputs.Job, RunId: JobRunId }))).JobRun,
    (job) => !/STARTING|RUNNING/.test(job?.JobRunState ?? ''),
    120,
  );
}

test('a run with its input missing fails with the reason', async () => {
  expect(await run({ '--output': `s3://${outputs.Data}/none/` })).toMatchObject({
    JobRunState: 'FAILED',
    ErrorMessage: expect.stringContaining('Path does not exist'),
  });
});

test('a run reads and writes S3, with default arguments and its own', async () => {
  await put('in/a.csv', 'country,n\nGB,1\nFR,2\nGB,5\n');
  expect(await run({ '--output': `s3://${outputs.Data}/out/` })).toMatchObject({ JobRunState: 'SUCCEEDED' });
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: outputs.Data, Prefix: 'out/part-' }));
  const result = await s3.send(new GetObjectCommand({ Bucket: outputs.Data, Key: Contents[0].Key }));
  expect(
    (await result.Body?.transformToString())
      ?.trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { country: 'FR', 'sum(n)': 2 },
    { country: 'GB', 'sum(n)': 6 },
  ]);
});

test('a script that raises fails the run with its error', async () => {
  await put('bad/a.csv', 'country,n\nGB,-1\n');
  expect(
    await run({ '--source': `s3://${outputs.Data}/bad/`, '--output': `s3://${outputs.Data}/bad-out/` }),
  ).toMatchObject({
    JobRunState: 'FAILED',
    ErrorMessage: `ValueError: ${outputs.Job}: negative numbers`,
  });
});

test('a bucket that the role may not read is denied, while another run waits its turn', async () => {
  const denied = run({ '--source': `s3://${outputs.Secret}/in/`, '--output': `s3://${outputs.Data}/denied/` });
  await expect(run({ '--output': `s3://${outputs.Data}/second/` })).rejects.toThrow('Concurrent runs exceeded');
  expect(await denied).toMatchObject({
    JobRunState: 'FAILED',
    ErrorMessage: expect.stringContaining('AccessDeniedException: s3://'),
  });
});
