/** What went wrong, fit for a log. */
export interface Cause {
  readonly name: string;
  readonly message: string;
  /** Where it was thrown. */
  readonly at?: readonly string[];
}

const LONGEST_MESSAGE = 500;
const FRAMES = 5;

/** One line without addresses of people, which services like to repeat in their messages. */
export function causeOf(error: unknown): Cause {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return {
    name,
    message: message
      .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .replace(/\S+@\S+/g, '<address>')
      .slice(0, LONGEST_MESSAGE),
    at: stack
      ?.split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, FRAMES)
      .map((line) => line.trim()),
  };
}
