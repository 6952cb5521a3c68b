// The build makes a file of its own of this one, which is loaded when AWS is asked for a token.

export const loadEcr = () => import("./aws-ecr.ts");

export const loadEcrPublic = () => import("./aws-ecr-public.ts");
