// A menu that hangs from a button. No first page needs one open: what it is made of is fetched when somebody reaches for it.
import { type ButtonHTMLAttributes, cloneElement, lazy, type ReactElement, type ReactNode, Suspense, useState } from "react";

const fetchParts = () => import("./menu-parts");
const MenuOpen = lazy(async () => ({ default: (await fetchParts()).MenuOpen }));

export const MenuHead = lazy(async () => ({ default: (await fetchParts()).MenuHead }));
export const MenuItem = lazy(async () => ({ default: (await fetchParts()).MenuItem }));
export const MenuLine = lazy(async () => ({ default: (await fetchParts()).MenuLine }));
/** One of several, as radio items. */
export const MenuChoice = lazy(async () => ({ default: (await fetchParts()).MenuChoice }));

type Trigger = ReactElement<ButtonHTMLAttributes<HTMLButtonElement>>;

export function Menu({ trigger, children }: { trigger: Trigger; children: ReactNode }) {
  const [isWanted, want] = useState(false);
  const fetchSoon = () => void fetchParts();
  const shut = cloneElement(trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: fetchSoon,
    onFocus: fetchSoon,
    onClick: () => want(true),
    onKeyDown: (event) => {
      if (event.key === "ArrowDown") want(true);
    },
  });
  if (!isWanted) return shut;
  return (
    <Suspense fallback={shut}>
      <MenuOpen trigger={trigger}>{children}</MenuOpen>
    </Suspense>
  );
}
