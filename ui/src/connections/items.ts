import type { components } from '../api/schema';

type Item = components['schemas']['Item'];

/** A status with the fields of its kind, which the API's description leaves open. */
export function statusOf(item: Item): Record<string, unknown> {
  return item.status as unknown as Record<string, unknown>;
}

/** A value of a document as text; what is missing is empty. */
export function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

/** A figure of a status; null when it is not known. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
