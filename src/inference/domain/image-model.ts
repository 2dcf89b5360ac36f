import type { Classification, ScoredLabel } from './classification';

/** Tells what is on an image: a model in this function, or one behind an endpoint. */
export interface ImageModel {
  readonly identity: Classification['model'];

  /**
   * Ends within the budget of the call.
   *
   * @throws Refusal that says whether the image or the model is at fault
   */
  scores(image: Buffer): Promise<ScoredLabel[]>;
}
