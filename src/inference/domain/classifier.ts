import { Problem } from '../../runtime/problem';
import { INFERENCE_LIMITS, type InferenceSettings } from '../contract';
import { type Classification, classification } from './classification';
import type { ImageModel } from './image-model';

/** Classifies images with one model, whatever the model runs on. */
export class Classifier {
  constructor(
    private readonly model: ImageModel,
    private readonly settings: InferenceSettings,
  ) {}

  /**
   * @param top how many labels to answer with; what the settings say when absent
   * @param deadline time in ms since the epoch by which there must be an answer
   */
  async classify(image: Buffer, deadline: number, top = this.settings.top): Promise<Classification> {
    if (image.length > INFERENCE_LIMITS.IMAGE_BYTES) {
      throw new Problem(
        413,
        'payload_too_large',
        `The image has ${image.length} bytes; at most ${INFERENCE_LIMITS.IMAGE_BYTES} are taken.`,
      );
    }
    const scores = await this.model.scores(image, deadline);
    return classification(scores, { top, threshold: this.settings.threshold }, this.model.identity);
  }
}
