/** Clients append this to `docker-credential-` to find our helper. */
export const HELPER = "registry-login";
