import { Token } from 'aws-cdk-lib';
import type { Mistakes } from '../building-blocks/validation';
import type { GlueAnalyticsJobProps } from './glue-analytics-job-props';
import type { AnalyticsQuery } from './query';

const NAME = /^[a-z][a-z0-9_]{0,254}$/;
const PREFIX = /^([A-Za-z0-9_.=-]+\/)+$/;
const TYPE = /^(string|boolean|int|bigint|double|date|timestamp|decimal\(\d{1,2},\d{1,2}\))$/;
const FLEX_WORKERS = ['G.1X', 'G.2X'];

/** Whether Hive, Spark and Athena all take it as the name of a database, table or column. */
export function isName(name: string): boolean {
  return NAME.test(name);
}

export function checkProps(
  mistakes: Mistakes,
  props: GlueAnalyticsJobProps,
  queries: AnalyticsQuery[],
  sourcePrefix: string,
  outputPrefix: string,
): void {
  checkPrefixes(mistakes, props, sourcePrefix, outputPrefix);
  checkLimits(mistakes, props);
  mistakes.when(queries.length === 0, 'queries is empty: give at least one, or leave it out for the default tables.');
  const names = queries.map(({ name }) => name);
  for (const name of repeated(names)) mistakes.when(true, `queries: there is more than one table ${name}.`);
  for (const query of queries) checkQuery(mistakes, query);
}

function checkPrefixes(mistakes: Mistakes, props: GlueAnalyticsJobProps, source: string, output: string): void {
  for (const [name, prefix] of Object.entries({ 'source.prefix': source, 'output.prefix': output })) {
    mistakes.when(
      !Token.isUnresolved(prefix) && !PREFIX.test(prefix),
      `${name} "${prefix}" is not a folder: use letters, digits, "-", "_", "." and "=" between slashes, and a slash at the end.`,
    );
  }
  const shared =
    props.source?.bucket !== undefined && props.source.bucket.bucketName === props.output?.bucket?.bucketName;
  mistakes.when(
    shared && (source.startsWith(output) || output.startsWith(source)),
    `output.prefix "${output}" and source.prefix "${source}" of the same bucket overlap: a run would read its own results or replace its input.`,
  );
}

function checkLimits(mistakes: Mistakes, props: GlueAnalyticsJobProps): void {
  mistakes.unlessWhole('numberOfWorkers', props.numberOfWorkers, 2, 299);
  mistakes.unlessWhole('maxRetries', props.maxRetries, 0, 10);
  mistakes.unlessWhole('source.maxRejectedLines', props.source?.maxRejectedLines, 0, Number.MAX_SAFE_INTEGER);
  mistakes.when(
    Token.isUnresolved(props.source?.maxRejectedLines),
    'source.maxRejectedLines is a token, which is not known when the file that holds it is written.',
  );
  mistakes.unlessWhole('timeout in minutes', props.timeout?.toMinutes({ integral: false }), 1, 7 * 24 * 60);
  mistakes.when(
    props.flex === true && props.workerType !== undefined && !FLEX_WORKERS.includes(props.workerType.name),
    `flex does not run on ${props.workerType?.name} workers: use ${FLEX_WORKERS.join(' or ')}, or leave flex out.`,
  );
  const schedule = props.schedule?.expressionString;
  mistakes.when(
    schedule !== undefined && !Token.isUnresolved(schedule) && !schedule.startsWith('cron('),
    `schedule "${schedule}" is not a cron schedule, and Glue knows no other: use Schedule.cron({...}).`,
  );
  mistakes.when(
    props.databaseName !== undefined && !Token.isUnresolved(props.databaseName) && !isName(props.databaseName),
    `databaseName "${props.databaseName}" must begin with a lower-case letter and go on with lower-case letters, digits and "_".`,
  );
}

function checkQuery(mistakes: Mistakes, query: AnalyticsQuery): void {
  const of = `queries: table ${query.name}`;
  const columns = query.columns.map(({ name }) => name);
  const keys = query.partitionBy ?? [];
  mistakes.when(
    !isName(query.name),
    `${of}: the name must be lower-case letters, digits and "_", beginning with a letter.`,
  );
  mistakes.when(query.sql.trim() === '', `${of}: sql is empty.`);
  mistakes.when(
    Token.isUnresolved(query.sql),
    `${of}: sql holds a token, which is not known when the file is written.`,
  );
  for (const column of query.columns) {
    mistakes.when(
      !isName(column.name),
      `${of}: the column "${column.name}" must be lower-case letters, digits and "_", beginning with a letter.`,
    );
    mistakes.when(
      !TYPE.test(column.type),
      `${of}: the column ${column.name} has the type "${column.type}": use string, boolean, int, bigint, double, date, timestamp or decimal(p,s).`,
    );
  }
  for (const name of repeated(columns)) mistakes.when(true, `${of}: there is more than one column ${name}.`);
  for (const key of keys.filter((name) => !columns.includes(name))) {
    mistakes.when(true, `${of}: partitionBy names ${key}, which is not among its columns (${columns.join(', ')}).`);
  }
  mistakes.when(
    columns.every((name) => keys.includes(name)),
    `${of}: it needs at least one column that is not a partition.`,
  );
}

function repeated(names: string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].sort();
}
