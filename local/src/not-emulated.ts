import type { Template } from './assembly';
import type { DeployedResource } from './deployed-stack';

/** Prefix of the physical id that a resource without provisioner gets (python/mends/cloudformation.py). */
const PLACEHOLDER = 'not-emulated-';

/** Most logical ids that a line names. */
const SHOWN = 3;

/** Properties that are accepted and then do nothing, although an app may count on them. */
const IGNORED_PROPERTIES: { type: string; property: string; effect: string }[] = [
  { type: 'AWS::ApiGatewayV2::Stage', property: 'DefaultRouteSettings', effect: 'no throttling' },
  { type: 'AWS::ApiGatewayV2::Stage', property: 'RouteSettings', effect: 'no throttling' },
  { type: 'AWS::ApiGatewayV2::Stage', property: 'AccessLogSettings', effect: 'no access log' },
  { type: 'AWS::ApiGatewayV2::Stage', property: 'StageVariables', effect: 'no stage variables' },
  { type: 'AWS::S3::Bucket', property: 'LifecycleConfiguration', effect: 'nothing expires' },
  { type: 'AWS::S3::Bucket', property: 'LoggingConfiguration', effect: 'no access log' },
  { type: 'AWS::WAFv2::WebACL', property: 'Rules', effect: 'nothing is blocked' },
  { type: 'AWS::Lambda::Function', property: 'ReservedConcurrentExecutions', effect: 'not reserved' },
  {
    type: 'AWS::Lambda::Function',
    property: 'VpcConfig',
    effect: 'runs outside any network and reaches what this machine reaches',
  },
  { type: 'AWS::Lambda::Function', property: 'TracingConfig', effect: 'no traces' },
  { type: 'AWS::StepFunctions::StateMachine', property: 'TracingConfiguration', effect: 'no traces' },
  { type: 'AWS::Glue::Job', property: 'SecurityConfiguration', effect: 'not encrypted' },
];

/** One line per kind of thing that the template declares and this cloud does not do. */
export function notEmulated(template: Template, resources: DeployedResource[]): string[] {
  const lines = new Map<string, string[]>();
  const add = (line: string, logicalId: string) => lines.set(line, [...(lines.get(line) ?? []), logicalId]);
  for (const resource of resources) {
    if (resource.physicalId.startsWith(PLACEHOLDER)) add(`${resource.type}: placeholder`, resource.logicalId);
  }
  for (const [logicalId, resource] of Object.entries(template.Resources ?? {})) {
    for (const { type, property, effect } of IGNORED_PROPERTIES) {
      if (resource.Type === type && resource.Properties?.[property] !== undefined) {
        add(`${type} ${property}: ${effect}`, logicalId);
      }
    }
  }
  return [...lines].map(([line, logicalIds]) => `${line} (${enumerate(logicalIds)})`).sort();
}

function enumerate(names: string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
