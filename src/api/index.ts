export { ServiceApi, type ServiceApiProps, type ServiceRoute } from './service-api';
export { SignIn } from './sign-in';
export { OperationKind, type OperationThrottles } from './throttling';
