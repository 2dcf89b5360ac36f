import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { Aws, FileAssetPackaging, Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ASSETS } from '../building-blocks/assets';
import { DEFAULT_TABLES, LINES_FILE, type SOURCE_COLUMNS } from './contract';
import type { AnalyticsQuery } from './query';

const SPARK = path.join(ASSETS, 'spark');

export const JOB_SCRIPT = path.join(SPARK, 'job.py');

/** The document that tells the Spark job what to do; job.py explains each field. */
export interface Plan {
  /** Source column by the name the SQL uses. */
  readonly columns: Record<keyof typeof SOURCE_COLUMNS, string>;
  readonly maxRejectedLines: number;
  readonly tables: AnalyticsQuery[];
}

/** Puts the plan among the assets of the stack, straight into the assembly. */
export function addPlanAsset(scope: Construct, plan: Plan): { url: string; objectArn: string } {
  const stage = Stage.of(scope);
  if (!stage) throw new Error(`${scope.node.path} must be inside an App or a Stage`);
  const text = serializePlan(plan);
  const sourceHash = createHash('sha256').update(text).digest('hex');
  const file = path.join(stage.assetOutdir, `asset.${sourceHash}.json`);
  writeFileSync(file, text);
  const asset = Stack.of(scope).synthesizer.addFileAsset({
    fileName: path.relative(stage.outdir, file),
    packaging: FileAssetPackaging.FILE,
    sourceHash,
  });
  return {
    url: asset.s3ObjectUrl,
    objectArn: `arn:${Aws.PARTITION}:s3:::${asset.bucketName}/${asset.objectKey}`,
  };
}

/** The plan as text: the same plan gives the same bytes from every language. */
export function serializePlan(plan: Plan): string {
  const columns = Object.fromEntries(Object.entries(plan.columns).sort(([one], [other]) => (one < other ? -1 : 1)));
  const tables = plan.tables.map(({ name, sql, columns, partitionBy = [] }) => ({
    name,
    sql,
    columns: columns.map((column) => ({ name: column.name, type: column.type })),
    partitionBy,
  }));
  return `${JSON.stringify({ columns, maxRejectedLines: plan.maxRejectedLines, lines: readSql(LINES_FILE), tables }, null, 1)}\n`;
}

export function defaultQueries(): AnalyticsQuery[] {
  return DEFAULT_TABLES.map(({ name, columns, partitionBy }) => ({
    name,
    sql: readSql(`${name}.sql`),
    columns: [...columns],
    partitionBy: [...partitionBy],
  }));
}

function readSql(file: string): string {
  return readFileSync(path.join(SPARK, 'sql', file), 'utf8');
}
