import type { Classification, ScoredLabel } from './classification';

/** Tells what is on an image: a model in this function, or one behind an endpoint. */
export interface ImageModel {
  readonly identity: Classification['model'];

  /**
   * @param deadline time in ms since the epoch by which there must be an answer
   * @throws Problem that says whether the image or the model is at fault
   */
  scores(image: Buffer, deadline: number): Promise<ScoredLabel[]>;
}
