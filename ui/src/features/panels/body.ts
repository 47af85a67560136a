/** What the inside of a panel is given. */
import type { RefObject } from "react";

import type { ExtraPanel } from "@/lib/extraPanels";

export interface BodyProps<P extends ExtraPanel> {
  panel: P;
  height: number;
  onChange: (panel: ExtraPanel) => void;
  /** Where a panel of data leaves how they become a CSV file. */
  csvRef: RefObject<(() => string) | null>;
}
