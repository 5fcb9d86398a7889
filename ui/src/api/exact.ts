/** Reads rows: a number stays as the server wrote it, such as 2500.00. */
export function parseWritten(text: string): unknown {
  return parse(text, true);
}

/**
 * Reads JSON without losing digits: a number that a double can't hold becomes the text that the server wrote.
 *
 * @param written whether any number becomes text that would be written otherwise here, such as 2500.00: for rows, whose columns
 *     say what is a number
 */
export function parse(text: string, written = false): unknown {
  // most answers have none, and a reviver costs
  if (!(written ? /[\d.]{16}|\.\d*0\b/ : /[\d.]{16}/).test(text)) return JSON.parse(text) as unknown;
  return JSON.parse(text, ((_key: string, value: unknown, context?: { source?: string }) => {
    const source = context?.source;
    if (typeof value !== 'number' || source === undefined || String(value) === source || !/^-?\d+(?:\.\d+)?$/.test(source)) return value;
    return written || source.replace(/^-?0*\.?0*|\./g, '').length > 15 ? source : value;
  }) as (this: unknown, key: string, value: unknown) => unknown) as unknown;
}
