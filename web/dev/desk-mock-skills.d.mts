export function order(number?: string, more?: Record<string, unknown>): Record<string, unknown>;
export function rental(number?: string, more?: Record<string, unknown>): Record<string, unknown>;
