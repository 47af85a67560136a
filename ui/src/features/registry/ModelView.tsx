import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus, Tag, Trash2 } from "lucide-react";
import { useState } from "react";

import { deleteModel, deleteModelTag, describeModel, setModelTag } from "@/api/changes";
import { keys, modelQuery, versionsQuery } from "@/api/queries";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { TagEditor } from "@/components/TagEditor";
import { toast, toastError } from "@/components/toasts";

import { AliasDialog } from "./AliasDialog";
import { AliasHistory } from "./AliasHistory";
import { Aliases } from "./Aliases";
import { DeleteDialog } from "./DeleteDialog";
import { Description } from "./Description";
import { RegisterDialog } from "./RegisterDialog";
import styles from "./registry.module.css";
import { VersionTable } from "./VersionTable";

/** A registered model: what it is, its aliases, and its versions. */
export function ModelView({ name }: { name: string }) {
  const { data: model, error, refetch } = useQuery(modelQuery(name));
  const { data: versions } = useQuery(versionsQuery(name));
  const client = useQueryClient();
  const [open, setOpen] = useState<"alias" | "version" | "delete" | null>(null);
  const navigate = useNavigate();
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (model === undefined || versions === undefined) return <Skeleton lines={8} />;
  const renew = () => client.invalidateQueries({ queryKey: keys.models });
  return (
    <>
      <header className={styles.head}>
        <h1>{model.name}</h1>
        <Aliases aliases={model.aliases} />
        <Button icon={<Tag />} disabled={versions.length === 0} onClick={() => setOpen("alias")}>
          Move an alias
        </Button>
        <Button icon={<Plus />} onClick={() => setOpen("version")}>
          New version
        </Button>
        <Button kind="quiet" icon={<Trash2 />} aria-label="Delete the model" onClick={() => setOpen("delete")} />
      </header>
      <div className={styles.columns}>
        <Description text={model.description} onChange={(text) => void describeModel(name, text).then(renew, toastError)} />
        <Card title="Tags" count={Object.keys(model.tags).length}>
          <TagEditor
            tags={model.tags}
            keys={Object.keys(model.tags).sort()}
            onSet={(key, value) => setModelTag(name, key, value).then(renew)}
            onRemove={(key) => deleteModelTag(name, key).then(renew)}
          />
        </Card>
      </div>
      {versions.length === 0 && <EmptyState title="No versions yet">A version is the files that a run or a logged model left: “New version” registers some.</EmptyState>}
      {versions.length > 0 && (
        <VersionTable name={name} versions={versions} aliases={model.aliases} />
      )}
      <div className={styles.after}>
        <AliasHistory name={name} />
      </div>
      {open === "alias" && <AliasDialog model={model} versions={versions} onClose={() => setOpen(null)} />}
      {open === "version" && <RegisterDialog model={name} onClose={() => setOpen(null)} />}
      {open === "delete" && (
        <DeleteDialog
          what={name}
          onClose={() => setOpen(null)}
          onDelete={async () => {
            await deleteModel(name);
            await navigate({ to: "/models" });
            client.removeQueries({ queryKey: modelQuery(name).queryKey });
            await renew();
            toast(`The model ${name} is deleted`);
          }}
        >
          {versions.length === 0 ? "It has no versions." : "All its versions, aliases and their history go with it; runs and their files stay."} This cannot be undone.
        </DeleteDialog>
      )}
    </>
  );
}
