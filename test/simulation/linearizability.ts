/** One operation, as its caller saw it. */
export interface Operation<Request, Reply> {
  readonly request: Request;
  /** What its caller was told; undefined when nobody heard, so that it may have taken effect, at any time, or never. */
  readonly reply?: Reply;
  /** Places in the order of all calls and returns. */
  readonly called: number;
  readonly returned: number;
}

/** What a thing is said to do, one operation after the other. */
export interface Model<State, Request, Reply> {
  readonly initial: State;
  /** Equal for states that are the same. */
  readonly textOf: (state: State) => string;
  /** The state after an operation; undefined when the reply cannot be the answer in that state. */
  readonly next: (state: State, request: Request, reply: Reply | undefined) => State | undefined;
}

/**
 * Whether there is an order of the operations, each at one moment between its call and its return, that explains what
 * everybody was told. The search of Wing and Gong, with the memory of Lowe: no set of operations is tried twice in one
 * state.
 */
export function isLinearizable<State, Request, Reply>(
  model: Model<State, Request, Reply>,
  history: readonly Operation<Request, Reply>[],
): boolean {
  const operations = [...history].sort((a, b) => a.called - b.called);
  const seen = new Set<string>();

  const search = (done: bigint, state: State): boolean => {
    const open = operations.filter((_, index) => !(done & (1n << BigInt(index))));
    if (open.every(({ reply }) => reply === undefined)) return true;
    const memory = `${done.toString(36)} ${model.textOf(state)}`;
    if (seen.has(memory)) return false;
    seen.add(memory);
    // What was called after another had returned comes after it.
    const firstReturn = Math.min(...open.filter(({ reply }) => reply !== undefined).map(({ returned }) => returned));
    return operations.some((operation, index) => {
      const bit = 1n << BigInt(index);
      if (done & bit || operation.called > firstReturn) return false;
      const after = model.next(state, operation.request, operation.reply);
      return after !== undefined && search(done | bit, after);
    });
  };
  return search(0n, model.initial);
}

/** Records who called what, and what they were told, in the order in which it happened. */
export class History<Request, Reply> {
  readonly operations: Operation<Request, Reply>[] = [];
  private moments = 0;

  /**
   * @param answer of the operation; undefined when it is not known whether it took effect
   */
  async record(request: Request, answer: () => Promise<Reply | undefined>): Promise<Reply | undefined> {
    const called = this.moments++;
    const reply = await answer();
    this.operations.push({ request, reply, called, returned: this.moments++ });
    return reply;
  }
}
