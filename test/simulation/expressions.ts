/**
 * DynamoDB's expressions, as far as the house uses them. What it does not know is an error, and so is what DynamoDB
 * itself refuses: a placeholder that is missing or not used.
 */
export type Attributes = Record<string, unknown>;

export interface Placeholders {
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Attributes>;
}

/** Reads the expressions of one request, which share their placeholders. */
export class Expressions {
  private readonly unused: Set<string>;

  constructor(private readonly its: Placeholders) {
    this.unused = new Set([...Object.keys(its.names ?? {}), ...Object.keys(its.values ?? {})]);
  }

  condition(text: string | undefined): Condition {
    if (text === undefined) return () => true;
    const parser = this.parser(text);
    const condition = parser.condition();
    parser.end();
    return condition;
  }

  update(text: string | undefined): (item: Attributes) => Attributes {
    if (text === undefined) return (item) => item;
    const parser = this.parser(text);
    const steps = parser.steps();
    parser.end();
    return (before) => {
      const after = structuredClone(before);
      for (const step of steps) step(before, after);
      return after;
    };
  }

  projection(text: string | undefined): (item: Attributes) => Attributes {
    if (text === undefined) return (item) => item;
    const names = text.split(',').map((name) => this.name(name.trim()));
    return (item) => Object.fromEntries(names.flatMap((name) => (name in item ? [[name, item[name]]] : [])));
  }

  /** To be called once every expression was read. */
  end(): void {
    if (this.unused.size > 0) throw new SyntaxError(`Placeholders are not used: ${[...this.unused].join(', ')}`);
  }

  private parser(text: string): Parser {
    return new Parser(
      text,
      (name) => this.name(name),
      (value) => this.value(value),
    );
  }

  private name(written: string): string {
    if (!written.startsWith('#')) {
      if (RESERVED.includes(written.toLowerCase())) throw new SyntaxError(`${written} is a reserved word.`);
      return written;
    }
    this.unused.delete(written);
    return defined(this.its.names?.[written], written);
  }

  private value(written: string): unknown {
    this.unused.delete(written);
    return defined(this.its.values?.[written], written);
  }
}

export type Condition = (item: Attributes) => boolean;
type Operand = (item: Attributes) => unknown;
type Path = readonly string[];

/** Some of the words that DynamoDB keeps for itself: those that our attributes have as names. */
const RESERVED = ['name', 'state', 'status', 'ttl', 'data', 'language', 'number', 'order', 'key', 'total', 'count'];

