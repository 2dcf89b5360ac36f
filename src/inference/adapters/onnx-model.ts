import * as path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { InferenceSettings, PreprocessingSettings } from '../contract';
import { modelFailed, type ScoredLabel, scoredLabels } from '../domain/classification';
import type { ImageModel } from '../domain/image-model';
import type { ModelFile, ModelLocation } from './model-file';
import { type ImageTensor, imageTensor } from './preprocessing';

/** A model in ONNX format that runs in this process. Its first input takes the image, its first output the scores. */
export class OnnxModel implements ImageModel {
  readonly identity: { readonly name: string; readonly sha256: string };
  private loading?: Promise<InferenceSession>;

  constructor(
    location: ModelLocation,
    private readonly file: ModelFile,
    private readonly settings: InferenceSettings & { readonly preprocessing: PreprocessingSettings },
  ) {
    const { name = path.posix.basename(location.key, '.onnx') } = settings;
    this.identity = { name, sha256: location.sha256 };
  }

  async scores(image: Buffer): Promise<ScoredLabel[]> {
    const [session, tensor] = await Promise.all([this.load(), imageTensor(image, this.settings.preprocessing)]);
    return scoredLabels(await run(session, tensor), this.settings);
  }

  /** Loads the model unless that was done; after a failure the next call tries again. */
  load(): Promise<InferenceSession> {
    this.loading ??= this.open().catch((error) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  private async open(): Promise<InferenceSession> {
    const file = await this.file.path();
    // Warnings are about how a model was exported, and nobody who reads this log can change that.
    return InferenceSession.create(file, { logSeverityLevel: 3 }).catch((error) => {
      throw modelFailed(`The model cannot be loaded: ${reason(error)}`);
    });
  }
}

async function run(session: InferenceSession, { values, shape }: ImageTensor): Promise<number[]> {
  const input = new Tensor('float32', values, shape);
  const outputs = await session.run({ [session.inputNames[0]]: input }, [session.outputNames[0]]).catch((error) => {
    throw modelFailed(`The model cannot be run on an input of the shape [${shape.join(', ')}]: ${reason(error)}`);
  });
  return Array.from(outputs[session.outputNames[0]].data as Float32Array, Number);
}

/** ONNX Runtime tells the path of the file as well, which is nobody's business. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0].replaceAll(/(\/[\w.-]+){2,}/g, '(file)');
}
