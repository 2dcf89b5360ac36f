import type { DeployedStack } from './deployed-stack';
import type { FrontDoors } from './front-doors';
import type { LocalCloud } from './local-cloud';

/** What a person needs to know of a cloud that is up: where everything is, and what it does not do. */
export function report(cloud: LocalCloud, stacks: DeployedStack[], doors: FrontDoors): string {
  const addresses = [
    ...Object.entries(doors.sites).map(([logicalId, url]) => [`site ${logicalId}`, url]),
    ...Object.entries(doors.apis).map(([logicalId, url]) => [`API ${logicalId}`, url]),
    ['mailbox', doors.mail],
    ['AWS endpoint', cloud.endpoint],
    ['function logs', cloud.logDirectory],
    ['functions run on', cloud.functionRuntime],
  ];
  return [
    section('Addresses', table(addresses)),
    section(
      'For any AWS SDK and the AWS CLI, until this cloud stops',
      Object.entries(cloud.environment).map(([name, value]) => `export ${name}=${value}`),
    ),
    ...stacks.map((stack) => section(`Outputs of ${stack.name}`, table(Object.entries(stack.outputs)))),
    section(
      'Native layers',
      stacks.flatMap((stack) => stack.swappedLayers),
    ),
    section(
      'Not emulated',
      stacks.flatMap((stack) => stack.notEmulated),
    ),
  ]
    .filter(Boolean)
    .join('\n');
}

function section(title: string, lines: string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function table(rows: string[][]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
