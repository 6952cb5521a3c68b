import { failure } from "./failure.ts";

/** The names of alerts. Source: https://www.iana.org/assignments/tls-parameters (TLS Alerts) */
const ALERTS: Readonly<Record<number, string>> = {
  0: "close_notify",
  10: "unexpected_message",
  20: "bad_record_mac",
  22: "record_overflow",
  40: "handshake_failure",
  41: "no_certificate",
  42: "bad_certificate",
  43: "unsupported_certificate",
  44: "certificate_revoked",
  45: "certificate_expired",
  46: "certificate_unknown",
  47: "illegal_parameter",
  48: "unknown_ca",
  49: "access_denied",
  50: "decode_error",
  51: "decrypt_error",
  70: "protocol_version",
  71: "insufficient_security",
  80: "internal_error",
  86: "inappropriate_fallback",
  90: "user_canceled",
  109: "missing_extension",
  110: "unsupported_extension",
  112: "unrecognized_name",
  113: "bad_certificate_status_response",
  115: "unknown_psk_identity",
  116: "certificate_required",
  120: "no_application_protocol",
};

/** A server's alert about a certificate is about the client's. Source: RFC 8446 section 6.2 */
const ABOUT_CERTIFICATE = new Set([41, 42, 43, 44, 45, 46, 48, 116]);

/** What OpenSSL says of an answer that is not TLS at all. */
const PLAIN = /wrong version number|packet length too long|http request|https proxy request|unknown protocol/i;

/** The server chose a version that this client does not have. */
const VERSION = /unsupported protocol|wrong ssl version|version too low/i;

/**
 * Tells apart what Node reports as EPROTO or ERR_SSL_...: an answer without TLS (ERR_TLS_NONE), an alert of the server
 * (ERR_TLS_CLIENT_CERTIFICATE, ERR_TLS_VERSION or ERR_TLS_ALERT, with the alert's name), and the rest (ERR_TLS_FAILED). Any
 * other error is returned as it is.
 *
 * The cause is only in OpenSSL's own text, which Node has as the message; see openssl-errors(1).
 */
export function refineTlsError(error: unknown): unknown {
  const { code = "", message = "" } = error as NodeJS.ErrnoException;
  if (!/^(?:EPROTO$|ERR_SSL_)/.test(code)) return error;
  const text = `${message} ${code.replaceAll("_", " ")}`;
  const number = /SSL alert number ([0-9]{1,3})/.exec(message)?.[1];
  if (number === undefined) {
    if (PLAIN.test(text)) return failure("ERR_TLS_NONE");
    return failure(VERSION.test(text) ? "ERR_TLS_VERSION" : "ERR_TLS_FAILED");
  }
  const alert = ALERTS[Number(number)] ?? `alert ${number}`;
  if (ABOUT_CERTIFICATE.has(Number(number)))
    return failure("ERR_TLS_CLIENT_CERTIFICATE", { alert: `TLS alert ${alert}` });
  return failure(alert === "protocol_version" ? "ERR_TLS_VERSION" : "ERR_TLS_ALERT", { alert });
}
