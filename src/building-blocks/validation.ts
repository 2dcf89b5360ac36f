import { type Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Reports all mistakes in a construct's props together when the app is synthesized.
 *
 * A mistake says what is wrong and what would be right. A constructor goes on after one, so that the next is found
 * too: where the wrong value would make the CDK throw, it puts a right one in its place. A token is never a mistake:
 * its value is known at deployment only.
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

  /** Adds a mistake when a number that was given is not whole or not in the range; returns whether it did. */
  unlessWhole(name: string, value: number | undefined, least: number, most: number): boolean {
    return this.when(
      value !== undefined && !isWhole(value, least, most),
      `${name} is ${value}; it must be a whole number from ${least} to ${most}.`,
    );
  }

  /** Adds `message` when a text does not match; returns whether it did. */
  unlessMatching(text: string, pattern: RegExp, message: string): boolean {
    return this.when(!Token.isUnresolved(text) && !pattern.test(text), message);
  }

  /** Adds `message` when a time is not whole seconds or not in the range; returns whether it did. */
  unlessSeconds(time: Duration, least: Duration, most: Duration, message: string): boolean {
    return this.when(
      !time.isUnresolved() && !isWhole(time.toSeconds({ integral: false }), least.toSeconds(), most.toSeconds()),
      message,
    );
  }
}

/** Whether a number is whole and in a range; a token may be. */
export function isWhole(value: number, least: number, most: number): boolean {
  return Token.isUnresolved(value) || (Number.isInteger(value) && value >= least && value <= most);
}

/** An ISO 4217 code has this form. */
export const CURRENCY = /^[A-Z]{3}$/;

/** Prefix of keys in a bucket: nothing for all of it, or folders. */
export const PREFIX = /^([A-Za-z0-9_.-]+\/)*$/;