const TOKEN = /\s*(#\w+|:\w+|\w+|<=|>=|<>|[=<>()+,.-])/y;

const COMPARATORS: Record<string, (a: never, b: never) => boolean> = {
  '=': (a, b) => JSON.stringify(a) === JSON.stringify(b),
  '<>': (a, b) => JSON.stringify(a) !== JSON.stringify(b),
  '<': (a, b) => comparable(a, b) && a < b,
  '<=': (a, b) => comparable(a, b) && a <= b,
  '>': (a, b) => comparable(a, b) && a > b,
  '>=': (a, b) => comparable(a, b) && a >= b,
};

class Parser {
  private readonly tokens: string[] = [];

  constructor(
    private readonly text: string,
    private readonly nameOf: (written: string) => string,
    private readonly valueAt: (written: string) => unknown,
  ) {
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const token = TOKEN.exec(text)?.[1];
      if (token === undefined) throw new SyntaxError(`Cannot read: ${text}`);
      this.tokens.push(token);
    }
  }

  condition(): Condition {
    const choices = [this.conjunction()];
    while (this.takes('OR')) choices.push(this.conjunction());
    return (item) => choices.some((choice) => choice(item));
  }

  steps(): ((before: Attributes, after: Attributes) => void)[] {
    const steps = [];
    let clause = '';
    while (this.tokens.length > 0) {
      if (['SET', 'REMOVE', 'ADD'].includes(this.peek().toUpperCase())) clause = this.next().toUpperCase();
      else this.expect(',');
      steps.push(this.step(clause));
    }
    return steps;
  }

  end(): void {
    if (this.tokens.length > 0) throw new SyntaxError(`Cannot read ${this.tokens[0]} in: ${this.text}`);
  }

  private conjunction(): Condition {
    const parts = [this.negation()];
    while (this.takes('AND')) parts.push(this.negation());
    return (item) => parts.every((part) => part(item));
  }

  private negation(): Condition {
    if (!this.takes('NOT')) return this.comparison();
    const part = this.negation();
    return (item) => !part(item);
  }

  private comparison(): Condition {
    if (this.takes('(')) {
      const inner = this.condition();
      this.expect(')');
      return inner;
    }
    const predicate = PREDICATES[this.peek()];
    if (predicate && this.peek(1) === '(') {
      this.next();
      const args = this.args();
      return (item) => predicate(...args.map((arg) => arg(item)));
    }
    const left = this.operand();
    if (this.takes('BETWEEN')) {
      const low = this.operand();
      this.expect('AND');
      const high = this.operand();
      return (item) =>
        COMPARATORS['>='](left(item) as never, low(item) as never) &&
        COMPARATORS['<='](left(item) as never, high(item) as never);
    }
    const comparator = COMPARATORS[this.next()];
    if (!comparator) throw new SyntaxError(`A comparison is expected in: ${this.text}`);
    const right = this.operand();
    return (item) => {
      const [a, b] = [left(item), right(item)];
      return a !== undefined && b !== undefined && comparator(a as never, b as never);
    };
  }

  private step(clause: string): (before: Attributes, after: Attributes) => void {
    const path = this.path();
    if (clause === 'REMOVE') return (_, after) => remove(after, path);
    if (clause === 'ADD') {
      const value = this.operand();
      return (before, after) =>
        assign(after, path, Number(at(before, path) ?? 0) + Number(defined(value(before), path.join('.'))));
    }
    if (clause !== 'SET') throw new SyntaxError(`Cannot read: ${this.text}`);
    this.expect('=');
    const value = this.sum();
    return (before, after) => assign(after, path, defined(value(before), path.join('.')));
  }

  private sum(): Operand {
    const left = this.operand();
    const sign = this.takes('+') ? 1 : this.takes('-') ? -1 : 0;
    if (sign === 0) return left;
    const right = this.operand();
    return (item) => numberOf(left(item)) + sign * numberOf(right(item));
  }

  private operand(): Operand {
    const token = this.peek();
    if (token.startsWith(':')) {
      const value = this.valueAt(this.next());
      return () => value;
    }
    const call = CALLS[token];
    if (call && this.peek(1) === '(') {
      this.next();
      const args = this.args();
      return (item) => call(...args.map((arg) => arg(item)));
    }
    const path = this.path();
    return (item) => at(item, path);
  }

  private args(): Operand[] {
    this.expect('(');
    const args = [this.operand()];
    while (this.takes(',')) args.push(this.operand());
    this.expect(')');
    return args;
  }

  private path(): Path {
    const path = [this.nameOf(this.next())];
    while (this.takes('.')) path.push(this.nameOf(this.next()));
    return path;
  }

  private peek(ahead = 0): string {
    return this.tokens[ahead] ?? '';
  }

  private next(): string {
    return defined(this.tokens.shift(), this.text);
  }

  private takes(word: string): boolean {
    if (this.peek().toUpperCase() !== word) return false;
    this.next();
    return true;
  }

  private expect(word: string): void {
    if (!this.takes(word)) throw new SyntaxError(`${word} is expected in: ${this.text}`);
  }
}

const PREDICATES: Record<string, (...values: unknown[]) => boolean> = {
  attribute_exists: (value) => value !== undefined,
  attribute_not_exists: (value) => value === undefined,
  begins_with: (text, start) => typeof text === 'string' && text.startsWith(String(start)),
  contains: (all, one) => (Array.isArray(all) || typeof all === 'string') && all.includes(one as string),
};

const CALLS: Record<string, (...values: unknown[]) => unknown> = {
  size: (value) => (Array.isArray(value) || typeof value === 'string' ? value.length : undefined),
  if_not_exists: (value, otherwise) => (value === undefined ? otherwise : value),
  list_append: (first, second) => [...(first as unknown[]), ...(second as unknown[])],
};

function at(item: Attributes, path: Path): unknown {
  return path.reduce<unknown>((value, name) => (value as Attributes | undefined)?.[name], item);
}

function assign(item: Attributes, path: Path, value: unknown): void {
  (parentOf(item, path) as Attributes)[path[path.length - 1]] = value;
}

function remove(item: Attributes, path: Path): void {
  delete (parentOf(item, path) as Attributes)[path[path.length - 1]];
}

function parentOf(item: Attributes, path: Path): unknown {
  return defined(at(item, path.slice(0, -1)), path.join('.'));
}

function comparable(a: unknown, b: unknown): boolean {
  return typeof a === typeof b;
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number') throw new SyntaxError('An operand of an addition is no number.');
  return value;
}

function defined<T>(value: T | undefined, where: string): T {
  if (value === undefined) throw new SyntaxError(`There is nothing at ${where}.`);
  return value;
}
