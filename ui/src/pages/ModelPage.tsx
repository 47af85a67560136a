import { EmptyState } from "@/components/States";

export function ModelPage() {
  return <EmptyState title="Model" />;
}
