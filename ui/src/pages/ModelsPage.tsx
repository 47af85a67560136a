import { EmptyState } from "@/components/States";

export function ModelsPage() {
  return <EmptyState title="Models" />;
}
