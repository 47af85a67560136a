/** The keys that runs have, to choose fields from. */
import type { Entity } from "@/lib/fields";

export type Choices = Record<Entity, string[]>;
