/** Which page is at which address; each page is loaded when it is first gone to. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";

import { ErrorState } from "@/components/States";
import { readComparison } from "@/lib/comparison";
import { readNode } from "@/lib/lineageNode";
import { readRunTab } from "@/lib/runTab";
import { readSettings } from "@/lib/settings";
import { readWorkspace } from "@/lib/workspace";

import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

/** Read an address so that nothing else of it comes through: the router adds what a reader does not speak of. */
const only =
  <T extends object>(read: (search: Record<string, unknown>) => T) =>
  (search: Record<string, unknown>): T => ({
    ...(Object.fromEntries(Object.keys(search).map((key) => [key, undefined])) as Partial<T>),
    ...read(search),
  });

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("@/pages/HomePage"), "HomePage"),
});

const workspace = createRoute({
  getParentRoute: () => root,
  path: "/experiments/$experimentIds",
  validateSearch: only(readWorkspace),
  component: lazyRouteComponent(() => import("@/pages/WorkspacePage"), "WorkspacePage"),
});

const run = createRoute({
  getParentRoute: () => root,
  path: "/runs/$runId",
  validateSearch: only(readRunTab),
  component: lazyRouteComponent(() => import("@/pages/RunPage"), "RunPage"),
});

const compare = createRoute({
  getParentRoute: () => root,
  path: "/compare",
  validateSearch: only(readComparison),
  component: lazyRouteComponent(() => import("@/pages/ComparePage"), "ComparePage"),
});

const models = createRoute({
  getParentRoute: () => root,
  path: "/models",
  component: lazyRouteComponent(() => import("@/pages/ModelsPage"), "ModelsPage"),
});

const model = createRoute({
  getParentRoute: () => root,
  path: "/models/$name",
  component: lazyRouteComponent(() => import("@/pages/ModelPage"), "ModelPage"),
});

const version = createRoute({
  getParentRoute: () => root,
  path: "/models/$name/$version",
  component: lazyRouteComponent(() => import("@/pages/VersionPage"), "VersionPage"),
});

const lineage = createRoute({
  getParentRoute: () => root,
  path: "/lineage",
  validateSearch: only(readNode),
  component: lazyRouteComponent(() => import("@/pages/LineagePage"), "LineagePage"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  validateSearch: only(readSettings),
  component: lazyRouteComponent(() => import("@/pages/SettingsPage"), "SettingsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([home, workspace, run, compare, models, model, version, lineage, settings]),
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
