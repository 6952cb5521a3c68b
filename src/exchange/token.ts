/** A registry token that was made from an identity, without its user name. Times are in epoch seconds. */
export interface RegistryToken {
  readonly secret: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** No new token is requested before this time, because the last request failed. */
  readonly retryAt?: number | undefined;
}
