import { useQuery } from "@tanstack/react-query";

import { filesQuery, textQuery } from "@/api/artifacts";
import type { ModelVersion } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Card } from "@/components/Card";
import { JsonTree } from "@/components/JsonTree";

import { type Column, readModelFile } from "./modelFile";
import styles from "./registry.module.css";

/** Flavors, signature and an example of the input, as the model's files say. */
export function Signature({ version }: { version: ModelVersion }) {
  const place = placeOf(version);
  const [ownerId, path] = [place?.ownerId ?? "", `${place?.folder ?? ""}MLmodel`];
  const { data: there = [] } = useQuery({ ...filesQuery(ownerId, path), enabled: place !== null });
  const { data } = useQuery({ ...textQuery(ownerId, path), enabled: there.length > 0 });
  const file = data === undefined ? null : readModelFile(data.text);
  if (place === null || file === null) return null;
  return (
    <Card title="Signature" actions={file.flavors.map((flavor) => <Badge key={flavor}>{flavor}</Badge>)}>
      <div className={styles.inside}>
        {file.inputs.length + file.outputs.length === 0 && <p className={styles.dim}>It was logged without one.</p>}
        <Columns title="Takes" columns={file.inputs} />
        <Columns title="Gives" columns={file.outputs} />
        <Columns title="Params" columns={file.params} />
        {file.example !== null && <Example ownerId={place.ownerId} path={`${place.folder}${file.example}`} />}
      </div>
    </Card>
  );
}

function Columns({ title, columns }: { title: string; columns: readonly Column[] }) {
  if (columns.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className={styles.signature}>
        {columns.map((column) => (
          <li key={column.name}>
            <code>{column.name}</code> {column.type}
            {!column.isRequired && <span className={styles.dim}> may be left out</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

function Example({ ownerId, path }: { ownerId: string; path: string }) {
  const { data } = useQuery(textQuery(ownerId, path));
  if (data === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(data.text);
  } catch {
    return null;
  }
  return (
    <>
      <h3>An example of its input</h3>
      <JsonTree value={value} />
    </>
  );
}

/** Return whose files a version is, and in which folder of them, with its slash. */
function placeOf({ model_id: modelId, source }: ModelVersion): { ownerId: string; folder: string } | null {
  if (modelId !== null && modelId !== "") return { ownerId: modelId, folder: "" };
  const ofRun = /^runs:\/+([^/]+)\/?(.*)$/.exec(source);
  if (ofRun?.[1] !== undefined) return { ownerId: ofRun[1], folder: ofRun[2] === undefined || ofRun[2] === "" ? "" : `${ofRun[2].replace(/\/$/, "")}/` };
  const logged = /^models:\/+(m-[^/@]+)$/.exec(source);
  return logged?.[1] === undefined ? null : { ownerId: logged[1], folder: "" };
}
