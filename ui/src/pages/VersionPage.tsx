import { EmptyState } from "@/components/States";

export function VersionPage() {
  return <EmptyState title="Version" />;
}
