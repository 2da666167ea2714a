/** Sends a file as the body of a request: with progress, which fetch does not tell, and stoppable. */

import { ApiError } from "./api-error";

export interface Uploading {
  headers: Record<string, string>;
  /** How much is on its way, 0 to 1. */
  progress(share: number): void;
  signal: AbortSignal;
}

/** Longer than the service itself waits for a file, ms. */
const TIMEOUT = 330_000;
const MEGABYTE = 1024 * 1024;
/** What the service takes, in MB; it looks at the bytes, this only at what the browser says. */
const MOST: Record<string, number> = { image: 10, audio: 20, video: 50 };
const MOST_OF_OTHERS = 20;

/** Why a file need not be tried, null when it may. */
export function refusedBefore(file: File, words: UploadWords): string | null {
  const most = MOST[file.type.split("/")[0] ?? ""] ?? MOST_OF_OTHERS;
  if (file.size === 0) return words.empty;
  return file.size > most * MEGABYTE ? words.tooLarge(most) : null;
}

export interface UploadWords {
  empty: string;
  tooLarge(megabytes: number): string;
}

/** Resolves with the answer, whatever it is; rejects with ApiError(0) when there is none. */
export function upload(url: string, file: File, how: Uploading): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const failed = () => {
      how.signal.removeEventListener("abort", stop);
      reject(new ApiError(0));
    };
    request.open("POST", url);
    request.timeout = TIMEOUT;
    for (const [name, value] of Object.entries(how.headers)) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) how.progress(event.loaded / event.total);
    };
    request.onload = () => {
      how.signal.removeEventListener("abort", stop);
      const headers = new Headers();
      const wait = request.getResponseHeader("Retry-After");
      if (wait) headers.set("Retry-After", wait);
      resolve(new Response(request.responseText, { status: request.status, headers }));
    };
    request.onerror = failed;
    request.onabort = failed;
    request.ontimeout = failed;
    if (how.signal.aborted) return failed();
    how.signal.addEventListener("abort", stop);
    request.send(file);
  });
}

/** The files of a paste or a drop. */
export const filesOf = (data: DataTransfer | null): File[] => [...(data?.files ?? [])];
