import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ModelFile } from '../../src/inference/adapters/model-file';
import { Refusal } from '../../src/runtime/refusal';

const BYTES = Buffer.from('the weights of a model');
const sha256 = createHash('sha256').update(BYTES).digest('hex');
const location = { key: 'models/m.onnx', sha256 };

let folder: string;
let opened: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-'));
  opened = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A store that gives these answers in turn, and the last one from then on. */
function store(...answers: (Buffer | Error)[]) {
  return async () => {
    const answer = answers[Math.min(opened++, answers.length - 1)];
    if (answer instanceof Error) throw answer;
    return Readable.from([answer.subarray(0, 5), answer.subarray(5)]);
  };
}

test('those who ask at the same time share one download', async () => {
  const file = new ModelFile(location, store(BYTES), folder);
  const paths = await Promise.all([file.path(), file.path(), file.path()]);
  expect(new Set(paths).size).toBe(1);
  expect(readFileSync(paths[0])).toEqual(BYTES);
  expect(opened).toBe(1);
  await file.path();
  expect(opened).toBe(1);
});

test('a whole copy of an earlier process is used; a damaged one is fetched again', async () => {
  const path = await new ModelFile(location, store(BYTES), folder).path();
  await new ModelFile(location, store(BYTES), folder).path();
  expect(opened).toBe(1);

  writeFileSync(path, 'damaged');
  await new ModelFile(location, store(BYTES), folder).path();
  expect(opened).toBe(2);
  expect(readFileSync(path)).toEqual(BYTES);
});

test('a download that was damaged on its way is repeated', async () => {
  const path = await new ModelFile(location, store(BYTES.subarray(3), BYTES), folder).path();
  expect(readFileSync(path)).toEqual(BYTES);
  expect(opened).toBe(2);
});

test('a wrong checksum is an error that names both, and leaves nothing behind', async () => {
  const other = Buffer.from('another model');
  const found = createHash('sha256').update(other).digest('hex');
  await expect(new ModelFile(location, store(other), folder).path()).rejects.toMatchObject({
    code: 'model_checksum_mismatch',
    detail: `The model m.onnx should have the SHA-256 checksum ${sha256}, but has ${found}.`,
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('a model that comes later is found by a later request', async () => {
  const file = new ModelFile(location, store(new Refusal('model_missing', 'It is missing.'), BYTES), folder);
  await expect(file.path()).rejects.toMatchObject({ code: 'model_missing' });
  expect(readFileSync(await file.path())).toEqual(BYTES);
});
