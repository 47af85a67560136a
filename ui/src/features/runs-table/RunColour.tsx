import { useQueryClient } from "@tanstack/react-query";

import { deleteRunTag, setRunTags } from "@/api/changes";
import { keys } from "@/api/queries";
import { Button } from "@/components/Button";
import { Popover } from "@/components/Popover";
import { toastError } from "@/components/toasts";
import { COLOUR_TAG, CHOICES, colourOf } from "@/lib/colour";
import type { RunRow } from "@/lib/useRunRows";

import styles from "./RunsTable.module.css";

/** The colour of a run, and a way to choose another one. */
export function RunColour({ run }: { run: RunRow }) {
  const client = useQueryClient();
  const { run_id: id, run_name: name } = run.info;
  const chosen = run.tags[COLOUR_TAG];
  const change = (work: Promise<unknown>) => void work.then(() => client.invalidateQueries({ queryKey: keys.runs }), toastError);
  return (
    <Popover
      label={`Colour of ${name}`}
      trigger={(props) => (
        <button {...props} type="button" className={styles.colour} aria-label={`Colour of ${name}`}>
          <span className={styles.swatch} style={{ background: colourOf(id, chosen) }} />
        </button>
      )}
    >
      {(close) => (
        <div className={styles.palette}>
          {CHOICES.map((colour) => (
            <button
              key={colour}
              type="button"
              aria-label={colour}
              aria-pressed={colour === chosen}
              style={{ background: colour }}
              onClick={() => {
                close();
                change(setRunTags(id, { [COLOUR_TAG]: colour }));
              }}
            />
          ))}
          {chosen !== undefined && (
            <Button
              onClick={() => {
                close();
                change(deleteRunTag(id, COLOUR_TAG));
              }}
            >
              As it was
            </Button>
          )}
        </div>
      )}
    </Popover>
  );
}
