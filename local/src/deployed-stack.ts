export interface DeployedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

export interface DeployedStack {
  readonly name: string;
  readonly region: string;
  /** Values of the template's `Outputs` by name. */
  readonly outputs: Record<string, string>;
  readonly resources: DeployedResource[];
  /** What the template asks for and this cloud does not do, one sentence each. */
  readonly notEmulated: string[];
  /** Native packages of layers that were swapped for this machine's, one sentence each. */
  readonly swappedLayers: string[];
}
