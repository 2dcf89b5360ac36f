// Prints the rows of Parquet files, one JSON document a line. A process of its own: jest cannot load ES modules.
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';

for (const file of process.argv.slice(2)) {
  for (const row of await parquetReadObjects({ file: await asyncBufferFromFile(file) })) {
    console.log(JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? Number(value) : value)));
  }
}
