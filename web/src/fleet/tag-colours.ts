// The colours that a cluster's administrators gave to tags in Proxmox VE.
import { type CSSProperties, useMemo } from "react";
import { useWorld } from "../live/world";

export type TagColourOf = (clusterId: string, tag: string) => CSSProperties | undefined;

/** For many guests at once: the same function for as long as no cluster chose otherwise. */
export function useTagColours(): TagColourOf {
  const lines = useWorld((world) =>
    [...world.clusters.values()]
      .flatMap((cluster) => cluster.tag_colours.map((one) => `${cluster.id} ${one.background} ${one.text} ${one.tag}`))
      .join("\n"),
  );
  return useMemo(() => {
    const styles = new Map<string, CSSProperties>();
    for (const line of lines.split("\n").filter(Boolean)) {
      const [cluster, background, text, ...tag] = line.split(" ");
      styles.set(`${cluster} ${tag.join(" ")}`, { background: `#${background}`, color: `#${text}` });
    }
    return (clusterId, tag) => styles.get(`${clusterId} ${tag}`);
  }, [lines]);
}
