/**
 * Size of a Glue worker.
 */
export class AnalyticsWorkerType {
  /** 1 DPU: 4 vCPU and 16 GB. */
  public static readonly G_1X = new AnalyticsWorkerType('G.1X');
  /** 2 DPU: 8 vCPU and 32 GB. */
  public static readonly G_2X = new AnalyticsWorkerType('G.2X');
  /** 4 DPU: 16 vCPU and 64 GB. */
  public static readonly G_4X = new AnalyticsWorkerType('G.4X');
  /** 8 DPU: 32 vCPU and 128 GB. */
  public static readonly G_8X = new AnalyticsWorkerType('G.8X');

  /** A worker type that is not listed here, by Glue's name of it, such as `R.1X`. */
  public static of(name: string): AnalyticsWorkerType {
    return new AnalyticsWorkerType(name);
  }

  private constructor(
    /** Glue's name of it. */
    public readonly name: string,
  ) {}
}
