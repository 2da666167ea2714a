/** Server-Sent Events out of any pieces in which the bytes arrive. */

export interface SseEvent {
  event: string;
  data: string;
  id: string | null;
}

export class SseParser {
  private rest = "";
  private event = "";
  private id: string | null = null;
  private data: string[] = [];

  constructor(private readonly emit: (event: SseEvent) => void) {}

  push(chunk: string): void {
    this.rest += chunk;
    // A lone CR at the end may be the first half of CR LF: leave it for the next piece.
    const lines = this.rest.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    if (line === "") this.flush();
    if (line === "" || line.startsWith(":")) return;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.data.push(value);
    else if (field === "event") this.event = value;
    else if (field === "id" && !value.includes("\0")) this.id = value;
  }

  private flush(): void {
    if (this.data.length > 0) {
      this.emit({ event: this.event || "message", data: this.data.join("\n"), id: this.id });
    }
    this.event = "";
    this.id = null;
    this.data = [];
  }
}
