import { EmptyState } from "@/components/States";

export function ComparePage() {
  return <EmptyState title="Compare" />;
}
