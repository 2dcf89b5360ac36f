import { Aws, Stack } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import type { AnalyticsQuery } from './query';
import { isName } from './validation';

export interface ResultTablesProps {
  readonly database: glue.CfnDatabase;
  readonly databaseName: string;
  /** URI of the prefix below which each table has a folder of its name. */
  readonly location: string;
  readonly queries: AnalyticsQuery[];
}

/** The result tables in the Glue Data Catalog. Their partitions are registered by each run. */
export class ResultTables extends Construct {
  /** What a policy must name so that the tables can be reached: Glue asks for catalogue and database as well. */
  readonly arns: string[];

  constructor(scope: Construct, id: string, props: ResultTablesProps) {
    super(scope, id);
    const arn = (resource: string, resourceName?: string) =>
      Stack.of(this).formatArn({ service: 'glue', resource, resourceName });
    this.arns = [arn('catalog'), arn('database', props.databaseName)];
    for (const query of props.queries) {
      // A wrong or repeated name is reported as a mistake.
      if (!isName(query.name) || this.node.tryFindChild(query.name)) continue;
      const table = new glue.CfnTable(this, query.name, {
        catalogId: Aws.ACCOUNT_ID,
        databaseName: props.databaseName,
        tableInput: parquetTable(query, `${props.location}${query.name}/`),
      });
      table.node.addDependency(props.database);
      this.arns.push(arn('table', `${props.databaseName}/${query.name}`));
    }
  }
}

function parquetTable(query: AnalyticsQuery, location: string): glue.CfnTable.TableInputProperty {
  const keys = query.partitionBy ?? [];
  const hadoop = 'org.apache.hadoop.hive.ql.io.parquet';
  return {
    name: query.name,
    tableType: 'EXTERNAL_TABLE',
    parameters: { EXTERNAL: 'TRUE', classification: 'parquet' },
    partitionKeys: keys.map((key) => ({ name: key, type: query.columns.find(({ name }) => name === key)?.type })),
    storageDescriptor: {
      columns: query.columns.filter(({ name }) => !keys.includes(name)).map(({ name, type }) => ({ name, type })),
      location,
      inputFormat: `${hadoop}.MapredParquetInputFormat`,
      outputFormat: `${hadoop}.MapredParquetOutputFormat`,
      serdeInfo: { serializationLibrary: `${hadoop}.serde.ParquetHiveSerDe` },
    },
  };
}
