import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** A finding at one resource. */
export interface Finding {
  /** `AwsSolutions-S1`, or `AwsSolutions-IAM5[Resource::*]` of a rule that finds several things in one resource. */
  readonly rule: string;
  /** Path of the resource. */
  readonly at: string;
}

interface Report {
  readonly pluginReports: {
    readonly pluginName: string;
    readonly violations: {
      readonly ruleName: string;
      readonly violatingConstructs: { readonly constructPath: string }[];
    }[];
  }[];
}

/** What a user with cdk-nag in their app reads after synthesis. */
export function findingsIn(app: App): Finding[] {
  const packs = packsFor(app);
  Validations.of(app).addPlugins(...packs);
  quietly(() => app.synth());
  const report: Report = JSON.parse(readFileSync(path.join(app.outdir, 'validation-report.json'), 'utf8'));
  return report.pluginReports
    .filter(({ pluginName }) => packs.some(({ name }) => name === pluginName))
    .flatMap(({ violations }) => violations)
    .flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => ({ rule: ruleName, at: constructPath })),
    )
    .sort(byPlace);
}

/** What there would be to read if nothing were acknowledged. Of an app that has been synthesized. */
export function findingsWithoutReasons(app: App): Finding[] {
  return packsFor(app)
    .flatMap((pack) => {
      Object.assign(pack, { isAcknowledged: () => false });
      return pack.validateScope(app).violations;
    })
    .flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => ({ rule: ruleName, at: constructPath ?? '' })),
    )
    .sort(byPlace);
}

/** What was acknowledged: a rule, where, and why. */
export interface Acknowledgement {
  readonly rule: string;
  readonly at: string;
  readonly reason: string;
}

export function acknowledgementsIn(app: App): Acknowledgement[] {
  return app.node.findAll().flatMap(({ node }: IConstruct) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([id, reason]) => ({ rule: id.replace(/^annotation::/i, ''), at: node.path, reason })),
  );
}

/** Whether a path is another one, or below it. */
export const isAt = (at: string, place: string): boolean => at === place || at.startsWith(`${place}/`);

type Pack = AwsSolutionsChecks | ServerlessChecks;

const packsFor = (app: App): Pack[] => [new AwsSolutionsChecks(app), new ServerlessChecks(app)];

const byPlace = (one: Finding, other: Finding): number =>
  `${one.at} ${one.rule}`.localeCompare(`${other.at} ${other.rule}`);

/** The CDK prints findings, and throws or sets the exit code for them. */
function quietly(action: () => void): void {
  const print = jest.spyOn(console, 'error').mockImplementation(() => {});
  const before = process.exitCode;
  try {
    action();
  } catch (error) {
    if (!/valid|AwsSolutions|Serverless/i.test(String(error))) throw error;
  } finally {
    print.mockRestore();
    process.exitCode = before;
  }
}
