// The words of services. They are not among those of the start: who shows one waits for readServiceWords first.
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Words } from "../words";

export function useServiceWords(): Words {
  const { t } = useTranslation("services");
  const say = t as unknown as Words;
  return useCallback((key, values) => say(key, values), [say]);
}
