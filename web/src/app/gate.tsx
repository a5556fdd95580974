// Lets in who is signed in; sends others to sign in, or to the first run where nobody has an account yet.
import { useQuery } from "@tanstack/react-query";
import { Navigate, useLocation } from "react-router";
import { versionQuery } from "../api/queries";
import { useSession } from "../api/session";
import { Waiting } from "./edges";
import { Shell } from "./frame/shell";

function Outside() {
  const { pathname, search } = useLocation();
  const version = useQuery(versionQuery);
  if (version.isLoading) return <Waiting />;
  if (version.data?.setup_required) return <Navigate to="/setup" replace />;
  const next = pathname === "/dashboard" ? "" : `?next=${encodeURIComponent(pathname + search)}`;
  return <Navigate to={`/login${next}`} replace />;
}

export function Gate() {
  const phase = useSession((session) => session.phase);
  const isUnreachable = useSession((session) => session.isUnreachable);
  if (phase === "in") return <Shell />;
  return phase === "out" ? <Outside /> : <Waiting isUnreachable={isUnreachable} />;
}
