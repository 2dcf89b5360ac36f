export type { DeployedResource, DeployedStack } from './deployed-stack';
export { LocalCloudError } from './errors';
export type { Fault, Faults } from './faults';
export type { FrontDoorOptions, FrontDoors } from './front-doors';
export { type DeployOptions, LocalCloud, type LocalCloudOptions } from './local-cloud';
export type { Mail, Mailbox } from './mailbox';
export { prepareSpark } from './python-env';
export { report } from './report';
export type { EndpointOptions, ModelReply, ModelRequest, SageMaker, SageMakerEndpoint } from './sagemaker';
