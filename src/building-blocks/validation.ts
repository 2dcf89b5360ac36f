import type { Construct } from 'constructs';

/**
 * Reports all mistakes in a construct's props together when the app is synthesized.
 *
 * A mistake says what is wrong and what would be right. A constructor goes on after one, so that the next is found
 * too: where the wrong value would make the CDK throw, it puts a right one in its place.
 */
export class Mistakes {
  private readonly found: string[] = [];

  constructor(scope: Construct) {
    scope.node.addValidation({ validate: () => this.found });
  }

  /** Adds `message` when `wrong` holds; returns whether it did. */
  when(wrong: boolean, message: string): boolean {
    if (wrong) this.found.push(message);
    return wrong;
  }
}
