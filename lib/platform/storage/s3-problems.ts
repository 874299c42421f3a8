type SdkError = {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
};

/** What an S3-compatible service (or the way to it) refused, for whoever runs this installation. Holds no credential. */
export function inPlainWords(
  thrown: unknown,
  { bucket, endpoint }: { bucket: string; endpoint: string | undefined },
): string {
  const error = thrown as SdkError;
  const where = endpoint ?? "Amazon S3";
  const status = error.$metadata?.httpStatusCode;
  switch (error.name) {
    case "NoSuchBucket":
      return `There is no bucket “${bucket}” at ${where}. Make it there, or correct S3_BUCKET.`;
    case "InvalidAccessKeyId":
      return `${where} does not know the access key. Correct S3_ACCESS_KEY_ID.`;
    case "SignatureDoesNotMatch":
      return `${where} refused the signature. Correct S3_SECRET_ACCESS_KEY, or S3_REGION.`;
    case "AccessDenied":
      return `${where} lets these credentials not read, write, list and delete in the bucket “${bucket}”.`;
    case "PermanentRedirect":
    case "AuthorizationHeaderMalformed":
      return `The bucket “${bucket}” is in another region. Correct S3_REGION.`;
    case "CredentialsProviderError":
      return "No credentials were found. Set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.";
    case "RequestTimeTooSkewed":
      return `This machine's clock differs too much from that of ${where}.`;
    case "TimeoutError":
    case "AbortError":
      return `${where} did not answer in time.`;
  }
  if (error.code === "ENOTFOUND" || error.code === "EAI_AGAIN")
    return `${where} could not be found. Correct S3_ENDPOINT.`;
  if (error.code === "ECONNREFUSED" || error.code === "ECONNRESET" || error.code === "EPIPE")
    return `Nobody answers at ${where} (${error.code}).`;
  if (status === 503 || status === 429) return `${where} is overloaded (status ${status}).`;
  if (status === 403) return `${where} refused these credentials (status 403).`;
  if (status) return `${where} answered with status ${status} (${error.name ?? "no name"}).`;
  return `${where} could not be used: ${error.code ?? error.name ?? "no reason was given"}.`;
}
