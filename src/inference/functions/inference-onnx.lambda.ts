import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { bucket, settings } from '../../runtime/entry';
import { openModel } from '../adapters/image-store';
import { ModelFile } from '../adapters/model-file';
import { OnnxModel } from '../adapters/onnx-model';
import { INFERENCE_ENV, type PreprocessingSettings } from '../contract';
import { config, inferenceHandler } from './inference';

const { MODEL_BUCKET, MODEL_KEY, MODEL_SHA256 } = INFERENCE_ENV;
const env = settings([MODEL_BUCKET, MODEL_KEY, MODEL_SHA256]);
const location = { bucket: env[MODEL_BUCKET], key: env[MODEL_KEY], sha256: env[MODEL_SHA256] };

const file = new ModelFile(location, () => openModel(bucket, location), path.join(tmpdir(), 'models'));
const model = new OnnxModel(location, file, {
  ...config,
  preprocessing: config.preprocessing as PreprocessingSettings,
});
// The download begins while the environment starts; when it fails, the first request tries again and tells why.
model.load().catch(() => undefined);

export const handler = inferenceHandler(model);
