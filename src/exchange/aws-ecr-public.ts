// What we need of the library, for the build to leave out the rest.
export { ECRPUBLICClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr-public";
