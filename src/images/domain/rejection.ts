import type { ImageProblem } from './summary';

/** The image is not one that is taken. The sender can mend it; trying again cannot. */
export class ImageRejected extends Error {
  constructor(
    readonly code: ImageProblem['code'],
    readonly detail: string,
  ) {
    super(detail);
    this.name = 'ImageRejected';
  }
}
