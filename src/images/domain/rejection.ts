import { Refusal } from '../../runtime/refusal';
import type { ImageProblem } from './summary';

/** The image is not one that is taken. The sender can mend it; trying again cannot. */
export class ImageRejected extends Refusal {
  declare readonly code: ImageProblem['code'];

  constructor(code: ImageProblem['code'], detail: string) {
    super(code, detail);
    this.name = 'ImageRejected';
  }
}
