import { Refusal } from '../../runtime/refusal';
import { INFERENCE_LIMITS, type InferenceSettings } from '../contract';
import { type Classification, classification } from './classification';
import type { ImageModel } from './image-model';

/** Classifies images with one model, whatever the model runs on. */
export class Classifier {
  constructor(
    private readonly model: ImageModel,
    private readonly settings: InferenceSettings,
  ) {}

  /** @param top how many labels to answer with; what the settings say when absent */
  async classify(image: Buffer, top = this.settings.top): Promise<Classification> {
    if (image.length > INFERENCE_LIMITS.IMAGE_BYTES) {
      throw new Refusal(
        'payload_too_large',
        `The image has ${image.length} bytes; at most ${INFERENCE_LIMITS.IMAGE_BYTES} are taken.`,
      );
    }
    const scores = await this.model.scores(image);
    return classification(scores, { top, threshold: this.settings.threshold }, this.model.identity);
  }
}
