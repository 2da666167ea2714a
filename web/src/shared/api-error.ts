/** What a failed request means, and what its answer says about it. */

export class ApiError extends Error {
  constructor(
    /** 0: no answer at all. */
    readonly status: number,
    /** The service's own words, only when they are Japanese. */
    readonly detail: string | null = null,
    readonly retryAfter: number | null = null,
  ) {
    super(`HTTP ${status}`);
  }

  /** The conversation is unknown to the service, or its token is. */
  get gone(): boolean {
    return this.status === 401 || this.status === 404 || this.status === 410;
  }

  /** The same request may succeed later. */
  get temporary(): boolean {
    // 409, 425: the first try of the same message is still on its way
    return [0, 408, 409, 425, 429].includes(this.status) || this.status >= 500;
  }
}

export function japaneseDetail(body: unknown): string | null {
  const detail = (body as { detail?: unknown } | null)?.detail;
  return typeof detail === "string" && detail.length <= 400 && /[\u3040-\u30ff\u4e00-\u9fff]/.test(detail)
    ? detail
    : null;
}

/** Retry-After in seconds: a number, or a date. */
export function retryAfterSeconds(value: string | null, now = Date.now()): number | null {
  if (!value) return null;
  const seconds = /^\s*\d+\s*$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now) / 1000);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 3600) : null;
}
