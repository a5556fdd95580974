/** What stands where nothing is known: an en dash, never a zero. */
export const UNKNOWN = "–";

/** Intl objects are dear to make and are asked for thousands of times a second: one of each is kept. */
const made = new Map<string, Intl.NumberFormat>();

export function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}\n${JSON.stringify(options)}`;
  let format = made.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, options);
    made.set(key, format);
  }
  return format;
}

export const isKnown = (value: number | null): value is number => value !== null && Number.isFinite(value);
