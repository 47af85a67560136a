import { Link } from "@tanstack/react-router";

import { EmptyState } from "@/components/States";

export function NotFound() {
  return (
    <EmptyState title="There is no such page">
      <Link to="/">All experiments</Link>
    </EmptyState>
  );
}
