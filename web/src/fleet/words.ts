// The words of the fleet screens. Keys are checked against en/fleet.json by the build's key check; looks and advices
// name theirs as data, so the key is a plain string here.
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

export type Words = (key: string, values?: Record<string, unknown>) => string;

export function useWords(): Words {
  const { t } = useTranslation("fleet");
  const say = t as unknown as (key: string, values?: Record<string, unknown>) => string;
  return useCallback((key, values) => say(key, values), [say]);
}
