/** How often a log, which cannot be overwritten as a terminal can, is told about a step that takes long. */
const LOG_EVERY_MS = 5000;

/** Tells a person what happens: one line per step with its time, and what is under way in those that take long. */
export class Report {
  private readonly started = performance.now();
  private readonly underWay = new Map<symbol, string>();

  constructor(private readonly out: NodeJS.WriteStream) {}

  /** Runs a step; what it returns is said behind its title. */
  async step<T>(
    title: string,
    run: (progress: (text: string) => void) => Promise<T>,
    describe: (result: T) => string = () => '',
  ): Promise<T> {
    const step = Symbol(title);
    const started = performance.now();
    let logged = started;
    const progress = (text: string) => {
      this.underWay.set(step, text ? `${title}: ${text}` : title);
      this.showUnderWay();
      if (this.out.isTTY || performance.now() - logged < LOG_EVERY_MS) return;
      logged = performance.now();
      this.line(`     ...   ${title}: ${text}`);
    };
    progress('');
    try {
      const result = await run(progress);
      this.underWay.delete(step);
      const description = describe(result);
      this.line(`  ${seconds(started)}  ${title}${description ? `: ${description}` : ''}`);
      return result;
    } finally {
      this.underWay.delete(step);
      this.showUnderWay();
    }
  }

  line(text = ''): void {
    this.clear();
    this.out.write(`${text}\n`);
    this.showUnderWay();
  }

  /** Time since the beginning. */
  get elapsed(): string {
    return seconds(this.started).trim();
  }

  private showUnderWay(): void {
    if (!this.out.isTTY) return;
    this.clear();
    const text = [...this.underWay.values()].join(', ');
    if (text) this.out.write(`          ${text}`.slice(0, (this.out.columns ?? 80) - 1));
  }

  private clear(): void {
    if (this.out.isTTY) this.out.write('\r\u001b[2K');
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`.padStart(7);
}
