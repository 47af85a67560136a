import { EmptyState } from "@/components/States";

export function LineagePage() {
  return <EmptyState title="Lineage" />;
}
