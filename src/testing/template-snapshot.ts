/** A content hash of the CDK: 64 hexadecimal digits, alone or inside a longer name. */
const CONTENT_HASH = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** Synthesized templates, made fit for snapshot tests. */
export class TemplateSnapshot {
  /**
   * Replaces or takes out everything that changes with each release of the CDK or of a bundled function, though nothing
   * changes for you. What stays is what you deploy.
   *
   * - content hashes of assets become `[hash]`
   * - the CDK's metadata resource and its condition, the bootstrap version's parameter and rule are left out
   * - resource metadata (`aws:cdk:path`, `aws:asset:path`) is left out
   * - keys are sorted
   *
   * @param template what `Template.fromStack(stack).toJSON()` gives; it is not changed
   */
  // biome-ignore lint/suspicious/noExplicitAny: a template is JSON, as the CDK's own Template.toJSON() says
  static normalize(template: Record<string, any>): Record<string, any> {
    const {
      Resources: resources = {},
      Parameters: { BootstrapVersion: _version, ...parameters } = {},
      Rules: { CheckBootstrapVersion: _check, ...rules } = {},
      Conditions: { CDKMetadataAvailable: _available, ...conditions } = {},
      ...rest
    } = template as Record<string, Record<string, unknown>>;
    const kept = Object.entries(resources)
      .filter(([, resource]) => (resource as { Type: string }).Type !== 'AWS::CDK::Metadata')
      .map(([id, resource]) => {
        const { Metadata: _metadata, ...properties } = resource as Record<string, unknown>;
        return [id, properties];
      });
    const sections = {
      ...rest,
      Resources: Object.fromEntries(kept),
      Parameters: parameters,
      Rules: rules,
      Conditions: conditions,
    };
    const filled = Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0);
    return withoutHashes(Object.fromEntries(filled)) as Record<string, unknown>;
  }

  private constructor() {}
}

function withoutHashes(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(CONTENT_HASH, '[hash]');
  if (Array.isArray(value)) return value.map(withoutHashes);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key.replace(CONTENT_HASH, '[hash]'), withoutHashes(inner)]));
}
