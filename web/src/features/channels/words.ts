// The words of channels. They are not among those of the start: the routes of these pages wait for them.
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

export type Words = (key: string, values?: Record<string, unknown>) => string;

export function useChannelWords(): Words {
  const { t } = useTranslation("channels");
  const say = t as unknown as Words;
  return useCallback((key, values) => say(key, values), [say]);
}
