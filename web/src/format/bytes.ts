// Sizes in powers of 1024 (GiB, as Proxmox counts them), rates in powers of 1000 (MB/s, as networks are sold).
import { isKnown, numberFormat, UNKNOWN } from "./unknown";

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;
const RATES = ["B/s", "kB/s", "MB/s", "GB/s", "TB/s", "PB/s", "EB/s"] as const;

/** 4509715660 -> "4.2 GiB" */
export const formatBytes = (bytes: number | null, locale: string): string => scaled(bytes, 1024, SIZES, locale);

/** 38000000 -> "38 MB/s" */
export const formatRate = (rate: number | null, locale: string): string => scaled(rate, 1000, RATES, locale);

function scaled(value: number | null, base: number, units: readonly string[], locale: string): string {
  if (!isKnown(value)) return UNKNOWN;
  let step = 0;
  let rest = value;
  // 999.95 would be shown as 1000.0, which belongs to the next unit.
  while (Math.abs(rest) >= base - 0.05 && step < units.length - 1) {
    rest /= base;
    step += 1;
  }
  const digits = step === 0 || Math.abs(rest) >= 99.95 || Number.isInteger(Math.round(rest * 10) / 10) ? 0 : 1;
  return `${numberFormat(locale, { maximumFractionDigits: digits }).format(rest)}\u00a0${units[step]}`;
}
